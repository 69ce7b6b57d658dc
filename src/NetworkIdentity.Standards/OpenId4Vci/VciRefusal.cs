namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>What a credential issuer refuses, by OpenID4VCI's own codes [OpenID4VCI §8.3.1.2] [OpenID4VCI §9.3] [OpenID4VCI §11.3].</summary>
public static class VciRefusal
{
    /// <summary>The credential request is not of the form the specification gives.</summary>
    public static Refusal InvalidCredentialRequest(string description) => new("invalid_credential_request", description);

    /// <summary>The credential configuration is unknown.</summary>
    public static Refusal UnknownCredentialConfiguration() =>
        new("unknown_credential_configuration", "credential_configuration_id is not one of credential_configurations_supported");

    /// <summary>The credential identifier is unknown.</summary>
    public static Refusal UnknownCredentialIdentifier() =>
        new("unknown_credential_identifier", "credential_identifier is not one that the token response gave");

    /// <summary>A key proof is missing or wrong.</summary>
    public static Refusal InvalidProof(string description) => new("invalid_proof", description);

    /// <summary>A key proof's nonce is unknown, expired or used; the wallet may fetch a fresh one and try again.</summary>
    public static Refusal InvalidNonce() => new("invalid_nonce", "the nonce is unknown, expired or already used: get one from the nonce endpoint");

    /// <summary>The encryption that was asked for is not offered.</summary>
    public static Refusal InvalidEncryptionParameters() =>
        new("invalid_encryption_parameters", "credential_response_encryption is not offered by this issuer's metadata");

    /// <summary>The issuer will not issue this.</summary>
    public static Refusal CredentialRequestDenied(string description) => new("credential_request_denied", description);

    /// <summary>The transaction is unknown, another token's, or was used.</summary>
    public static Refusal InvalidTransactionId() => new("invalid_transaction_id", "transaction_id is not one that was given for this access token, or it was already used to obtain the credential");

    /// <summary>The token does not cover this configuration [RFC6750 §3.1].</summary>
    public static Refusal InsufficientScope() => new("insufficient_scope", "the access token does not cover this credential configuration");

    /// <summary>The notification names nothing that was issued under this token.</summary>
    public static Refusal InvalidNotificationId() => new("invalid_notification_id", "notification_id is not one that this access token was given");

    /// <summary>The notification is not of the form the specification gives.</summary>
    public static Refusal InvalidNotificationRequest(string description) => new("invalid_notification_request", description);
}
