using System.Security.Cryptography;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Standards.DataIntegrity;

public sealed class MultikeyTests
{
    [Theory]
    [InlineData("z6MkmM42vxfqZQsv4ehtTjFFxQ4sQKS2w6WR7emozFAn5cxu")] // CID, figure of §2.2.2
    [InlineData("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")] // DI-ECDSA §2.1.1
    [InlineData("z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54")] // DI-ECDSA §2.1.1
    public void The_examples_of_the_specifications_are_read_and_written_again(string text)
    {
        var key = Multikey.Parse(text);
        VerificationKey.Import(key).Dispose();
        Assert.Equal(text, Multikey.Of(key));
    }

    [Fact]
    public void A_compressed_point_is_the_one_that_the_framework_has()
    {
        for (var round = 0; round < 40; round++)
        {
            using var ecdsa = ECDsa.Create(round % 2 == 0 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
            var key = SigningKey.FromEcdsa(ecdsa).PublicKey;
            var read = Multikey.Parse(Multikey.Of(key));
            Assert.Equal((key.Crv, key.X, key.Y), (read.Crv, read.X, read.Y));
        }
    }

    [Theory]
    [InlineData("P-256", 32)]
    [InlineData("P-384", 48)]
    public void A87_an_x_that_no_point_has_or_beyond_the_prime_is_refused(string crv, int length)
    {
        var (points, none) = (0, 0);
        for (byte value = 0; value < 64; value++)
        {
            byte[] x = [.. new byte[length - 1], value];
            try
            {
                var (readX, y) = CompressedPoint.Read(crv, [3, .. x]);
                Assert.Equal(x, readX);
                Assert.Equal(1, y[^1] & 1);
                VerificationKey.Import(new("EC") { Crv = crv, X = Base64Url.Encode(x), Y = Base64Url.Encode(y) }).Dispose();
                points++;
            }
            catch (Refusal refusal)
            {
                Assert.Equal($"no point of {crv} has this x", refusal.Description);
                none++;
            }
        }

        // A coordinate is one about every other time.
        Assert.InRange(points, 16, 48);
        Assert.InRange(none, 16, 48);
        var beyond = Enumerable.Repeat((byte)0xff, length).ToArray();
        Assert.Equal($"x is not a coordinate of {crv}", Assert.Throws<Refusal>(() => CompressedPoint.Read(crv, [2, .. beyond])).Description);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "", "not multibase of z" },
        { "z", "the Multikey is too short" },
        { Multibase.Base58([0xed]), "the Multikey is too short" },
        { Multibase.Base64([0xed, 0x01, .. Base64Url.Decode(ProofWorld.Ed.PublicKey.X)]), "not multibase of z" },
        { "f" + Convert.ToHexStringLower([0xed, 0x01, .. new byte[32]]), "not multibase of z" },
        { "z0OIl", "not base58btc" },
        { "z" + new string('1', 128), "the Multikey is too long" },
        { Multibase.Base58([0xed, 0x01, .. new byte[31]]), "the Multikey is not an Ed25519 key, or of small order" },
        { Multibase.Base58([0xed, 0x01, .. Base64Url.Decode(ProofWorld.Ed.PublicKey.X), 0]), "the Multikey is not an Ed25519 key, or of small order" },
        { Multibase.Base58([0xed, 0x01, 1, .. new byte[31]]), "the Multikey is not an Ed25519 key, or of small order" },
        { Multibase.Base58([0x80, 0x24, 2, .. new byte[31]]), "not a compressed point of P-256" },
        { Multibase.Base58([0x80, 0x24, 2, .. new byte[48]]), "not a compressed point of P-256" },
        { Multibase.Base58([0x80, 0x24, 4, .. new byte[32]]), "not a compressed point of P-256" },
        { Multibase.Base58([0x80, 0x24, 0]), "not a compressed point of P-256" },
        { Multibase.Base58([0x81, 0x24, 2, .. new byte[32]]), "not a compressed point of P-384" },
        { Multibase.Base58([0x80, 0x26, .. new byte[32]]), "the Multikey is a secret key: it is known now, make another" },
        { Multibase.Base58([0x86, 0x26, .. new byte[32]]), "the Multikey is a secret key: it is known now, make another" },
        { Multibase.Base58([0x87, 0x26, .. new byte[48]]), "the Multikey is a secret key: it is known now, make another" },
        { Multibase.Base58([0xe7, 0x01, 2, .. new byte[32]]), "the Multikey is of a kind that is not known: Ed25519, P-256 and P-384 are" },
        { Multibase.Base58([0x86, 0x24, 2, .. new byte[32]]), "the Multikey is of a kind that is not known: Ed25519, P-256 and P-384 are" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A87_what_is_no_public_key_of_a_known_kind_is_refused(string text, string words) =>
        Assert.Equal(words, Assert.Throws<Refusal>(() => Multikey.Parse(text)).Description);

    [Fact]
    public void An_RSA_key_has_no_Multikey() =>
        Assert.Throws<ArgumentException>(() => Multikey.Of(new("RSA") { N = "AQAB", E = "AQAB" }));
}
