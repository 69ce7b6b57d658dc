using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>The document that names all of an issuer's lists, so that a reader can fetch them before it meets a token of them [TSL §9.3].</summary>
public static class StatusListAggregation
{
    /// <summary>The media type it is served as.</summary>
    public const string MediaType = "application/json";

    /// <summary>The name under which an authorization server's metadata says where it is [TSL §9.1].</summary>
    public const string MetadataName = "status_list_aggregation_endpoint";

    /// <summary>The most bytes that are read.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The most lists that are read.</summary>
    public const int MaxLists = 10_000;

    /// <summary>The document.</summary>
    public static JsonObject Write(IEnumerable<string> uris) => new() { ["status_lists"] = new JsonArray([.. uris.Select(uri => (JsonNode)uri)]) };

    /// <summary>Reads the document: the lists' URIs, in its order.</summary>
    /// <exception cref="Refusal">Malformed: not a JSON object with an array of absolute URIs, too long, or too many.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes) throw Refusal.Malformed("the aggregation of status lists is too long");
        var uris = StrictJson.ParseObject(utf8).OptionalStrings("status_lists") ?? throw Refusal.Malformed("status_lists is missing");
        if (uris.Count > MaxLists) throw Refusal.Malformed("status_lists has too many");
        return uris.All(AbsoluteUrl.Is) ? uris : throw Refusal.Malformed("status_lists must be absolute URIs");
    }
}
