using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Standards.OpenId;

/// <summary>The <c>claims</c> parameter: which claims a client asks for, and where they are to come [OIDC §5.5].</summary>
/// <param name="IdToken">Claims for the ID token, by name.</param>
/// <param name="UserInfo">Claims for userinfo, by name.</param>
public sealed record ClaimsRequest(IReadOnlyDictionary<string, ClaimsRequest.Wish> IdToken, IReadOnlyDictionary<string, ClaimsRequest.Wish> UserInfo)
{
    /// <summary>What is asked for with how it was verified, for the ID token [OIDC-IDA §7].</summary>
    public IReadOnlyList<VerifiedClaimsRequest> VerifiedInIdToken { get; private init; } = [];

    /// <summary>The same for userinfo.</summary>
    public IReadOnlyList<VerifiedClaimsRequest> VerifiedInUserInfo { get; private init; } = [];

    /// <summary>The most claims that may be asked for in one place.</summary>
    public const int MaxClaims = 64;

    /// <summary>How one claim is asked for [OIDC §5.5.1].</summary>
    /// <param name="IsEssential">Whether the client can do little without it.</param>
    /// <param name="Values">The values it may have, as they were sent; null where any will do.</param>
    public sealed record Wish(bool IsEssential, IReadOnlyList<JsonNode?>? Values)
    {
        /// <summary>Asked for by its name alone.</summary>
        public static Wish Plain { get; } = new(false, null);
    }

    /// <summary>Reads the parameter. Members that are not understood are ignored, as they must be.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it is no JSON object, or a claim is asked for in no form that there is.</exception>
    public static ClaimsRequest Parse(string json) => Refusal.Recode("invalid_request", () =>
    {
        var root = StrictJson.ParseObject(System.Text.Encoding.UTF8.GetBytes(json));
        return new ClaimsRequest(Place(root, "id_token"), Place(root, "userinfo")) { VerifiedInIdToken = Verified(root, "id_token"), VerifiedInUserInfo = Verified(root, "userinfo") };
    });

    /// <summary>Whether a place asks for a claim that must have one of some values, and a value is none of them.</summary>
    public static bool Excludes(IReadOnlyDictionary<string, Wish> place, string claim, string value) =>
        place.TryGetValue(claim, out var wish) && wish.Values is { } values && !values.Any(one => one?.GetValueKind() == System.Text.Json.JsonValueKind.String && one.GetValue<string>() == value);

    private static IReadOnlyList<VerifiedClaimsRequest> Verified(JsonObject root, string name) =>
        root.OptionalObject(name) is { } place && place.TryGetPropertyValue(VerifiedClaimsRequest.Name, out var verified) ? VerifiedClaimsRequest.Parse(verified) : [];

    internal static Dictionary<string, Wish> Place(JsonObject root, string name)
    {
        if (root.OptionalObject(name) is not { } place) return [];
        if (place.Count > MaxClaims) throw OAuthRefusal.InvalidRequest($"claims asks for more than {MaxClaims} claims in one place");
        return place.Where(member => member.Key != VerifiedClaimsRequest.Name).ToDictionary(member => member.Key, member => member.Value switch
        {
            null => Wish.Plain,
            JsonObject wish => new Wish(wish.OptionalBoolean("essential") ?? false, ValuesOf(wish)),
            _ => throw OAuthRefusal.InvalidRequest("claims asks for a claim by something else than null or an object"),
        });
    }

    private static IReadOnlyList<JsonNode?>? ValuesOf(JsonObject wish)
    {
        if (wish.TryGetPropertyValue("value", out var value)) return [value?.DeepClone()];
        return wish.OptionalArray("values") is { } values ? [.. values.Select(one => one?.DeepClone())] : null;
    }
}
