using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Server.Endpoints.OpenId;

/// <summary>
/// GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server: one document, for partners and for wallets
/// [OIDC-Discovery §3] [RFC8414 §2] [OpenID4VCI §12.3] [TSL §9.1].
/// </summary>
internal static class DiscoveryEndpoint
{
    /// <summary>The metadata. The issuer is configuration, whatever Host or X-Forwarded-Host say.</summary>
    public static IResult Handle(NationContext nation, Settings settings)
    {
        var issuer = nation.Keys.Nation;
        return Results.Json(new JsonObject
        {
            ["issuer"] = issuer.Issuer,
            ["authorization_endpoint"] = issuer.Url("/authorize"),
            ["token_endpoint"] = issuer.Url("/token"),
            ["pushed_authorization_request_endpoint"] = issuer.Url("/par"),
            ["introspection_endpoint"] = issuer.Url("/introspect"),
            ["revocation_endpoint"] = issuer.Url("/revoke"),
            ["userinfo_endpoint"] = issuer.Url("/userinfo"),
            ["registration_endpoint"] = issuer.Url("/register"),
            ["end_session_endpoint"] = issuer.Url("/logout"),
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
            ["frontchannel_logout_supported"] = true,
            ["frontchannel_logout_session_supported"] = true,
            ["jwks_uri"] = issuer.Url("/jwks"),
            ["scopes_supported"] = Array(["openid", AuthorizationRequest.OfflineAccess, .. nation.Types.Keys]),
            ["response_types_supported"] = Array(["code"]),
            ["response_modes_supported"] = Array([AuthorizationRequest.Query, AuthorizationRequest.FormPost]),
            ["grant_types_supported"] = Array([ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant, ClientMetadata.ClientCredentialsGrant, CredentialOffer.PreAuthorizedCodeGrant]),
            ["subject_types_supported"] = Array(settings.AllowsPublicSubjects ? [ClientMetadata.Pairwise, ClientMetadata.Public] : [ClientMetadata.Pairwise]),
            ["id_token_signing_alg_values_supported"] = Array(KeyPurpose.IdToken.Algorithms),
            ["userinfo_signing_alg_values_supported"] = Array(KeyPurpose.IdToken.Algorithms),
            ["client_id_metadata_document_supported"] = settings.ClientDocuments.IsOn,
            ["token_endpoint_auth_methods_supported"] = Array(Methods),
            ["token_endpoint_auth_signing_alg_values_supported"] = Array(ClientAssertion.Algorithms),
            ["introspection_endpoint_auth_methods_supported"] = Array(Methods.Where(method => method != ClientCredentials.None)),
            ["introspection_endpoint_auth_signing_alg_values_supported"] = Array(ClientAssertion.Algorithms),
            ["revocation_endpoint_auth_methods_supported"] = Array(Methods),
            ["revocation_endpoint_auth_signing_alg_values_supported"] = Array(ClientAssertion.Algorithms),
            ["code_challenge_methods_supported"] = Array([Pkce.S256]),
            ["authorization_response_iss_parameter_supported"] = true,
            ["claims_supported"] = Array(["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid", VerifiedClaimsRequest.Name, .. nation.Types.Keys]),
            ["acr_values_supported"] = Array(Session.Contexts),
            ["claims_parameter_supported"] = true,
            ["request_parameter_supported"] = true,
            ["request_object_signing_alg_values_supported"] = Array(SignedRequest.Algorithms),
            ["require_pushed_authorization_requests"] = false,
            ["dpop_signing_alg_values_supported"] = Array(DpopProof.Algorithms),
            ["request_uri_parameter_supported"] = false,
            ["protected_resources"] = Array(ProtectedResource.All.Select(resource => issuer.Url(resource.Path))),
            ["authorization_details_types_supported"] = Array([CredentialDetails.Type, PresentationDetails.Type]),
            ["verified_claims_supported"] = true,
            ["trust_frameworks_supported"] = Array([VerifiedClaims.TrustFramework]),
            ["evidence_supported"] = Array([VerifiedClaims.ElectronicRecord]),
            ["electronic_records_supported"] = Array(nation.Types.Values.Select(type => type.Vct)),
            ["claims_in_verified_claims_supported"] = Array(nation.Types.Keys),
            ["pre-authorized_grant_anonymous_access_supported"] = true,
            [StatusListAggregation.MetadataName] = nation.StatusLists.AggregationUri,
        });
    }

    /// <summary>How a client may authenticate, the one of [FAPI2 §5.3.2.1] first.</summary>
    private static readonly string[] Methods = [ClientCredentials.PrivateKeyJwt, ClientCredentials.Basic, ClientCredentials.Post, ClientCredentials.None];

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
