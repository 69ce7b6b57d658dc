using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Recognizing;

/// <summary>What is decided when a nation recognises another, or is recognised: who, for what, on which legal basis, from when until when (decision 0056).</summary>
/// <param name="Direction"><see cref="ByUs"/> or <see cref="OfUs"/>.</param>
/// <param name="Name">Who the other is.</param>
/// <param name="Issuer">Of <see cref="ByUs"/>, the <c>iss</c> of the other's credentials; null else.</param>
/// <param name="Did">Of <see cref="ByUs"/>, the DID in which the other's keys are; null else.</param>
/// <param name="Types">The names of the types (<c>vct</c>) that it is for: no other is.</param>
/// <param name="Scope">What they are taken for, and at which levels, in words.</param>
/// <param name="Basis">The legal basis in words.</param>
/// <param name="BasisUrl">Where it can be read.</param>
/// <param name="From">The first day, in UTC.</param>
/// <param name="Until">The last day.</param>
public sealed record Recognition(
    string Direction, string Name, string? Issuer, string? Did, IReadOnlyList<string> Types, string Scope, string Basis, string BasisUrl, DateOnly From, DateOnly Until)
{
    /// <summary>This nation accepts the other's credentials.</summary>
    public const string ByUs = "by_us";

    /// <summary>The other, mostly a government, recognises this nation's credentials.</summary>
    public const string OfUs = "of_us";

    /// <summary>The longest time, in years: who goes on is recognised anew.</summary>
    public const int MostYears = 5;

    /// <summary>How long words can be, in characters.</summary>
    public const int MaxWords = 1000;

    private const int MaxUrl = 500;
    private const int LastYear = 9000;
    private const string Date = "yyyy-MM-dd";

    /// <summary>From when it counts.</summary>
    public DateTimeOffset Begins => new(From.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>The first moment in which it no longer counts.</summary>
    public DateTimeOffset Ends => new(Until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>SHA-256 of the canonical JSON [RFC8785], as base64url.</summary>
    public string Digest => Base64Url.Encode(SHA256.HashData(Jcs.Canonicalize(ToJson())));

    /// <summary>As it is decided, kept and signed.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["direction"] = Direction, ["name"] = Name };
        if (Issuer is not null) json["issuer"] = Issuer;
        if (Did is not null) json["did"] = Did;
        json["types"] = new JsonArray([.. Types.Select(type => (JsonNode)type)]);
        (json["scope"], json["basis"], json["basis_url"]) = (Scope, Basis, BasisUrl);
        (json["from"], json["until"]) = (From.ToString(Date, CultureInfo.InvariantCulture), Until.ToString(Date, CultureInfo.InvariantCulture));
        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="Refusal">Malformed.</exception>
    public static Recognition Parse(JsonObject json) => new(
        json.RequiredString("direction"), json.RequiredString("name"), json.OptionalString("issuer"), json.OptionalString("did"), json.OptionalStrings("types") ?? [], json.RequiredString("scope"),
        json.RequiredString("basis"), json.RequiredString("basis_url"), DayOf(json, "from"), DayOf(json, "until"));

    /// <summary>Looks whether a nation could decide it.</summary>
    /// <param name="own">The nation that decides.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="Refusal"><c>invalid_proposal</c>.</exception>
    public void Check(Nation own, DateTimeOffset now)
    {
        if (Direction is not (ByUs or OfUs)) throw Invalid("the direction is by_us or of_us");
        if (DisplayName.Fault(Name) is { } fault) throw Invalid($"the name {fault}");
        if (Direction == ByUs) CheckIssuer(own);
        else if (Issuer is not null || Did is not null) throw Invalid("the issuer and its DID are of a nation that is recognised by this one");
        if (Types.Count == 0 || Types.Distinct(StringComparer.Ordinal).Count() != Types.Count) throw Invalid("the types must be one at least, each once");
        if (Types.Except(CredentialType.LoadAll().Values.Select(type => type.Vct), StringComparer.Ordinal).Any()) throw Invalid("the types must be some that nations have in common");
        if (DisplayName.FaultOfLines(Scope, MaxWords) is { } scopeFault) throw Invalid($"the scope {scopeFault}");
        if (DisplayName.FaultOfLines(Basis, MaxWords) is { } basisFault) throw Invalid($"the legal basis {basisFault}");
        if (BasisUrl.Length > MaxUrl || !Uri.TryCreate(BasisUrl, UriKind.Absolute, out var url) || url.Scheme != "https" || url.UserInfo.Length > 0 || DisplayName.Fault(BasisUrl, MaxUrl) is not null)
            throw Invalid("the address of the legal basis must be an https URL");
        if (From.Year > LastYear || Until.Year > LastYear || Until < From || Ends <= now || Until > From.AddYears(MostYears)) throw Invalid($"the last day must be to come, not before the first, and within {MostYears} years of it");
    }

    /// <summary>The other nation is another, and the DID is that of its issuer: no nation is given the word for a third.</summary>
    private void CheckIssuer(Nation own)
    {
        if (Issuer is null || TrustedIssuer.Of(Issuer, local: true) is not { Did: null } issuer || issuer.Nation.Issuer != Issuer || Issuer.Length > MaxUrl)
            throw Invalid("the issuer must be a URL, as its credentials have it in iss");
        if (!Issuer.StartsWith("https://", StringComparison.Ordinal) && !issuer.Nation.IsOnThisMachineAlone) throw Invalid("the issuer must be an https URL");
        if (Issuer == own.Issuer || (issuer.KeysDid is { } place && TrustedIssuer.Of(own.Issuer, local: true)?.KeysDid == place)) throw Invalid("the issuer is this nation itself");
        if (Did is null || !issuer.Is(Did)) throw Invalid("the DID must be the issuer’s own: a did:webvh or did:web of its address");
    }

    private static DateOnly DayOf(JsonObject json, string name) => DateOnly.TryParseExact(json.RequiredString(name), Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw Refusal.Malformed($"{name} must be a day, as 2027-06-30");

    private static Refusal Invalid(string words) => NationRefusal.InvalidProposal(words);
}
