using System.Text.Json.Nodes;

namespace NetworkIdentity.SamplePartner;

/// <summary>What the app learned of one credential type, and where from.</summary>
/// <param name="Name">The claim's name, in words.</param>
/// <param name="Source">Which answer said so.</param>
/// <param name="Facts">Its members, in words; whatever members come.</param>
public sealed record Learned(string Name, string Source, IReadOnlyList<KeyValuePair<string, string>> Facts)
{
    /// <summary>What the protocol itself needs; the rest is said of the person.</summary>
    private static readonly string[] Protocol = ["iss", "sub", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "at_hash", "azp", "acr", "amr", "sid", "jti"];

    /// <summary>What both answers say: once where they agree, and each by itself where they don't.</summary>
    public static IReadOnlyList<Learned> From(JsonObject idToken, JsonObject userInfo)
    {
        var names = idToken.Concat(userInfo).Select(claim => claim.Key).Distinct().Where(name => !Protocol.Contains(name));
        return [.. names.SelectMany(name => JsonNode.DeepEquals(idToken[name], userInfo[name])
            ? (Learned[])[Of(name, "the ID token, and userinfo again", idToken[name])]
            : [Of(name, "the ID token", idToken[name]), Of(name, "userinfo", userInfo[name])]).Where(learned => learned.Facts.Count > 0)];
    }

    /// <summary>A name of the wire in words.</summary>
    public static string Words(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');

    private static Learned Of(string name, string source, JsonNode? value) => new(Words(name), source, value switch
    {
        null => [],
        JsonObject members => [.. members.Select(member => KeyValuePair.Create(Words(member.Key), Text(member.Value)))],
        _ => [KeyValuePair.Create(Words(name), Text(value))],
    });

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var words) ? words : value?.ToJsonString(JsonWords.Indented) ?? "null";
}
