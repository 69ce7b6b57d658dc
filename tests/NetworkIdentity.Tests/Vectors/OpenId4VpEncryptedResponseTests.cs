using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The example of [OpenID4VP §8.3].</summary>
public sealed class OpenId4VpEncryptedResponseTests
{
    [Fact]
    public void The_example_response_decrypts()
    {
        var file = VectorFiles.Json("openid4vp-encrypted-response.json");
        var jwk = file["private_jwk"]!.AsObject();
        using var key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.Decode((string)jwk["d"]!),
            Q = new() { X = Base64Url.Decode((string)jwk["x"]!), Y = Base64Url.Decode((string)jwk["y"]!) },
        });

        var jwe = Jwe.Parse((string)file["jwe"]!);
        Assert.Equal("ac", jwe.KeyId);
        Assert.Equal("A128GCM", jwe.Encryption);
        JsonObject response = StrictJson.ParseObject(jwe.Decrypt(key, [JweEncryption.A128Gcm]));
        Assert.True(response.ContainsKey("vp_token"), response.ToJsonString());
        VectorFiles.Passed(1);
    }
}
