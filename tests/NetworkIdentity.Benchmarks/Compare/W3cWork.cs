using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>
/// Secures and verifies a nation's membership credential of the W3C data model, in a process of its own: one JSON object a line in, what to do and for
/// how long; one a line out, how often it was done.
/// </summary>
internal static class W3cWork
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Verb = "w3c-work";

    public const string Issue = "issue", Verify = "verify", VerifyText = "verify text", Verdict = "verdict", TokenVerdict = "token verdict";
    public const string RawSignature = "raw Ed25519 signature", RawVerification = "raw Ed25519 verification", RawEs256 = "raw ES256 verification";

    public static async Task ServeAsync()
    {
        if (!Ed25519.Provider.StartsWith("libsodium", StringComparison.Ordinal)) throw new PlatformNotSupportedException("what is measured is held against libsodium");
        var folder = Directory.CreateTempSubdirectory("netid-w3c-").FullName;
        try
        {
            await using var nation = await CoreNation.OpenAsync($"Data Source={Path.Combine(folder, "netid.db")}", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            var operations = await PrepareAsync(nation);
            while (await Console.In.ReadLineAsync() is { } line)
            {
                var order = (JsonObject)JsonNode.Parse(line)!;
                var operation = operations[order["operation"]!.GetValue<string>()];
                var length = TimeSpan.FromMilliseconds(order["milliseconds"]!.GetValue<int>());
                var count = 0;
                for (var watch = Stopwatch.StartNew(); watch.Elapsed < length; count += 8)
                    for (var i = 0; i < 8; i++) await operation();
                Console.WriteLine(new JsonObject { ["count"] = count }.ToJsonString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Dictionary<string, Func<ValueTask>>> PrepareAsync(CoreNation nation)
    {
        var (time, keys, types) = (TimeProvider.System, nation.Keys, CredentialType.LoadAll());
        var did = await DidLog.OpenAsync(nation.Database, keys, time, null) ?? throw new InvalidOperationException("the nation has no DID");
        var slots = new StatusSlots(nation.Database, keys, time);
        var drafting = new Drafting(keys, did, slots, time);
        var publisher = new StatusListPublisher(nation.Database, keys, did, slots, time, keepsHistory: false);
        var dids = new DidResolver(did, new FetchedDids(new Fetcher(new Fetcher.Options(), time), loopback: false, time, _ => { }), _ => false);
        var verifier = new W3cVerifier(keys.Nation, keys, did, dids, types, new BitstringReader(did, publisher, dids, _ => Task.FromResult<JsonObject?>(null), null, time), time);

        // As the nation issues it, for a holder of a did:key.
        var holder = SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32));
        var type = types["membership"];
        var claims = type.ClaimsFor(null, new Dictionary<string, string> { ["display_name"] = "Ada" }, time.GetUtcNow(), Founding.FirstVersion);
        async Task<JsonNode> IssueAsync(string format)
        {
            var draft = drafting.Of(new(type, format), claims, new KeyProof(holder.PublicKey, DidKey.Of(holder.PublicKey), "nonce"), (await slots.PickAsync(1)).Dequeue());
            var record = ((Credentials.Row)RuntimeHelpers.GetUninitializedObject(typeof(Credentials.Row))) with { Kid = draft.KeyId, Format = format, ToBeSigned = draft.Committed };
            return await drafting.SignAsync(record, draft.Sealed);
        }

        var secured = (await IssueAsync(CredentialQuery.LdpVc)).AsObject();
        var (text, token) = (StrictJson.WriteText(secured), (await IssueAsync(CredentialConfiguration.VcJwt)).GetValue<string>());
        var unsecured = (JsonObject)secured.DeepClone();
        unsecured.Remove("proof");

        // The primitive by the same key, over as many bytes as the suite signs.
        var seed = RandomNumberGenerator.GetBytes(Ed25519.KeyLength);
        var (key, raw, hash) = (SigningKey.FromEd25519(seed), Ed25519.PrivateKey.FromSeed(seed), RandomNumberGenerator.GetBytes(2 * SHA256.HashSizeInBytes));
        var signature = raw.Sign(hash);
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var es256 = ecdsa.SignData(hash, HashAlgorithmName.SHA256);

        var signer = DidKey.Of(key.PublicKey);
        var controller = DidKey.Document(signer);
        var options = new ProofOptions(EddsaJcs2022.Cryptosuite, DidKey.KeyUrl(signer), ControlledIdentifierDocument.AssertionMethod) { Created = time.GetUtcNow() };
        var proven = StrictJson.WriteText(await SecuredDocument.AddProofAsync(unsecured, options, key));
        var parsed = StrictJson.ParseObject(proven);
        return new()
        {
            [RawSignature] = () => Held(raw.Sign(hash).Length == Ed25519.SignatureLength),
            [RawVerification] = () => Held(Ed25519.Verify(raw.PublicKey, hash, signature)),
            [RawEs256] = () => Held(ecdsa.VerifyData(hash, es256, HashAlgorithmName.SHA256)),
            [Issue] = async () => await SecuredDocument.AddProofAsync(unsecured, options, key),
            [Verify] = () => Verified(parsed),
            [VerifyText] = () => Verified(StrictJson.ParseObject(proven)),
            [Verdict] = () => AcceptedAsync(StrictJson.ParseObject(text)),
            [TokenVerdict] = () => AcceptedAsync(JsonValue.Create(token)),
        };

        async ValueTask AcceptedAsync(JsonNode brought)
        {
            var verdict = (await verifier.VerifyAsync(brought, issuer => issuer == did.Did, CredentialTerms.None)).Verdict;
            if (verdict.Outcome != Outcome.Accepted) throw new InvalidOperationException($"{verdict.Step}: {verdict.Detail}");
        }

        ValueTask Verified(JsonObject document) => Held(
            SecuredDocument.Parse(document).Verify(new ProofExpectations(ControlledIdentifierDocument.AssertionMethod, time.GetUtcNow()), _ => controller).Proofs.Count == 1);

        static ValueTask Held(bool holds) => holds ? ValueTask.CompletedTask : throw new InvalidOperationException("it does not verify");
    }
}
