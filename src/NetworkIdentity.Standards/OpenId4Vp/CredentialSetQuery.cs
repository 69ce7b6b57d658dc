using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>Combinations of credentials, one of which serves the purpose [OpenID4VP §6.2].</summary>
/// <param name="Options">Combinations of ids of credential queries, the preferred one first.</param>
/// <param name="Required">Whether one of them must be answered.</param>
public sealed record CredentialSetQuery(IReadOnlyList<IReadOnlyList<string>> Options, bool Required = true)
{
    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: no <c>options</c>, or a property of a wrong shape.</exception>
    public static CredentialSetQuery Parse(JsonObject json)
    {
        var options = DcqlJson.Combinations(json, "options");
        return new(options.Length > 0 ? options : throw Refusal.Malformed("options is missing"), json.OptionalBoolean("required") ?? true);
    }

    /// <summary>The entry as JSON, without what is the default.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (!Required) json["required"] = false;
        json["options"] = new JsonArray([.. Options.Select(DcqlJson.Array)]);
        return json;
    }
}
