using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>The forms that credentials and presentations share. All refuse as malformed.</summary>
internal static class CredentialMembers
{
    /// <summary>The first context of version 2.0.</summary>
    public const string ContextV2 = "https://www.w3.org/ns/credentials/v2";

    /// <summary>The first context of version 1.1.</summary>
    public const string ContextV1 = "https://www.w3.org/2018/credentials/v1";

    /// <summary>The most items that any array of the data model may have.</summary>
    public const int MaxItems = 100;

    /// <summary>The version that the first context says; the other contexts are URLs or objects [VCDM §4.3].</summary>
    public static DataModelVersion VersionOf(JsonObject json)
    {
        // 1.1's own examples let one context stand alone; 2.0 asks for an ordered set.
        var contexts = json["@context"] switch
        {
            JsonArray { Count: > 0 and <= MaxItems } several => several,
            JsonValue one when IsString(one) && one.GetValue<string>() == ContextV1 => [ContextV1],
            _ => throw Refusal.Malformed($"@context must be an array that begins with {ContextV2}"),
        };
        var first = IsString(contexts[0]) ? contexts[0]!.GetValue<string>() : null;
        if (first is not (ContextV2 or ContextV1)) throw Refusal.Malformed($"@context must begin with {ContextV2}");
        foreach (var context in contexts.Skip(1))
        {
            if (context is JsonObject) continue;
            var url = IsString(context) ? context!.GetValue<string>() : "";
            if (!AbsoluteUrl.Is(url)) throw Refusal.Malformed("@context must hold URLs and objects");
            if (url is ContextV2 or ContextV1) throw Refusal.Malformed("@context names a base context behind another");
        }

        return first == ContextV2 ? DataModelVersion.V20 : DataModelVersion.V11;
    }

    /// <summary>The types of an object, one or several [VCDM §4.5]. Whether they mean anything, its contexts say.</summary>
    public static IReadOnlyList<string> Types(JsonObject json, string what)
    {
        var types = json["type"] switch
        {
            JsonValue one when IsString(one) => [one.GetValue<string>()],
            JsonArray { Count: > 0 and <= MaxItems } => json.OptionalStrings("type")!,
            _ => throw Refusal.Malformed($"type of {what} must be a string or an array of strings"),
        };
        return types.All(type => type.Length > 0 && !type.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            ? types
            : throw Refusal.Malformed($"type of {what} must hold terms and URLs");
    }

    /// <summary>The member as a URL; null where it is absent [VCDM §4.4].</summary>
    public static string? OptionalUrl(JsonObject json, string name, string what) => json.OptionalString(name) is not { } url ? null
        : AbsoluteUrl.Is(url) ? url : throw Refusal.Malformed($"{name} of {what} must be a URL");

    /// <summary>The member as a URL.</summary>
    public static string RequiredUrl(JsonObject json, string name, string what) =>
        OptionalUrl(json, name, what) ?? throw Refusal.Malformed($"{name} of {what} is missing");

    /// <summary>The member as a URL, or as an object with one as its <c>id</c>; null where it is absent.</summary>
    public static string? UrlOrObject(JsonObject json, string name)
    {
        if (!json.TryGetPropertyValue(name, out var node)) return null;
        if (node is JsonObject named) return RequiredUrl(named, "id", name);
        var url = json.RequiredString(name);
        return AbsoluteUrl.Is(url) ? url : throw Refusal.Malformed($"{name} must be a URL");
    }

    /// <summary>One object or several; none where the member is absent.</summary>
    public static IReadOnlyList<JsonObject> Objects(JsonObject json, string name)
    {
        if (!json.TryGetPropertyValue(name, out var node)) return [];
        return node switch
        {
            JsonObject one => [one],
            JsonArray { Count: > 0 and <= MaxItems } many => [.. many.Select(item => item as JsonObject ?? throw Wrong())],
            _ => throw Wrong(),
        };

        Refusal Wrong() => Refusal.Malformed($"{name} must be an object, or an array of at most {MaxItems}");
    }

    /// <summary>One object or several, each of which says its type, and whose <c>id</c> is a URL where it is there.</summary>
    public static IReadOnlyList<JsonObject> Typed(JsonObject json, string name, bool needsId = false)
    {
        var objects = Objects(json, name);
        foreach (var one in objects)
        {
            Types(one, name);
            if (needsId) RequiredUrl(one, "id", name);
            else OptionalUrl(one, "id", name);
        }

        return objects;
    }

    /// <summary>Whether a node is a string.</summary>
    public static bool IsString(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;
}
