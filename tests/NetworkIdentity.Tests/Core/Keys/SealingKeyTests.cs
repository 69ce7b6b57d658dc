using System.Security.Cryptography;
using NetworkIdentity.Keys;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class SealingKeyTests
{
    private static readonly byte[] Master = SHA256.HashData("master"u8);
    private static readonly SealingKey Key = SealingKey.Derive(Master, "seal");

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a longer text, of more than one block of the cipher")]
    public void What_is_sealed_opens_again_in_its_place(string text)
    {
        var plain = System.Text.Encoding.UTF8.GetBytes(text);
        var bytes = Key.Seal(plain, "row/1");
        Assert.Equal(plain, Key.Open(bytes, "row/1"));
        Assert.Equal(plain.Length + 12 + 16, bytes.Length);
        if (plain.Length > 8) Assert.True(bytes.AsSpan().IndexOf(plain.AsSpan(0, 8)) < 0);
    }

    [Fact]
    public void What_is_moved_to_another_row_does_not_open() =>
        Assert.ThrowsAny<CryptographicException>(() => Key.Open(Key.Seal("secret"u8, "row/1"), "row/2"));

    [Fact]
    public void What_is_altered_in_any_byte_or_cut_does_not_open()
    {
        var bytes = Key.Seal("secret"u8, "row/1");
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = (byte[])bytes.Clone();
            altered[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => Key.Open(altered, "row/1"));
            Assert.ThrowsAny<CryptographicException>(() => Key.Open(bytes.AsSpan(0, i), "row/1"));
        }

        Assert.ThrowsAny<CryptographicException>(() => Key.Open([.. bytes, 0], "row/1"));
        Assert.Equal("secret"u8, Key.Open(bytes, "row/1"));
    }

    [Fact]
    public void Another_secret_and_another_use_do_not_open_it()
    {
        var bytes = Key.Seal("secret"u8, "row/1");
        Assert.ThrowsAny<CryptographicException>(() => SealingKey.Derive(SHA256.HashData("other"u8), "seal").Open(bytes, "row/1"));
        Assert.ThrowsAny<CryptographicException>(() => SealingKey.Derive(Master, "other").Open(bytes, "row/1"));
        Assert.Equal("secret"u8, SealingKey.Derive(Master, "seal").Open(bytes, "row/1"));
    }

    [Fact]
    public void The_same_text_is_never_sealed_alike() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(Key.Seal("secret"u8, "row/1"))).Distinct().Count());

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused(int length) => Assert.Throws<ArgumentException>(() => new SealingKey(new byte[length]));
}
