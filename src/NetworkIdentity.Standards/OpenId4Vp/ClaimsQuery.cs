using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>A claim that is asked for [OpenID4VP §6.3].</summary>
/// <param name="Path">Where it stands in the credential.</param>
/// <param name="Id">Its name in <c>claim_sets</c>; null where it has none.</param>
/// <param name="Values">Strings, integers and booleans, one of which it must equal; empty where any value will do. Not to be changed.</param>
public sealed record ClaimsQuery(ClaimsPath Path, string? Id, IReadOnlyList<JsonNode> Values)
{
    /// <summary>Asks for a top-level claim, whatever its value.</summary>
    public static ClaimsQuery Of(string name) => new(ClaimsPath.Of(name), null, []);

    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: no <c>path</c>, or a property of a wrong shape.</exception>
    public static ClaimsQuery Parse(JsonObject json) => new(
        ClaimsPath.Parse(json["path"]),
        json.OptionalString("id") is { } id ? DcqlJson.Id(id) : null,
        [.. (DcqlJson.NonEmpty(json, "values") ?? []).Select(Value)]);

    /// <summary>The entry as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Id is not null) json["id"] = Id;
        json["path"] = Path.ToJson();
        if (Values.Count > 0) json["values"] = new JsonArray([.. Values.Select(value => value.DeepClone())]);
        return json;
    }

    /// <summary>Whether the claim is there and, where values are given, one selected element equals one of them in type and value.</summary>
    public bool IsMetBy(JsonObject claims)
    {
        if (!Path.TrySelect(claims, out var selected)) return false;
        if (Values.Count == 0) return true;
        var values = Values.Select(JsonEquality.Key).ToHashSet(StringComparer.Ordinal);
        return selected.Any(element => values.Contains(JsonEquality.Key(element)));
    }

    private static JsonNode Value(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String or JsonValueKind.True or JsonValueKind.False => value.DeepClone(),
        JsonValueKind.Number when long.TryParse(value.ToJsonString(), System.Globalization.NumberStyles.AllowLeadingSign, null, out _)
            => value.DeepClone(),
        _ => throw Refusal.Malformed("values must be strings, integers or booleans"),
    };
}
