using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.Schemas;

namespace NetworkIdentity.SigningIn;

/// <summary>
/// What a sign-in to a client asks of a member: data bound to the client (decision 0026). Its format is <c>schemas/policy.schema.json</c>. The client's requests
/// choose inside it, by a <see cref="Choice"/>, and neither weaken nor widen it.
/// </summary>
/// <param name="Credentials">The credentials that are proven, each type once.</param>
public sealed record ProofPolicy(IReadOnlyList<CredentialPolicy> Credentials)
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>The most bytes of a policy as JSON.</summary>
    public const int MaxBytes = 16 * 1024;

    private static readonly Lazy<(byte[] File, JsonSchema Schema)> Format = new(() =>
    {
        var file = EmbeddedFile.Read(typeof(ProofPolicy).Assembly, "schemas/policy.schema.json");
        return (file, JsonSchema.Compile(StrictJson.ParseObject(file)));
    });

    /// <summary>The schema of the format, as it is served.</summary>
    public static byte[] SchemaFile => Format.Value.File;

    /// <summary>Membership, and of it what a request asks for.</summary>
    public static ProofPolicy Usual { get; } = Of([CredentialType.Membership]);

    /// <summary>Why the client asks, in its own words; null where it says nothing.</summary>
    public string? Purpose { get; init; }

    /// <summary>The contexts of a proof (<see cref="Session.Contexts"/>) that are accepted.</summary>
    public IReadOnlyList<string> Contexts { get; init; } = Session.Contexts;

    /// <summary>Whether the client is told of each credential who issued it, its type and the day: <see cref="Always"/>, <see cref="OnRequest"/> or <see cref="Never"/>.</summary>
    public string VerifiedClaims { get; init; } = OnRequest;

    /// <summary>In every answer.</summary>
    public const string Always = "always";

    /// <summary>Where a request asks for <c>verified_claims</c>.</summary>
    public const string OnRequest = "on_request";

    /// <summary>Not at all.</summary>
    public const string Never = "never";

    /// <summary>The short form: types that are always proven, and types that are where a request asks for something of them.</summary>
    public static ProofPolicy Of(IEnumerable<string> required, params IEnumerable<string> optional) =>
        new([.. required.Select(type => new CredentialPolicy(type)), .. optional.Select(type => new CredentialPolicy(type, IsRequired: false))]);

    /// <summary>Reads a policy; whether there are such types and claims is <see cref="Check"/>'s.</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, with the place that is wrong.</exception>
    public static ProofPolicy Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes) throw Invalid($"must have {MaxBytes} bytes at most");
        JsonObject policy;
        try
        {
            policy = StrictJson.ParseObject(json.ToArray());
        }
        catch (Refusal refusal)
        {
            throw Invalid($"is no JSON object: {refusal.Description}");
        }

        return Format.Value.Schema.Validate(policy) is [var violation, ..] ? throw Invalid($"{(violation.Path.Length == 0 ? "/" : violation.Path)} {violation.Words}") : Read(policy);
    }

    /// <summary>The policy as it was stored.</summary>
    internal static ProofPolicy Stored(string json) => Read(StrictJson.ParseObject(System.Text.Encoding.UTF8.GetBytes(json)));

    private static ProofPolicy Read(JsonObject json) => new([.. json["credentials"]!.AsArray().Select(entry => CredentialPolicy.Read((JsonObject)entry!))])
    {
        Purpose = json.OptionalString("purpose"),
        Contexts = json.OptionalStrings("acr_values") ?? Session.Contexts,
        VerifiedClaims = json.OptionalString("verified_claims") ?? OnRequest,
    };

    /// <summary>The policy as JSON, without what holds anyway.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["version"] = Version };
        if (Purpose is not null) json["purpose"] = Purpose;
        json["credentials"] = new JsonArray([.. Credentials.Select(credential => credential.ToJson())]);
        if (!Session.Contexts.All(Contexts.Contains)) json["acr_values"] = new JsonArray([.. Contexts.Select(context => (JsonNode)context)]);
        if (VerifiedClaims != OnRequest) json["verified_claims"] = VerifiedClaims;
        return json;
    }

    /// <summary>As it is stored.</summary>
    public string Write() => ToJson().ToJsonString();

    /// <summary>Holds the policy against the types that there are.</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, with what is wrong.</exception>
    public void Check(IReadOnlyDictionary<string, CredentialType> types)
    {
        if (Purpose is not null && DisplayName.Fault(Purpose, 200) is { } fault) throw Invalid($"purpose {fault}");
        if (!Credentials.Any(credential => credential.IsRequired)) throw Invalid("must have one credential at least that every sign-in proves");
        if (Credentials.Select(credential => credential.Type).Distinct().Count() != Credentials.Count) throw Invalid("must name each credential type once");
        foreach (var credential in Credentials)
        {
            if (!types.TryGetValue(credential.Type, out var type)) throw Invalid($"must name credential types: {string.Join(", ", types.Keys)}");
            if (credential.Formats.Contains(CredentialQuery.LdpVc) && !type.IsW3c) throw Invalid($"may not ask for {type.Name} as {CredentialQuery.LdpVc}: there is no such credential");
            var claims = type.SelectiveClaims.Select(CredentialType.NameOf).ToList();
            List<string> named = [.. credential.Required, .. credential.OnRequest ?? [], .. credential.Optional];
            if (!named.All(claims.Contains)) throw Invalid($"may ask of {type.Name} {string.Join(", ", claims)}, and nothing else");
            if (named.Distinct().Count() != named.Count) throw Invalid($"must name each claim of {type.Name} once");
        }
    }

    /// <summary>Whether a client is told who issued what it gets, and when: a request asks for it, or none does.</summary>
    public bool TellsVerified(bool isAsked) => VerifiedClaims == Always || (isAsked && VerifiedClaims == OnRequest);

    /// <summary>What it says of a type; null where the type may not be asked for.</summary>
    public CredentialPolicy? Of(string type) => Credentials.FirstOrDefault(credential => credential.Type == type);

    /// <summary>The types that a choice leads to, in the policy's order: those that are required whatever is chosen, and of the others those of which something is.</summary>
    public IEnumerable<string> TypesFor(Choice choice) => Credentials.Where(credential => credential.IsRequired || choice.Has(credential.Type)).Select(credential => credential.Type);

    private static Refusal Invalid(string what) => OAuthRefusal.InvalidClientMetadata(OAuthRefusal.Printable($"the policy {what}"));
}
