using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>A nation and W3C credentials as it issues them: everything is right until a test breaks it.</summary>
public sealed class W3cWorld : IAsyncLifetime
{
    internal const string Domain = "https://verifier.example";
    internal const string Challenge = "n-0S6_WzA2Mj";

    private Drafting _drafting = null!;
    private StatusSlots _slots = null!;

    internal VerifierWorld World { get; } = new();

    internal NetworkIdentity.Server.NationContext Nation => World.Nation;

    internal DidLog Did => Nation.DidLog!;

    internal DateTimeOffset Now => World.Time.GetUtcNow();

    /// <summary>The holder's key, and its DID.</summary>
    internal SigningKey Holder { get; } = SigningKey.FromEd25519(RandomNumberGenerator.GetBytes(32));

    internal string HolderDid => DidKey.Of(Holder.PublicKey);

    internal static HolderChallenge Asked { get; } = new(Domain, Challenge);

    public async ValueTask InitializeAsync()
    {
        await World.InitializeAsync();
        _slots = new StatusSlots(Nation.Database, Nation.Keys, World.Time);
        _drafting = new Drafting(Nation.Keys, Did, _slots, World.Time);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    /// <summary>A credential as the nation issues it, by its own drafting and its own keys.</summary>
    internal async Task<JsonNode> IssueAsync(string type = "membership", string format = CredentialQuery.LdpVc)
    {
        var named = Nation.Types[type];
        var given = type switch
        {
            "residency" => new Dictionary<string, string> { ["residency_status"] = "resident", ["node"] = "Lisbon", ["from"] = Day(0), ["until"] = Day(60) },
            "reputation" => new() { ["domain"] = "hosting", ["band"] = "established", ["facts_at_least"] = "10", ["method"] = "witnessed-facts", ["method_version"] = "1", ["contest_at"] = "https://nation.example/contest" },
            _ => new() { ["display_name"] = "Ana" },
        };
        var claims = named.ClaimsFor(null, given, Now, Founding.FirstVersion);
        var draft = _drafting.Of(new(named, format), claims, new KeyProof(Holder.PublicKey, HolderDid, "nonce"), (await _slots.PickAsync(1)).Dequeue());

        // No record is kept: what the verifier sees is the credential alone.
        var record = ((Credentials.Row)RuntimeHelpers.GetUninitializedObject(typeof(Credentials.Row))) with { Kid = draft.KeyId, Format = format, ToBeSigned = draft.Committed };
        return await _drafting.SignAsync(record, draft.Sealed);

        string Day(int days) => Now.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The membership credential with a change, signed again by the nation or by another key.</summary>
    internal async Task<JsonObject> ForgeAsync(Action<JsonObject> change, SigningKey? key = null, string? keyUrl = null, Func<ProofOptions, ProofOptions>? options = null)
    {
        var document = (await IssueAsync()).AsObject();
        document.Remove("proof");
        change(document);
        return await SecureAsync(document, key, keyUrl, options);
    }

    internal async Task<JsonObject> SecureAsync(JsonObject document, SigningKey? key = null, string? keyUrl = null, Func<ProofOptions, ProofOptions>? change = null)
    {
        key ??= Did.Current(JoseAlgorithm.EdDSA);
        var suite = key.Algorithm == JoseAlgorithm.ES256 ? EcdsaJcs2019.Cryptosuite : EddsaJcs2022.Cryptosuite;
        var options = new ProofOptions(suite, keyUrl ?? Did.UrlOf(key), ControlledIdentifierDocument.AssertionMethod) { Created = Now };
        return await SecuredDocument.AddProofAsync(document, change?.Invoke(options) ?? options, key);
    }

    /// <summary>The membership credential in an SD-JWT of the data model, signed by the nation; claims of its subject can be withheld.</summary>
    internal async Task<string> SdJwtAsync(params string[] claims) =>
        await SdJwtAsync(Did, (await IssueAsync()).AsObject(), Now, claims);

    /// <summary>The document of a credential in such a token.</summary>
    internal static async Task<string> SdJwtAsync(DidLog did, JsonObject document, DateTimeOffset now, params string[] claims)
    {
        var key = did.Current(JoseAlgorithm.ES256);
        var payload = document.DeepClone().AsObject();
        payload.Remove("proof");
        payload["iat"] = now.ToUnixTimeSeconds();
        var issuance = EnvelopingProof.Prepare(payload, claims, decoys: 2);
        return SdJwt.Compact(await Jws.SignAsync(EnvelopingProof.ToBeSigned(CredentialMediaType.VcSdJwt, issuance.Payload, key, did.UrlOf(key)), key), issuance.Disclosures);
    }

    /// <summary>A token of a credential in its envelope.</summary>
    internal static JsonObject EnvelopeOf(string token) => Envelope.Of(token, token.Contains('~', StringComparison.Ordinal) ? CredentialMediaType.VcSdJwt : CredentialMediaType.VcJwt);

    /// <summary>A presentation of the holder's, with a proof inside.</summary>
    internal async Task<JsonObject> PresentAsync(JsonNode credential, Func<ProofOptions, ProofOptions>? change = null, SigningKey? key = null, Action<JsonObject>? edit = null)
    {
        key ??= Holder;
        var presentation = new JsonObject
        {
            ["@context"] = new JsonArray(VerifiableCredential.BaseContext),
            ["type"] = new JsonArray(VerifiablePresentation.Type),
            ["verifiableCredential"] = new JsonArray(credential is JsonObject ? credential.DeepClone() : EnvelopeOf(credential.GetValue<string>())),
        };
        edit?.Invoke(presentation);
        var did = DidKey.Of(key.PublicKey);
        var options = new ProofOptions(EddsaJcs2022.Cryptosuite, DidKey.KeyUrl(did), ControlledIdentifierDocument.Authentication) { Created = Now, Challenge = Challenge, Domain = [Domain] };
        return await SecuredDocument.AddProofAsync(presentation, change?.Invoke(options) ?? options, key);
    }

    /// <summary>The presentation with one more proof of the holder's.</summary>
    internal async Task<JsonObject> PresentAgainAsync(JsonObject presentation) => await SecuredDocument.AddProofAsync(
        presentation,
        new ProofOptions(EddsaJcs2022.Cryptosuite, DidKey.KeyUrl(HolderDid), ControlledIdentifierDocument.Authentication) { Created = Now, Challenge = Challenge, Domain = [Domain] },
        Holder);

    /// <summary>A presentation of the holder's in a token.</summary>
    internal async Task<string> EnvelopAsync(string credential, string audience = Domain, string nonce = Challenge, string mediaType = CredentialMediaType.VpJwt)
    {
        var presentation = new JsonObject
        {
            ["@context"] = new JsonArray(VerifiableCredential.BaseContext),
            ["type"] = new JsonArray(VerifiablePresentation.Type),
            ["verifiableCredential"] = new JsonArray(EnvelopeOf(credential)),
            ["holder"] = HolderDid,
            ["aud"] = audience,
            ["nonce"] = nonce,
        };
        var token = await Jws.SignAsync(EnvelopingProof.ToBeSigned(mediaType, presentation, Holder, DidKey.KeyUrl(HolderDid)), Holder);
        return mediaType == CredentialMediaType.VpSdJwt ? $"{token}~" : token;
    }

    /// <summary>Sets a credential's status in the nation's list.</summary>
    internal async Task SetStatusAsync(JsonNode credential, TokenStatus status)
    {
        var entry = BitstringStatusListEntry.Of(credential.AsObject())[0];
        var list = entry.ListCredential.Split('/')[^2];
        Assert.Null(await Nation.Database.CommitAsync(
            new Statement("INSERT INTO status_slot (list_id, idx, credential_id, status) VALUES (@list, @idx, @id, @status)", new { list, idx = entry.Index, id = RandomId.New(), status = (long)status }, "slot"),
            new Statement("UPDATE status_list SET version = version + 1 WHERE id = @list", new { list }, "list")));
        World.Time.Move(StatusListPublisher.Interval);
    }

    internal Task<VerificationReport> VerifyAsync(JsonNode brought, HolderChallenge? challenge = null) =>
        Nation.PublicVerifier.VerifyAsync(brought is JsonValue value ? value.GetValue<string>() : StrictJson.WriteText(brought), challenge);

    internal async Task RefusedAsync(JsonNode brought, VerificationStep step, string reason, HolderChallenge? challenge = null) => Is(await VerifyAsync(brought, challenge), Outcome.Refused, step, reason);

    internal async Task UndeterminedAsync(JsonNode brought, VerificationStep step, string reason, HolderChallenge? challenge = null) => Is(await VerifyAsync(brought, challenge), Outcome.Undetermined, step, reason);

    internal async Task<VerificationReport> AcceptedAsync(JsonNode brought, HolderChallenge? challenge = null)
    {
        var report = await VerifyAsync(brought, challenge);
        Assert.True(report.Verdict.Outcome == Outcome.Accepted, $"{report.Verdict.Step}: {report.Verdict.Detail}");
        return report;
    }

    private static void Is(VerificationReport report, Outcome outcome, VerificationStep step, string reason) =>
        Assert.Equal((outcome, step, reason), (report.Verdict.Outcome, report.Verdict.Step!.Value, report.Verdict.Reason));
}
