using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>A credential request [OpenID4VCI §8.2], with key proofs of type <c>jwt</c>.</summary>
/// <param name="ConfigurationId"><c>credential_configuration_id</c>; null where the identifier was sent.</param>
/// <param name="Identifier"><c>credential_identifier</c>; null where the configuration was sent.</param>
/// <param name="Proofs">The key proofs, one for each credential that is asked for.</param>
public sealed record CredentialRequest(string? ConfigurationId, string? Identifier, IReadOnlyList<string> Proofs)
{
    /// <summary>Reads the JSON body.</summary>
    /// <exception cref="Refusal">
    /// <c>invalid_credential_request</c>: the shape is wrong. <c>invalid_proof</c>: no proof, or none of type <c>jwt</c>.
    /// <c>invalid_encryption_parameters</c>: an encrypted answer is asked for.
    /// </exception>
    public static CredentialRequest Parse(ReadOnlySpan<byte> body)
    {
        // A ref struct can't be captured; the body is read once.
        JsonObject json;
        try
        {
            json = StrictJson.ParseObject(body);
        }
        catch (Refusal refusal)
        {
            throw VciRefusal.InvalidCredentialRequest(refusal.Description);
        }

        return Refusal.Recode("invalid_credential_request", () => Read(json));
    }

    private static CredentialRequest Read(JsonObject json)
    {
        // Libraries write members that they leave out as null. Only those that are read are looked at: a stranger may send any number of others.
        foreach (var name in (ReadOnlySpan<string>)["credential_configuration_id", "credential_identifier", "credential_response_encryption", "proofs"])
            if (json.TryGetPropertyValue(name, out var value) && value is null) json.Remove(name);

        var configuration = json.OptionalString("credential_configuration_id");
        var identifier = json.OptionalString("credential_identifier");
        if (configuration is null == identifier is null)
            throw VciRefusal.InvalidCredentialRequest("exactly one of credential_identifier and credential_configuration_id must be sent");
        if (json.ContainsKey("credential_response_encryption")) throw VciRefusal.InvalidEncryptionParameters();

        // The drafts' single "proof" is gone in 1.0: who sends it sends no proofs.
        if (!json.ContainsKey("proofs")) throw VciRefusal.InvalidProof("proofs is missing");
        var proofs = json.RequiredObject("proofs");
        if (proofs.Count != 1) throw VciRefusal.InvalidProof("proofs must hold exactly one proof type");
        if (!proofs.TryGetPropertyValue("jwt", out var jwt)) throw VciRefusal.InvalidProof("the proof type must be jwt");
        if (jwt is not JsonArray array || array.Any(item => item?.GetValueKind() != JsonValueKind.String))
            throw VciRefusal.InvalidCredentialRequest("proofs.jwt must be an array of strings");
        if (array.Count == 0) throw VciRefusal.InvalidProof("proofs.jwt is empty");
        return new(configuration, identifier, [.. array.Select(item => item!.GetValue<string>())]);
    }
}
