using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>What may stand in a client's registration [RFC7591 §2] [OIDC-DCR §2]: every member is held against its rule, and against those it goes with.</summary>
public static class ClientMetadataRules
{
    /// <summary>The longest URI, in characters: a longer one could not be sent in a request either.</summary>
    public const int MaxUriLength = OAuthParameters.MaxValueLength;

    /// <summary>The most URIs of a kind.</summary>
    public const int MaxUris = 20;

    /// <summary>The most keys in <c>jwks</c>.</summary>
    public const int MaxKeys = 20;

    /// <summary>How a client may authenticate.</summary>
    public static readonly IReadOnlyList<string> AuthenticationMethods =
        [ClientCredentials.Basic, ClientCredentials.Post, ClientCredentials.PrivateKeyJwt, ClientCredentials.None];

    private const int MaxContacts = 10;
    private const int MaxContactLength = 320;
    private const long MostMaxAge = 10L * 365 * 24 * 3600;

    private static readonly string[] Grants = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant, ClientMetadata.ClientCredentialsGrant];

    /// <summary>Checks a registration.</summary>
    /// <param name="metadata">What the client says of itself.</param>
    /// <param name="redirectUris">Where its answers may go.</param>
    /// <param name="authentication">How it authenticates.</param>
    /// <param name="signingAlgorithms">The algorithms that this server signs for clients with.</param>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c> [RFC7591 §3.2.2].</exception>
    public static void Check(ClientMetadata metadata, IReadOnlyList<string> redirectUris, string authentication, IReadOnlyList<string> signingAlgorithms)
    {
        if (!AuthenticationMethods.Contains(authentication)) throw Invalid($"token_endpoint_auth_method must be one of {string.Join(", ", AuthenticationMethods)}");
        var isPublic = authentication == ClientCredentials.None;
        if (metadata.ApplicationType is not ("web" or "native")) throw Invalid("application_type must be web or native");
        CheckGrants(metadata, isPublic);
        CheckRedirectUris(redirectUris, isPublic, metadata.GrantTypes.Contains(ClientMetadata.AuthorizationCodeGrant));
        CheckUris(metadata);
        CheckKeys(metadata, authentication);
        OneOf("token_endpoint_auth_signing_alg", metadata.AuthenticationAlgorithm, ClientAssertion.Algorithms);
        OneOf("request_object_signing_alg", metadata.RequestObjectAlgorithm, ClientAssertion.Algorithms);
        OneOf("userinfo_signed_response_alg", metadata.UserInfoAlgorithm, signingAlgorithms);
        OneOf("subject_type", metadata.SubjectType, [ClientMetadata.Pairwise, ClientMetadata.Public]);
        if (metadata.DefaultMaxAge is < 0 or > MostMaxAge) throw Invalid($"default_max_age must be from 0 to {MostMaxAge} seconds");
        if (metadata.Contacts.Count > MaxContacts || metadata.Contacts.Any(contact => contact.Length is 0 or > MaxContactLength || contact.Any(char.IsControl)))
            throw Invalid($"contacts must be {MaxContacts} at most, of 1 to {MaxContactLength} characters without control characters");
    }

    /// <summary>Checks <c>response_types</c>: what goes with the grants, and nothing else [RFC7591 §2.1].</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>.</exception>
    public static void CheckResponseTypes(IReadOnlyList<string>? responseTypes, ClientMetadata metadata)
    {
        if (responseTypes is null) return;
        var isCode = metadata.GrantTypes.Contains(ClientMetadata.AuthorizationCodeGrant);
        if (isCode ? responseTypes is not ["code"] : responseTypes.Count > 0)
            throw Invalid("response_types must be code alone where grant_types has authorization_code, and empty where it has not");
    }

    private static void CheckGrants(ClientMetadata metadata, bool isPublic)
    {
        var grants = metadata.GrantTypes;
        if (grants.Count == 0 || grants.Distinct().Count() != grants.Count || !grants.All(Grants.Contains))
            throw Invalid($"grant_types must be of {string.Join(", ", Grants)}, each once");
        if (grants.Contains(ClientMetadata.RefreshTokenGrant) && !grants.Contains(ClientMetadata.AuthorizationCodeGrant))
            throw Invalid("refresh_token goes with authorization_code: there is nothing to renew without");
        if (grants.Contains(ClientMetadata.ClientCredentialsGrant) && !metadata.IsMachine) throw Invalid("client_credentials goes with no other grant: a client acts for itself, or for members");
        if (metadata.IsMachine && isPublic) throw Invalid("client_credentials needs a client that has a secret or a key");
    }

    private static void CheckRedirectUris(IReadOnlyList<string> redirectUris, bool isPublic, bool isCode)
    {
        if (isCode && redirectUris.Count == 0) throw OAuthRefusal.InvalidRedirectUri("at least one redirect URI is needed");
        if (redirectUris.Count > MaxUris || redirectUris.Distinct().Count() != redirectUris.Count) throw OAuthRefusal.InvalidRedirectUri($"redirect_uris must be {MaxUris} at most, each once");
        foreach (var uri in redirectUris)
        {
            if (uri.Length > MaxUriLength) throw OAuthRefusal.InvalidRedirectUri($"a redirect URI must have {MaxUriLength} characters at most");
            RedirectUri.CheckRegistration(uri, isPublic);
        }
    }

    private static void CheckUris(ClientMetadata metadata)
    {
        CheckUri("client_uri", metadata.ClientUri);
        CheckUri("logo_uri", metadata.LogoUri);
        CheckUri("policy_uri", metadata.PolicyUri);
        CheckUri("tos_uri", metadata.TosUri);
        CheckUri("jwks_uri", metadata.JwksUri);
        CheckUri("sector_identifier_uri", metadata.SectorIdentifierUri);
        CheckUri("initiate_login_uri", metadata.InitiateLoginUri);
        CheckUri("backchannel_logout_uri", metadata.BackchannelLogoutUri);
        CheckUri("frontchannel_logout_uri", metadata.FrontchannelLogoutUri);
        var ends = metadata.PostLogoutRedirectUris;
        if (ends.Count > MaxUris || ends.Distinct().Count() != ends.Count) throw Invalid($"post_logout_redirect_uris must be {MaxUris} at most, each once");
        foreach (var uri in ends) CheckUri("post_logout_redirect_uris", uri);
    }

    /// <summary>Some of them are called, others shown as links: so none is javascript:, and none is read in two ways.</summary>
    private static void CheckUri(string name, string? uri)
    {
        if (uri is null) return;
        if (uri.Length > MaxUriLength || uri.Any(c => c is <= ' ' or >= '\x7f' or '\\' or '"' or '<' or '>') || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
            throw Invalid($"{name} must be an absolute URI of printable ASCII, of {MaxUriLength} characters at most");
        if (uri.Contains('#', StringComparison.Ordinal) || parsed.UserInfo.Length > 0) throw Invalid($"{name} must have no fragment and no user information");
        if (parsed.Scheme != Uri.UriSchemeHttps && !(parsed.Scheme == Uri.UriSchemeHttp && RedirectUri.IsLoopback(parsed)))
            throw Invalid($"{name} must be https, or http on this machine");
    }

    private static void CheckKeys(ClientMetadata metadata, string authentication)
    {
        if (metadata.Jwks is not null && metadata.JwksUri is not null) throw Invalid("jwks and jwks_uri exclude each other");
        var verifying = metadata.Jwks is null ? 0 : CheckKeySet(metadata.Jwks);
        var hasKeys = metadata.JwksUri is not null || verifying > 0;
        if (authentication == ClientCredentials.PrivateKeyJwt && !hasKeys) throw Invalid("private_key_jwt needs jwks or jwks_uri with a key that verifies");
        if (metadata.RequiresSignedRequests && !hasKeys) throw Invalid("require_signed_request_object needs jwks or jwks_uri with a key that verifies");
    }

    /// <summary>Checks a key set [RFC7517 §5]: keys of other types than ours are passed over, those of ours must be right, and none is private.</summary>
    /// <returns>How many keys verify signatures.</returns>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>.</exception>
    public static int CheckKeySet(JsonObject jwks) => Refusal.Recode("invalid_client_metadata", () =>
    {
        var keys = jwks.OptionalArray("keys") ?? throw Invalid("jwks must have keys");
        if (keys.Count is 0 or > MaxKeys) throw Invalid($"jwks must have 1 to {MaxKeys} keys");
        var (verifying, kids) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in keys)
        {
            var json = item as JsonObject ?? throw Invalid("a key in jwks must be an object");
            if (Jwk.IsPrivate(json)) throw Invalid("jwks must hold public keys alone: what was sent is known now, make another");
            if (json.OptionalString("kid") is { } kid && !kids.Add(kid)) throw Invalid("each key in jwks must have a kid of its own");
            if (!IsOurs(json)) continue;
            var key = Jwk.Parse(json);
            if (!key.MayVerify) continue;
            VerificationKey.Import(key).Dispose();
            verifying++;
        }

        return verifying;
    });

    private static bool IsOurs(JsonObject key) => (key.RequiredString("kty"), key.OptionalString("crv")) is ("RSA", _) or ("EC", "P-256") or ("OKP", "Ed25519");

    private static void OneOf(string name, string? value, IReadOnlyList<string> known)
    {
        if (value is not null && !known.Contains(value)) throw Invalid($"{name} must be one of {string.Join(", ", known)}");
    }

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidClientMetadata(description);
}
