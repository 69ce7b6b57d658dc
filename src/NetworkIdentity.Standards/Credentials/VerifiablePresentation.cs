using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A presentation of the W3C data model, read and not yet verified [VCDM §4.13].</summary>
/// <param name="Json">The document as it came. Not to be changed.</param>
/// <param name="Version">The version of the data model. A credential inside says its own.</param>
/// <param name="Types"><c>type</c>: VerifiablePresentation and others, in no order.</param>
/// <param name="Holder"><c>holder</c>, or its <c>id</c>; null where absent.</param>
/// <param name="Credentials">The credentials that stand in it as they are, with a proof inside or secured by the presentation's own.</param>
/// <param name="Envelopes">The enveloped credentials.</param>
/// <remarks>One credential that can't be read refuses the whole: what is shown together is judged together.</remarks>
public sealed record VerifiablePresentation(
    JsonObject Json, DataModelVersion Version, IReadOnlyList<string> Types, string? Holder, IReadOnlyList<VerifiableCredential> Credentials, IReadOnlyList<Envelope> Envelopes)
{
    /// <summary>The type that every presentation has.</summary>
    public const string Type = "VerifiablePresentation";

    /// <summary>The media type of one that is not secured, or secured inside [VCDM §6.2].</summary>
    public const string MediaType = "application/vp";

    /// <summary>The property that holds credentials.</summary>
    internal const string CredentialsName = "verifiableCredential";

    /// <summary><c>id</c>; null where absent.</summary>
    public string? Id { get; private init; }

    /// <summary><c>proof</c>: embedded proofs, each with its <c>type</c>; empty where absent.</summary>
    public IReadOnlyList<JsonObject> Proofs { get; private init; } = [];

    /// <summary>Reads a presentation from the bytes of JSON.</summary>
    /// <exception cref="Refusal">PARSING_ERROR: no JSON object, or too long. MALFORMED_VALUE_ERROR as with <see cref="Read"/>.</exception>
    public static VerifiablePresentation Parse(ReadOnlyMemory<byte> utf8) => Read(Refusal.Recode(CredentialRefusal.ParsingCode, () =>
        utf8.Length > VerifiableCredential.MaxLength ? throw Refusal.Malformed("the presentation is too long") : StrictJson.ParseObject(utf8.Span)));

    /// <summary>Reads a presentation and the credentials in it, and refuses what breaks a rule.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR, with the property.</exception>
    public static VerifiablePresentation Read(JsonObject json) => Refusal.Recode(CredentialRefusal.MalformedValueCode, () =>
    {
        var version = CredentialMembers.VersionOf(json);
        var types = CredentialMembers.Types(json, "the presentation");
        if (!types.Contains(Type, StringComparer.Ordinal)) throw Refusal.Malformed($"type must include {Type}");
        var holder = CredentialMembers.UrlOrObject(json, "holder");
        foreach (var name in (string[])["termsOfUse", "refreshService"]) CredentialMembers.Typed(json, name);

        var all = CredentialMembers.Objects(json, CredentialsName);
        Envelope[] envelopes = [.. all.Where(Envelope.IsOne).Select(Envelope.Read)];
        if (envelopes.Any(envelope => envelope.IsPresentation)) throw Refusal.Malformed($"{CredentialsName} holds a presentation");
        VerifiableCredential[] credentials = [.. all.Where(one => !Envelope.IsOne(one)).Select(VerifiableCredential.Read)];

        // A credential is secured: by its own proof, or, where the holder says it of itself, by the presentation's.
        if (credentials.Any(credential => credential.Proofs.Count == 0 && credential.Issuer != holder))
            throw Refusal.Malformed("a credential without a proof must be the holder's own, and the presentation must name its holder");

        return new VerifiablePresentation(json, version, types, holder, credentials, envelopes)
        {
            Id = CredentialMembers.OptionalUrl(json, "id", "the presentation"),
            Proofs = CredentialMembers.Typed(json, "proof"),
        };
    });
}
