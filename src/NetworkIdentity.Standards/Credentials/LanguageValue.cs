using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A text for people, with its language and direction where they are said [VCDM §11.1].</summary>
/// <param name="Text"><c>@value</c>, or the whole where it is a string.</param>
/// <param name="Language"><c>@language</c>: a well-formed tag of BCP 47; null where absent.</param>
/// <param name="Direction"><c>@direction</c>: <c>ltr</c> or <c>rtl</c>; null where absent.</param>
public sealed partial record LanguageValue(string Text, string? Language = null, string? Direction = null)
{
    /// <summary>The most languages one text may come in.</summary>
    public const int MaxLanguages = 100;

    private const int MaxTagLength = 64;
    private const string Value = "@value";

    // langtag, privateuse and the irregular ones of grandfathered [RFC5646 §2.1]; the regular ones are langtags by their form.
    [GeneratedRegex(
        "^(([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"
        + "|x(-[a-z0-9]{1,8})+"
        + @"|en-gb-oed|i-(ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(be-fr|be-nl|ch-de))\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    /// <summary>The member as texts: a string, a language value object, or an array of these objects; empty where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: something else, a member beyond the three, or a tag or direction that is none.</exception>
    public static IReadOnlyList<LanguageValue> Optional(JsonObject json, string name)
    {
        if (!json.TryGetPropertyValue(name, out var node)) return [];
        return node switch
        {
            JsonObject one => [Read(one, name)],
            JsonArray { Count: > 0 and <= MaxLanguages } many => [.. many.Select(item => Read(item as JsonObject ?? throw Wrong(name), name))],
            JsonValue value when value.GetValueKind() == JsonValueKind.String => [new(value.GetValue<string>())],
            _ => throw Wrong(name),
        };
    }

    /// <summary>Whether an object is meant as a language value object.</summary>
    internal static bool IsOne(JsonObject json) => json.ContainsKey(Value);

    /// <summary>Reads a language value object.</summary>
    /// <exception cref="Refusal">Malformed: as with <see cref="Optional"/>.</exception>
    internal static LanguageValue Read(JsonObject json, string name)
    {
        if (json.Any(member => member.Key is not (Value or "@language" or "@direction"))) throw Refusal.Malformed($"{name} has members beyond @value, @language and @direction");
        var language = json.OptionalString("@language");
        if (language is not null && (language.Length > MaxTagLength || !Tag().IsMatch(language))) throw Refusal.Malformed($"@language of {name} is no language tag");
        var direction = json.OptionalString("@direction");
        if (direction is not (null or "ltr" or "rtl")) throw Refusal.Malformed($"@direction of {name} must be ltr or rtl");
        return new(json.RequiredString(Value), language, direction);
    }

    private static Refusal Wrong(string name) => Refusal.Malformed($"{name} must be a string or a language value object");
}
