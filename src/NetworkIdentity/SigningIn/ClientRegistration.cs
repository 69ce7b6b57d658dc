using System.Text.Json;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>Registers partners.</summary>
public sealed class ClientRegistration(Database database, IReadOnlyDictionary<string, CredentialType> types, TimeProvider time)
{
    /// <summary>What a partner is registered with.</summary>
    public sealed record Request
    {
        /// <summary>The name members will see.</summary>
        public required string Name { get; init; }

        /// <summary>Where answers may go.</summary>
        public required IReadOnlyList<string> RedirectUris { get; init; }

        /// <summary>The credential types that a sign-in must prove.</summary>
        public IReadOnlyList<string> Policy { get; init; } = [CredentialType.Membership];

        /// <summary>The credential types that a scope of their name adds to the policy.</summary>
        public IReadOnlyList<string> OptionalTypes { get; init; } = [];

        /// <summary>How it authenticates.</summary>
        public string Authentication { get; init; } = ClientCredentials.Basic;

        /// <summary>The algorithm of its ID tokens: OpenID's default unless it asks for another [OIDC-DCR §2].</summary>
        public string IdTokenAlgorithm { get; init; } = "RS256";

        /// <summary>Whether PKCE is required; a public client can't do without.</summary>
        public bool RequiresPkce { get; init; } = true;

        /// <summary>How wallets answer for it.</summary>
        public string WalletResponseMode { get; init; } = ResponseModes.DirectPostJwt;

        /// <summary>What else it is registered with.</summary>
        public ClientMetadata Metadata { get; init; } = new();
    }

    /// <summary>Registers a partner.</summary>
    /// <returns>The client id, and the secret, which is shown this once; null for a client that has none.</returns>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c> [RFC7591 §3.2.2].</exception>
    public async Task<(string ClientId, string? Secret)> RegisterAsync(Request request)
    {
        if (DisplayName.Fault(request.Name) is { } fault) throw Invalid($"the name {fault}");
        if (request.Authentication is not (ClientCredentials.Basic or ClientCredentials.Post or ClientCredentials.PrivateKeyJwt or ClientCredentials.None))
            throw Invalid("the authentication must be client_secret_basic, client_secret_post, private_key_jwt or none");
        request = ClientProfile.Apply(request);
        if (!KeyPurpose.IdToken.Algorithms.Contains(request.IdTokenAlgorithm))
            throw Invalid($"the ID token algorithm must be one of {string.Join(", ", KeyPurpose.IdToken.Algorithms)}");
        if (request.WalletResponseMode is not (ResponseModes.DirectPost or ResponseModes.DirectPostJwt))
            throw Invalid("the response mode must be direct_post or direct_post.jwt");
        List<string> named = [.. request.Policy, .. request.OptionalTypes];
        if (request.Policy.Count == 0 || named.Any(name => !types.ContainsKey(name)))
            throw Invalid($"the policy and the optional types must name credential types: {string.Join(", ", types.Keys)}");
        if (named.Distinct().Count() != named.Count) throw Invalid("the policy and the optional types must name each credential type once");

        var isPublic = request.Authentication == ClientCredentials.None;
        if (isPublic && !request.RequiresPkce) throw Invalid("a public client can't do without PKCE");
        if (request.RedirectUris.Count == 0) throw OAuthRefusal.InvalidRedirectUri("at least one redirect URI is needed");
        foreach (var uri in request.RedirectUris) RedirectUri.CheckRegistration(uri, isPublic);

        // Without a sector identifier, all redirect URIs share one host, which is the sector [OIDC §8.1].
        var clientId = RandomId.New();
        var sectors = request.RedirectUris.Select(uri => SectorOf(new Uri(uri), isPublic, clientId)).Distinct().ToList();
        if (sectors.Count > 1) throw OAuthRefusal.InvalidRedirectUri("all redirect URIs must share one host, which is the sector of the pairwise sub");

        var secret = request.Authentication is ClientCredentials.Basic or ClientCredentials.Post ? RandomId.Secret() : null;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        await database.CommitAsync(
            Partners.Insert(new Partners.Row
            {
                ClientId = clientId,
                Name = request.Name,
                RedirectUris = JsonSerializer.Serialize(request.RedirectUris),
                Sector = sectors[0],
                Policy = JsonSerializer.Serialize(request.Policy),
                OptionalTypes = JsonSerializer.Serialize(request.OptionalTypes),
                Authentication = request.Authentication,
                SecretDigest = secret is null ? null : RandomId.Digest(secret),
                IdTokenAlgorithm = request.IdTokenAlgorithm,
                RequiresPkce = request.RequiresPkce ? 1 : 0,
                WalletResponseMode = request.WalletResponseMode,
                Metadata = request.Metadata.ToJson().ToJsonString(),
                CreatedAt = now,
            }),
            Journal.Write("register-client", clientId, "operator", null, now));
        return (clientId, secret);
    }

    /// <summary>
    /// The host, where someone owns it. A scheme of an app's own and the loopback interface are nobody's: apps that share them would share a
    /// <c>sub</c>, so there each client is a sector.
    /// </summary>
    private static string SectorOf(Uri redirectUri, bool isPublic, string clientId)
    {
        var isWeb = redirectUri.Scheme is "http" or "https";
        var isAddress = redirectUri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;
        return isWeb && !isAddress && !(isPublic && redirectUri.IsLoopback) ? redirectUri.Host : clientId;
    }

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidClientMetadata(description);
}
