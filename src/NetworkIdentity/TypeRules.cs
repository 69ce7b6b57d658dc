using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity;

/// <summary>What the nation adds to a type's metadata, in the same file: how long a credential lives, to whom it is offered, what a sign-in asks of it.</summary>
/// <param name="Validity"><c>validity_days</c>: how long a credential is valid at most.</param>
/// <param name="ValidFromClaim"><c>valid_from_claim</c>: the claim that holds the first day; null where a credential begins when it is issued.</param>
/// <param name="ValidUntilClaim"><c>valid_until_claim</c>: the claim that holds the last day, which the credential does not outlive; null where <paramref name="Validity"/> alone ends it.</param>
/// <param name="IsForMembers"><c>for_members</c>: it is offered only to who holds a membership credential in force.</param>
/// <param name="KeepsClaims"><c>keeps_claims</c>: what the last credential said of the member stays said, unless it is said anew; so unless the file says false.</param>
/// <param name="AskedClaims"><c>asked_claims</c>: what a sign-in asks; null for the mandatory claims that may be withheld.</param>
public sealed record TypeRules(
    TimeSpan Validity, string? ValidFromClaim, string? ValidUntilClaim, bool IsForMembers, bool KeepsClaims, IReadOnlyList<string>? AskedClaims)
{
    private const string Date = "yyyy-MM-dd";

    /// <summary><c>does_not_say</c>: what nobody may read into a credential of it, in sentences, beside what no credential of a nation says.</summary>
    public IReadOnlyList<string> DoesNotSay { get; init; } = [];

    /// <summary>Reads the rules beside the metadata, and holds them against the type's claims.</summary>
    /// <param name="file">The file NAME.type.json.</param>
    /// <param name="metadata">What the specification reads of it.</param>
    /// <param name="properties">The schema's <c>properties</c>.</param>
    /// <exception cref="Refusal">Malformed: a rule that is unknown, since it would not be kept; or one that does not fit the claims.</exception>
    public static TypeRules Parse(JsonObject file, TypeMetadata metadata, JsonObject properties)
    {
        string[] known =
        [
            "vct", "name", "description", "display", "claims",
            "validity_days", "valid_from_claim", "valid_until_claim", "for_members", "keeps_claims", "asked_claims", "does_not_say",
        ];
        if (file.Select(member => member.Key).Except(known).FirstOrDefault() is { } unknown) throw Refusal.Malformed($"{unknown} is not known here");

        var asked = file.OptionalStrings("asked_claims");
        foreach (var name in asked ?? [])
        {
            if (Mandatory(name) is null or { Disclosure: ClaimDisclosure.Never })
                throw Refusal.Malformed($"asked_claims names {name}, which is no mandatory claim that may be withheld");
        }

        if (asked is not null && asked.Distinct().Count() != asked.Count) throw Refusal.Malformed("asked_claims names a claim twice");
        return new(
            ValidityOf(file.RequiredInt64("validity_days")),
            DateClaim("valid_from_claim"),
            DateClaim("valid_until_claim"),
            file.OptionalBoolean("for_members") ?? false,
            file.OptionalBoolean("keeps_claims") ?? true,
            asked)
        {
            DoesNotSay = file.OptionalStrings("does_not_say") ?? [],
        };

        ClaimMetadata? Mandatory(string name) => metadata.Claims.FirstOrDefault(claim => claim.Mandatory && claim.Path.Equals(ClaimsPath.Of(name)));

        string? DateClaim(string rule)
        {
            if (file.OptionalString(rule) is not { } name) return null;
            var isDate = properties[name] is JsonObject property && property.OptionalString("type") == "string" && property.OptionalString("format") == "date";
            return isDate && Mandatory(name) is not null
                ? name
                : throw Refusal.Malformed($"{rule} must name a mandatory claim whose schema has type string and format date");
        }
    }

    /// <summary>Holds the days that a credential would name against the day on which it is given.</summary>
    /// <param name="claims">What the credential would say; dates as <c>yyyy-MM-dd</c>.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="Refusal"><c>invalid_claim</c>: no such day, an end that is past or farther off than the type allows, or a beginning behind the end.</exception>
    public void CheckDays(JsonObject claims, DateTimeOffset now)
    {
        var (today, last) = (DayOf(now), DayOf(now).AddDays(Validity.Days - 1));
        var from = Day(claims, ValidFromClaim);
        var until = Day(claims, ValidUntilClaim);
        if (until < today || until > last) throw NationRefusal.InvalidClaim($"{ValidUntilClaim} must be {Text(today)} to {Text(last)}");
        if (from > (until ?? last)) throw NationRefusal.InvalidClaim($"{ValidFromClaim} must not be after {Text(until ?? last)}");
    }

    /// <summary>The times of a credential: <c>iat</c> rounded to the day, so that two of one batch, or of one person, do not link by it; <c>nbf</c> where it begins later; <c>exp</c>.</summary>
    /// <param name="claims">What the credential says.</param>
    /// <param name="now">Now.</param>
    public (DateTimeOffset IssuedAt, DateTimeOffset? NotBefore, DateTimeOffset ExpiresAt) TimesOf(JsonObject claims, DateTimeOffset now)
    {
        var issuedAt = StartOf(DayOf(now));
        var expiresAt = issuedAt + Validity;

        // The last day counts to its end.
        if (Day(claims, ValidUntilClaim) is { } until && StartOf(until.AddDays(1)) < expiresAt) expiresAt = StartOf(until.AddDays(1));
        return (issuedAt, Day(claims, ValidFromClaim) is { } from && StartOf(from) > issuedAt ? StartOf(from) : null, expiresAt);
    }

    private static DateOnly? Day(JsonObject claims, string? name)
    {
        if (name is null || claims.OptionalString(name) is not { } text) return null;
        return DateOnly.TryParseExact(text, Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw NationRefusal.InvalidClaim($"{name} is not a day that there is");
    }

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Text(DateOnly day) => day.ToString(Date, CultureInfo.InvariantCulture);

    /// <summary>A credential must not outlive the certificate and the published key that it is verified with.</summary>
    private static TimeSpan ValidityOf(long days) => days >= 1 && days <= KeyPurpose.Credential.OutlivedBy.Days
        ? TimeSpan.FromDays(days)
        : throw Refusal.Malformed($"validity_days must be 1 to {KeyPurpose.Credential.OutlivedBy.Days}");
}
