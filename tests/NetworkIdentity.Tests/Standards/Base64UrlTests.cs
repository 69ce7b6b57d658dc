using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Standards;

public sealed class Base64UrlTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg", "f")]
    [InlineData("Zm8", "fo")]
    [InlineData("Zm9v", "foo")]
    [InlineData("Zm9vYg", "foob")]
    public void The_vectors_of_RFC4648_decode_and_encode(string encoded, string text)
    {
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(Base64Url.Decode(encoded)));
        Assert.Equal(encoded, Base64Url.Encode(System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Theory]
    [InlineData("Zg==")]
    [InlineData("Zh")]
    [InlineData("Zm9=")]
    [InlineData("Zm9")]
    [InlineData("Z")]
    [InlineData("Zm 8")]
    [InlineData("Zm8\n")]
    [InlineData("Z+8")]
    [InlineData("Zé")]
    public void Every_other_spelling_is_refused(string encoded) => Assert.Throws<Refusal>(() => Base64Url.Decode(encoded));
}
