using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;

namespace NetworkIdentity.Standards.OpenId;

/// <summary>One entry of <c>verified_claims</c> in the <c>claims</c> parameter: which claims, and what is to be said of how they were verified [OIDC-IDA §7].</summary>
/// <param name="Verification">What is asked of the verification. Not to be changed.</param>
/// <param name="Claims">The claims, by name, as they are asked for.</param>
public sealed record VerifiedClaimsRequest(JsonObject Verification, IReadOnlyDictionary<string, ClaimsRequest.Wish> Claims)
{
    /// <summary>The member of <c>claims</c>, and of an answer.</summary>
    public const string Name = "verified_claims";

    /// <summary>The most entries.</summary>
    public const int MaxEntries = 8;

    private static readonly string[] Constraints = ["value", "values", "essential", "max_age"];

    /// <summary>Reads what stands under <c>verified_claims</c>: an entry, or an array of them.</summary>
    /// <exception cref="Refusal">Malformed: an entry without <c>verification</c> with a <c>trust_framework</c>, or without <c>claims</c> [OIDC-IDA §7].</exception>
    public static IReadOnlyList<VerifiedClaimsRequest> Parse(JsonNode? node) => node switch
    {
        JsonObject entry => [Read(entry)],
        JsonArray { Count: > 0 and <= MaxEntries } entries => [.. entries.Select(entry => Read(entry as JsonObject ?? throw Refusal.Malformed($"{Name} must hold objects")))],
        _ => throw Refusal.Malformed($"{Name} must be an object, or an array of 1 to {MaxEntries}"),
    };

    /// <summary>What of a verification was asked for, its trust framework in any case; null where a condition of the request doesn't hold, so that nothing is said [OIDC-IDA §5.7].</summary>
    /// <param name="verification">All that can be said of the verification.</param>
    /// <param name="now">Now, which <c>max_age</c> counts back from.</param>
    public JsonObject? Select(JsonObject verification, DateTimeOffset now) => TryKeep(verification, Verification, now, out var kept) ? (JsonObject)kept! : null;

    /// <summary>Whether a claim that is asked for by a value has it [OIDC-IDA §5.7].</summary>
    public bool Takes(string claim, JsonNode? value) => Claims.TryGetValue(claim, out var wish)
        && (wish.Values is not { } values || values.Any(one => JsonEquality.Key(one) == JsonEquality.Key(value)));

    private static VerifiedClaimsRequest Read(JsonObject entry)
    {
        var verification = entry.RequiredObject("verification");
        if (!verification.ContainsKey("trust_framework")) throw Refusal.Malformed($"verification of {Name} asks for no trust_framework");
        var claims = ClaimsRequest.Place(entry, "claims");
        return claims.Count > 0 ? new((JsonObject)verification.DeepClone(), claims) : throw Refusal.Malformed($"{Name} asks for no claims");
    }

    /// <summary>What is said, as far as it is wished for; false where a condition doesn't hold.</summary>
    private static bool TryKeep(JsonNode said, JsonNode? wish, DateTimeOffset now, out JsonNode? kept)
    {
        kept = null;
        switch (wish)
        {
            case null:
                kept = said.DeepClone();
                return true;
            case JsonObject condition when condition.Count > 0 && condition.All(member => Constraints.Contains(member.Key)):
                kept = said.DeepClone();
                return IsMet(said, condition, now);
            case JsonObject wishes when said is JsonObject members:
                var inner = new JsonObject();
                foreach (var (name, one) in wishes)
                {
                    if (members[name] is { } value)
                    {
                        if (!TryKeep(value, one, now, out var part)) return false;
                        inner[name] = part;
                    }
                    else if (one is JsonObject unmet && (unmet.ContainsKey("value") || unmet.ContainsKey("values") || unmet.ContainsKey("max_age")))
                    {
                        return false;
                    }
                }

                kept = inner;
                return true;
            case JsonArray wishes when said is JsonArray elements:
                var found = new JsonArray();
                foreach (var one in wishes)
                    foreach (var element in elements)
                        if (TryKeep(element!, one, now, out var part)) found.Add(part);
                kept = found;
                return found.Count > 0;
            default:
                return false;
        }
    }

    private static bool IsMet(JsonNode said, JsonObject condition, DateTimeOffset now)
    {
        if (condition.TryGetPropertyValue("value", out var value) && JsonEquality.Key(value) != JsonEquality.Key(said)) return false;
        if (condition["values"] is JsonArray values && !values.Any(one => JsonEquality.Key(one) == JsonEquality.Key(said))) return false;
        if (!condition.TryGetPropertyValue("max_age", out var age)) return true;
        return age?.GetValueKind() == JsonValueKind.Number && long.TryParse(age.ToJsonString(), out var seconds) && seconds >= 0
            && said.GetValueKind() == JsonValueKind.String && DateTimeOffset.TryParse(said.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture, out var at)
            && (now - at).TotalSeconds <= seconds;
    }
}
