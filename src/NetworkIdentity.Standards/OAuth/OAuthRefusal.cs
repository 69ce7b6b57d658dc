namespace NetworkIdentity.Standards.OAuth;

/// <summary>What OAuth refuses, by its own codes [RFC6749 §4.1.2.1] [RFC6749 §5.2] [RFC6750 §3.1].</summary>
public static class OAuthRefusal
{
    /// <summary>The code of <see cref="InvalidDpopProof"/>.</summary>
    public const string InvalidDpopProofCode = "invalid_dpop_proof";

    /// <summary>The code of <see cref="InvalidAuthorizationDetails"/>.</summary>
    public const string InvalidAuthorizationDetailsCode = "invalid_authorization_details";

    /// <summary>The code of <see cref="InvalidRequestUri"/>.</summary>
    public const string InvalidRequestUriCode = "invalid_request_uri";

    /// <summary>The code of <see cref="InsufficientUserAuthentication"/>.</summary>
    public const string InsufficientUserAuthenticationCode = "insufficient_user_authentication";

    /// <summary>The code of <see cref="UnauthorizedClient"/>.</summary>
    public const string UnauthorizedClientCode = "unauthorized_client";

    /// <summary>The code of <see cref="UseDpopNonce"/>.</summary>
    public const string UseDpopNonceCode = "use_dpop_nonce";

    /// <summary>
    /// A description as it may stand in <c>error_description</c> and in a quoted string: of %x20-21, %x23-5B and %x5D-7E [RFC6749 §5.2] [RFC6750 §3].
    /// </summary>
    public static string Printable(string description) => string.Create(description.Length, description, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = text[i] switch
            {
                '"' => '\'',
                '\\' or < ' ' or > '~' => '?',
                var c => c,
            };
        }
    });

    /// <summary>A parameter is missing, repeated, malformed, or does not go with another.</summary>
    public static Refusal InvalidRequest(string description) => new("invalid_request", description);

    /// <summary>The client is unknown or did not authenticate.</summary>
    public static Refusal InvalidClient(string description) => new("invalid_client", description);

    /// <summary>The code is wrong, expired, spent, or another client's. One text for all of them, so that nothing can be probed.</summary>
    public static Refusal InvalidGrant(string description = "the code is wrong, expired, already used, or not for this client") =>
        new("invalid_grant", description);

    /// <summary>The token is good, but its member proved too little for this, or too long ago [RFC9470 §3].</summary>
    /// <param name="description">What is missing, in words.</param>
    /// <param name="maxAge">How long ago they may have proven.</param>
    /// <param name="scope">The scope of an authorization request by which they prove enough [RFC6750 §3].</param>
    public static Refusal InsufficientUserAuthentication(string description, TimeSpan maxAge, string scope) =>
        new(InsufficientUserAuthenticationCode, description) { Challenge = $"max_age=\"{(long)maxAge.TotalSeconds}\", scope=\"{scope}\"" };

    /// <summary>The grant type is not one of this server's.</summary>
    public static Refusal UnsupportedGrantType() =>
        new("unsupported_grant_type", "grant_type must be authorization_code, refresh_token, client_credentials or urn:ietf:params:oauth:grant-type:pre-authorized_code");

    /// <summary>The response type is not one of this server's.</summary>
    public static Refusal UnsupportedResponseType() => new("unsupported_response_type", "response_type must be code");

    /// <summary>The scope is missing or holds nothing this server knows.</summary>
    public static Refusal InvalidScope(string description) => new("invalid_scope", description);

    /// <summary>The resource is unknown, malformed, not for this client, or not the one that was granted [RFC8707 §2].</summary>
    public static Refusal InvalidTarget(string description) => new("invalid_target", description);

    /// <summary>What is asked for by <c>authorization_details</c> is of another type, malformed, or not this client's to ask [RFC9396 §5].</summary>
    public static Refusal InvalidAuthorizationDetails(string description) => new(InvalidAuthorizationDetailsCode, description);

    /// <summary>The redirect URI is not registered, or may not be [RFC7591 §3.2.2].</summary>
    public static Refusal InvalidRedirectUri(string description) => new("invalid_redirect_uri", description);

    /// <summary>What a client is to be registered with can't be [RFC7591 §3.2.2].</summary>
    public static Refusal InvalidClientMetadata(string description) => new("invalid_client_metadata", description);

    /// <summary>A software statement is not taken from anybody [RFC7591 §3.2.2].</summary>
    public static Refusal UnapprovedSoftwareStatement() => new("unapproved_software_statement", "software statements are not taken: nobody's are trusted here");

    /// <summary>The client is known, and may not do this [RFC6749 §4.1.2.1].</summary>
    public static Refusal UnauthorizedClient(string description) => new(UnauthorizedClientCode, description);

    /// <summary>The person said no, or nothing that was shown was accepted.</summary>
    public static Refusal AccessDenied(string description) => new("access_denied", description);

    /// <summary>No one is signed in, and prompt=none forbids asking [OIDC §3.1.2.6].</summary>
    public static Refusal LoginRequired(string description) => new("login_required", description);

    /// <summary>Who it is is known, but they must show more, and prompt=none forbids asking [OIDC §3.1.2.6].</summary>
    public static Refusal InteractionRequired() => new("interaction_required", "the member must prove more than this session did");

    /// <summary>An essential <c>acr</c> can't have any of the values that are asked for [OIDC-Unmet §2].</summary>
    public static Refusal UnmetAuthenticationRequirements() => new("unmet_authentication_requirements", "no proof here has an acr that is asked for as essential");

    /// <summary>A request object is not accepted [OIDC §3.1.2.6].</summary>
    public static Refusal RequestNotSupported() => new("request_not_supported", "the request parameter is not supported");

    /// <summary>A request object by reference is not accepted, and nothing is fetched [OIDC §3.1.2.6].</summary>
    public static Refusal RequestUriNotSupported() => new("request_uri_not_supported", "the request_uri parameter is not supported");

    /// <summary>A request object is not one of this client, is not for this server, or is out of its time [RFC9101 §7].</summary>
    public static Refusal InvalidRequestObject(string description) => new("invalid_request_object", description);

    /// <summary>A pushed request is not there, has expired, was used, or is another client's [RFC9126 §2.2] [RFC9101 §7]. One text for all of them.</summary>
    public static Refusal InvalidRequestUri() => new(InvalidRequestUriCode, "the request_uri is wrong, expired, already used, or not for this client");

    /// <summary>A proof of possession is missing, or one of its checks failed [RFC9449 §5] [RFC9449 §7.1].</summary>
    public static Refusal InvalidDpopProof(string description) => new(InvalidDpopProofCode, description);

    /// <summary>A proof of possession needs a nonce of this server, which comes with this answer [RFC9449 §8].</summary>
    public static Refusal UseDpopNonce() => new(UseDpopNonceCode, "the DPoP proof must hold the nonce of the DPoP-Nonce header");

    /// <summary>Registration in the request is not accepted [OIDC §3.1.2.6].</summary>
    public static Refusal RegistrationNotSupported() => new("registration_not_supported", "the registration parameter is not supported");

    /// <summary>The access token is missing, unknown, expired, revoked, or opens something else [RFC6750 §3.1].</summary>
    public static Refusal InvalidToken() => new("invalid_token", "the access token is not good here, or not any more");

    /// <summary>The access token is good and doesn't open this [RFC6750 §3.1].</summary>
    public static Refusal InsufficientScope(string description) => new("insufficient_scope", description);
}
