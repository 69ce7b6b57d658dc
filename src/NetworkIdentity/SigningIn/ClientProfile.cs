using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>What a class of clients must be registered with: ordinary ones what every client must, those of FAPI 2.0 what its profile has them do [FAPI2 §5.3.2].</summary>
public static class ClientProfile
{
    /// <summary>A registration with what its class adds, checked against what its class forbids.</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, <c>invalid_redirect_uri</c>.</exception>
    public static ClientRegistration.Request Apply(ClientRegistration.Request request)
    {
        var metadata = request.Metadata;
        if (metadata.Profile is null) return request;
        if (metadata.Profile != ClientMetadata.Fapi2) throw Invalid($"the profile must be {ClientMetadata.Fapi2}, or left out");

        if (metadata.AuthenticationAlgorithm == JoseAlgorithm.RS256 || metadata.RequestObjectAlgorithm == JoseAlgorithm.RS256)
            throw Invalid("a FAPI 2.0 client signs nothing with RS256");
        if (request.Authentication != ClientCredentials.PrivateKeyJwt) throw Invalid("a FAPI 2.0 client authenticates by private_key_jwt");
        if (!request.RequiresPkce) throw Invalid("a FAPI 2.0 client can't do without PKCE");
        if (request.RedirectUris.Any(uri => !uri.StartsWith("https://", StringComparison.Ordinal)))
            throw OAuthRefusal.InvalidRedirectUri("a redirect URI of a FAPI 2.0 client must be https");
        return request with
        {
            // OpenID's default is the one algorithm that the profile forbids.
            IdTokenAlgorithm = request.IdTokenAlgorithm == JoseAlgorithm.RS256 ? JoseAlgorithm.ES256 : request.IdTokenAlgorithm,
            Metadata = metadata with { RequiresPushedRequests = true, DpopBound = true },
        };
    }

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidClientMetadata(description);
}
