using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>Whose credentials the verifier takes [OpenID4VP §6.1.1]: a hint to the wallet. The verifier decides on its own.</summary>
/// <param name="Type">For example <c>aki</c>, <c>etsi_tl</c>, <c>openid_federation</c>.</param>
/// <param name="Values">One of these is enough.</param>
public sealed record TrustedAuthoritiesQuery(string Type, IReadOnlyList<string> Values)
{
    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: no <c>type</c>, or no <c>values</c>.</exception>
    public static TrustedAuthoritiesQuery Parse(JsonObject json)
    {
        var values = DcqlJson.Strings(json, "values");
        return new(json.RequiredString("type"), values.Length > 0 ? values : throw Refusal.Malformed("values is missing"));
    }

    /// <summary>The entry as JSON.</summary>
    public JsonObject ToJson() => new() { ["type"] = Type, ["values"] = DcqlJson.Array(Values) };
}
