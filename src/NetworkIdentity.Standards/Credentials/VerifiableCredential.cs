using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A credential of the W3C data model, read and not yet verified [VCDM §4] [VCDM §5].</summary>
/// <param name="Json">The document as it came, whatever else it holds: extension points are kept. Not to be changed.</param>
/// <param name="Version">The version of the data model.</param>
/// <param name="Types"><c>type</c>: VerifiableCredential and others, in no order.</param>
/// <param name="Issuer"><c>issuer</c>, or its <c>id</c>.</param>
/// <param name="Subjects"><c>credentialSubject</c>: one or several.</param>
/// <remarks>
/// What its names mean is for <see cref="KnownContexts"/> to say, whether it is so for who verifies its proof. A date of the other version is refused:
/// whoever wrote it meant a period, and a reader that looks at the other name would see none.
/// </remarks>
public sealed record VerifiableCredential(
    JsonObject Json, DataModelVersion Version, IReadOnlyList<string> Types, string Issuer, IReadOnlyList<JsonObject> Subjects)
{
    /// <summary>The type that every credential has.</summary>
    public const string Type = "VerifiableCredential";

    /// <summary>The media type of one that is not secured, or secured inside [VCDM §6.2].</summary>
    public const string MediaType = "application/vc";

    /// <summary>The longest text that is looked at, in bytes.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>The first context of one that is made here.</summary>
    public const string BaseContext = CredentialMembers.ContextV2;

    /// <summary><c>id</c>; null where absent.</summary>
    public string? Id { get; private init; }

    /// <summary><c>name</c>, in its languages; empty where absent.</summary>
    public IReadOnlyList<LanguageValue> Name { get; private init; } = [];

    /// <summary><c>description</c>, in its languages; empty where absent.</summary>
    public IReadOnlyList<LanguageValue> Description { get; private init; } = [];

    /// <summary><c>validFrom</c>, or 1.1's <c>issuanceDate</c>; null where absent.</summary>
    public DateTimeOffset? ValidFrom { get; private init; }

    /// <summary><c>validUntil</c>, or 1.1's <c>expirationDate</c>: the last moment at which it is valid; null where absent.</summary>
    public DateTimeOffset? ValidUntil { get; private init; }

    /// <summary><c>credentialStatus</c>; empty where absent.</summary>
    public IReadOnlyList<JsonObject> Statuses { get; private init; } = [];

    /// <summary><c>credentialSchema</c>, each with <c>type</c> and <c>id</c>; empty where absent.</summary>
    public IReadOnlyList<JsonObject> Schemas { get; private init; } = [];

    /// <summary><c>relatedResource</c>; empty where absent.</summary>
    public IReadOnlyList<RelatedResource> RelatedResources { get; private init; } = [];

    /// <summary><c>proof</c>: embedded proofs, each with its <c>type</c>; empty where absent.</summary>
    public IReadOnlyList<JsonObject> Proofs { get; private init; } = [];

    /// <summary>Reads a credential from the bytes of JSON.</summary>
    /// <exception cref="Refusal">PARSING_ERROR: no JSON object, or too long. MALFORMED_VALUE_ERROR as with <see cref="Read"/>.</exception>
    public static VerifiableCredential Parse(ReadOnlyMemory<byte> utf8) => Read(Refusal.Recode(CredentialRefusal.ParsingCode, () =>
        utf8.Length > MaxLength ? throw Refusal.Malformed("the credential is too long") : StrictJson.ParseObject(utf8.Span)));

    /// <summary>Reads a credential, and refuses what breaks a rule of its version.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR, with the property.</exception>
    public static VerifiableCredential Read(JsonObject json) => Refusal.Recode(CredentialRefusal.MalformedValueCode, () =>
    {
        var version = CredentialMembers.VersionOf(json);
        var isFirst = version == DataModelVersion.V11;
        var types = CredentialMembers.Types(json, "the credential");
        if (!types.Contains(Type, StringComparer.Ordinal)) throw Refusal.Malformed($"type must include {Type}");

        var (from, until) = PeriodOf(json, isFirst);
        CheckExtensions(json, isFirst);
        var subjects = SubjectsOf(json);

        // Of the form they must have; nothing here reads them.
        foreach (var words in (string[])["name", "description"]) LanguageValue.Optional(json["issuer"] as JsonObject ?? [], words);
        return new VerifiableCredential(
            json, version, types, CredentialMembers.UrlOrObject(json, "issuer") ?? throw Refusal.Malformed("issuer is missing"), subjects)
        {
            Id = CredentialMembers.OptionalUrl(json, "id", "the credential"),
            Name = LanguageValue.Optional(json, "name"),
            Description = LanguageValue.Optional(json, "description"),
            ValidFrom = from,
            ValidUntil = until,
            Statuses = CredentialMembers.Typed(json, "credentialStatus", needsId: isFirst),
            Schemas = CredentialMembers.Typed(json, "credentialSchema", needsId: true),
            RelatedResources = RelatedResourcesOf(json),
            Proofs = CredentialMembers.Typed(json, "proof"),
        };
    });

    /// <summary>Where a moment lies to its validity period.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="skew">How far the issuer's clock may run ahead.</param>
    public Validity ValidityAt(DateTimeOffset now, TimeSpan skew = default)
    {
        if (ValidFrom > now + skew) return Validity.NotYetValid;
        return ValidUntil < now ? Validity.Expired : Validity.Valid;
    }

    private static (DateTimeOffset? From, DateTimeOffset? Until) PeriodOf(JsonObject json, bool isFirst)
    {
        var (from, until) = isFirst ? ("issuanceDate", "expirationDate") : ("validFrom", "validUntil");
        string[] others = isFirst ? ["validFrom", "validUntil"] : ["issuanceDate", "expirationDate"];
        if (others.FirstOrDefault(json.ContainsKey) is { } other) throw Refusal.Malformed($"{other} is of another version of the data model");
        if (isFirst && !json.ContainsKey(from)) throw Refusal.Malformed($"{from} is missing");
        var (start, end) = (DateTimeStamp.Optional(json, from, orUtc: true), DateTimeStamp.Optional(json, until, orUtc: true));
        return end < start ? throw Refusal.Malformed($"{until} is before {from}") : (start, end);
    }

    // Every subject is the subject of a claim; its id alone is one, and an object without members is none [VCDM §4.8].
    private static IReadOnlyList<JsonObject> SubjectsOf(JsonObject json)
    {
        var subjects = CredentialMembers.Objects(json, "credentialSubject");
        if (subjects.Count == 0) throw Refusal.Malformed("credentialSubject is missing");
        foreach (var subject in subjects)
        {
            if (subject.Count == 0) throw Refusal.Malformed("credentialSubject has no claim");
            CredentialMembers.OptionalUrl(subject, "id", "credentialSubject");
        }

        return subjects;
    }

    // What is kept as it is, once each says what it is. The last two are reserved, and ask for a type all the same [VCDM §5.10].
    private static void CheckExtensions(JsonObject json, bool isFirst)
    {
        CredentialMembers.Typed(json, "refreshService", needsId: isFirst);
        foreach (var name in (string[])["termsOfUse", "evidence", "confidenceMethod", "renderMethod"]) CredentialMembers.Typed(json, name);
    }

    private static RelatedResource[] RelatedResourcesOf(JsonObject json)
    {
        RelatedResource[] resources = [.. CredentialMembers.Objects(json, "relatedResource").Select(RelatedResource.Read)];
        return resources.DistinctBy(resource => resource.Id).Count() == resources.Length ? resources : throw Refusal.Malformed("relatedResource names a resource twice");
    }
}
