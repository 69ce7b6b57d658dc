using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>
/// Issues and verifies SD-JWT VCs with this project's code, in a process of its own that speaks as peers/sd-jwt.mjs does: one JSON object a line in,
/// what to do and for how long; one a line out, how often it was done.
/// </summary>
internal static class CredentialWork
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Verb = "work";

    public static async Task ServeAsync()
    {
        var operations = new Dictionary<string, Func<ValueTask>>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var order = (JsonObject)JsonNode.Parse(line)!;
            if (order["prepare"] is JsonObject material)
            {
                operations = await PrepareAsync(material);
                Console.WriteLine("{}");
                continue;
            }

            var operation = operations[order["operation"]!.GetValue<string>()];
            var length = TimeSpan.FromMilliseconds(order["milliseconds"]!.GetValue<int>());
            var count = 0;
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < length)
            {
                for (var i = 0; i < 8; i++) await operation();
                count += 8;
            }

            Console.WriteLine(new JsonObject { ["count"] = count }.ToJsonString());
        }
    }

    private static async Task<Dictionary<string, Func<ValueTask>>> PrepareAsync(JsonObject material)
    {
        var ecdsa = CredentialMaterial.PrivateKey((JsonObject)material["issuerKey"]!);
        var issuer = SigningKey.FromEcdsa(ecdsa);
        var issuerPublic = VerificationKey.Import(issuer.PublicKey);
        var holder = Jwk.Parse((JsonObject)material["holderKey"]!);
        var holderPublic = VerificationKey.Import(holder);
        var (visible, disclosable) = ((JsonObject)material["visible"]!, (JsonObject)material["disclosable"]!);
        var presentation = material["presentation"]!.GetValue<string>();
        var (audience, nonce) = (material["audience"]!.GetValue<string>(), material["nonce"]!.GetValue<string>());
        var data = Convert.FromBase64String(material["data"]!.GetValue<string>());
        var signature = await issuer.SignAsync(data);

        return new()
        {
            ["issue"] = async () =>
            {
                var claims = (JsonObject)visible.DeepClone();
                claims["cnf"] = new JsonObject { ["jwk"] = holder.ToJson() };
                var issuance = SdJwtIssuance.Prepare(claims, disclosable);
                SdJwt.Compact(await Jws.SignAsync(SdJwtVc.Format, issuance.Payload, issuer), issuance.Disclosures);
            },
            ["verify"] = () =>
            {
                var (sdJwt, vc) = Read();
                using var key = VerificationKey.Import(vc.HolderKey!);
                Bind(sdJwt, key);
                return ValueTask.CompletedTask;
            },
            ["verify, holder's key kept"] = () =>
            {
                Bind(Read().SdJwt, holderPublic);
                return ValueTask.CompletedTask;
            },
            ["raw signature"] = () =>
            {
                ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                return ValueTask.CompletedTask;
            },
            ["raw verification"] = () => ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                ? ValueTask.CompletedTask
                : throw new InvalidOperationException("the signature does not verify"),
        };

        (SdJwt SdJwt, SdJwtVc Vc) Read()
        {
            var sdJwt = SdJwt.Parse(presentation);
            var vc = SdJwtVc.Read(sdJwt);
            var now = TimeProvider.System.GetUtcNow();
            if (!sdJwt.IssuerSigned.IsSignedBy(issuerPublic) || vc.IssuedAt > now || vc.ExpiresAt <= now)
                throw new InvalidOperationException("the credential does not verify");
            return (sdJwt, vc);
        }

        void Bind(SdJwt sdJwt, VerificationKey key) =>
            KeyBinding.Verify(sdJwt, key, audience, nonce, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
    }
}
