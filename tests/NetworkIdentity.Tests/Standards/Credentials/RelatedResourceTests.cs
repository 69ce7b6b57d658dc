using System.Security.Cryptography;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class RelatedResourceTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    private static readonly string Sri256 = "sha256-" + Convert.ToBase64String(SHA256.HashData(Bytes));
    private static readonly string Sri384 = "sha384-" + Convert.ToBase64String(SHA384.HashData(Bytes));
    private static readonly string Sri512 = "sha512-" + Convert.ToBase64String(SHA512.HashData(Bytes));

    private static string Multihash(byte code, byte[] digest) => Multibase.Base64([code, (byte)digest.Length, .. digest]);

    private static RelatedResource Read(string members) => RelatedResource.Read(Json($$"""{"id":"https://a.example/1",{{members}}}"""));

    [Fact]
    public void Each_hash_in_each_spelling_is_held_against_the_bytes()
    {
        string[] digests =
        [
            $"\"digestSRI\":\"{Sri256}\"", $"\"digestSRI\":\"{Sri384}?ct=image/png\"", $"\"digestSRI\":\"{Sri512}\"", $"\"digestSRI\":[\"{Sri256}\",\"{Sri512}\"]",
            $"\"digestMultibase\":\"{Multihash(0x12, SHA256.HashData(Bytes))}\"", $"\"digestMultibase\":\"{Multihash(0x20, SHA384.HashData(Bytes))}\"",
            $"\"digestMultibase\":[\"{Multihash(0x13, SHA512.HashData(Bytes))}\"]",
            $"\"digestMultibase\":\"{Multibase.Base58([0x12, 32, .. SHA256.HashData(Bytes)])}\",\"digestSRI\":\"{Sri384}\"",
        ];
        foreach (var resource in digests.Select(Read))
        {
            resource.Check(Bytes);
            Assert.Equal(("CRYPTOGRAPHIC_SECURITY_ERROR", "relatedResource is another resource than its digest says"), Refused(() => resource.Check([1, 2, 4])));
        }
    }

    [Fact]
    public void A86_of_several_digests_the_strongest_decides_and_of_two_properties_both()
    {
        var other = "sha384-" + Convert.ToBase64String(SHA384.HashData([9]));
        Read($"\"digestSRI\":\"{other} {Sri384}\"").Check(Bytes);
        Read($"\"digestSRI\":\"{Sri384} sha256-{Convert.ToBase64String(SHA256.HashData([9]))}\"").Check(Bytes);
        Assert.Equal("CRYPTOGRAPHIC_SECURITY_ERROR", Refused(() => Read($"\"digestSRI\":\"{other} {Sri256}\"").Check(Bytes)).Code);
        Assert.Equal("CRYPTOGRAPHIC_SECURITY_ERROR", Refused(() => Read($"\"digestSRI\":\"{Sri384}\",\"digestMultibase\":\"{Multihash(0x12, SHA256.HashData([9]))}\"").Check(Bytes)).Code);
        Assert.Equal(("NOT_UNDERSTOOD", "relatedResource has a digest of an unknown hash alone"), Refused(() => Read($"\"digestMultibase\":\"{Multihash(0x16, SHA256.HashData(Bytes))}\"").Check(Bytes)));
    }

    [Theory]
    [InlineData("\"digestSRI\":\"\"", "digestSRI is no digest")]
    [InlineData("\"digestSRI\":\"md5-AQID\"", "digestSRI is no digest")]
    [InlineData("\"digestSRI\":\"sha256-AQID\"", "digestSRI is no digest")]
    [InlineData("\"digestSRI\":\"sha384-_rCVIV7fSXXTNIvpiq26jRDyj8JG8TDjij-tD0ewLk4JpnXEz6a5AeeY_1qQ0d0P\"", "digestSRI is no digest")]
    [InlineData("\"digestSRI\":[]", "digestSRI is no digest")]
    [InlineData("\"digestSRI\":7", "digestSRI must be an array")]
    [InlineData("\"digestMultibase\":\"uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k\"", "digestMultibase is no digest")]
    [InlineData("\"digestMultibase\":\"uEiAB\"", "digestMultibase is no digest")]
    [InlineData("\"digestMultibase\":\"f1220\"", "not multibase of z or u")]
    [InlineData("\"x\":1", "relatedResource must have a digestSRI or a digestMultibase")]
    public void What_is_no_digest_is_refused(string members, string words) => Assert.Equal(words, Refused(() => Read(members)).Words);
}
