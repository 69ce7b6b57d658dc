using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>A wallet comes back for what it asked for [OpenID4VCI §9.1].</summary>
/// <param name="TransactionId"><c>transaction_id</c>, as the answer to the credential request gave it.</param>
public sealed record DeferredCredentialRequest(string TransactionId)
{
    /// <summary>Reads the JSON body; what it doesn't know is ignored.</summary>
    /// <exception cref="Refusal"><c>invalid_credential_request</c>: the shape is wrong. <c>invalid_encryption_parameters</c>: an encrypted answer is asked for.</exception>
    public static DeferredCredentialRequest Parse(byte[] body) => Refusal.Recode("invalid_credential_request", () =>
    {
        var json = StrictJson.ParseObject(body);

        // Libraries write members that they leave out as null.
        if (json.TryGetPropertyValue("credential_response_encryption", out var encryption) && encryption is not null) throw VciRefusal.InvalidEncryptionParameters();
        return new DeferredCredentialRequest(json.RequiredString("transaction_id"));
    });
}
