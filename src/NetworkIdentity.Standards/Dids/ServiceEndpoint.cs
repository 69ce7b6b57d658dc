using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>Where something of a DID's subject is to be had: one item of <c>service</c> [CID §2.1.4].</summary>
/// <param name="Id">Its absolute URL; null where it has none.</param>
/// <param name="Types">One or more.</param>
/// <param name="Json">As the document has it, with what it has besides.</param>
public sealed record ServiceEndpoint(string? Id, IReadOnlyList<string> Types, JsonObject Json)
{
    /// <summary>Reads one.</summary>
    /// <param name="did">The document's DID, which relative references are relative to.</param>
    /// <param name="json">The service.</param>
    /// <exception cref="Refusal">Malformed: no type or endpoint, or one of a wrong form.</exception>
    public static ServiceEndpoint Parse(Did did, JsonObject json)
    {
        var types = json["type"] is JsonArray ? json.OptionalStrings("type")! : [json.RequiredString("type")];
        var endpoint = json["serviceEndpoint"];
        if (!IsEndpoint(endpoint) && !(endpoint is JsonArray { Count: > 0 } all && all.All(IsEndpoint))) throw Refusal.Malformed("serviceEndpoint must be a string, an object, or several");
        return new(json.OptionalString("id") is { } id ? DidUrl.Absolute(did, id) : null, types, json);
    }

    private static bool IsEndpoint(JsonNode? node) => node is JsonObject || node?.GetValueKind() == System.Text.Json.JsonValueKind.String;
}
