using System.Text.Json;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>Registers partners.</summary>
/// <param name="database">The database.</param>
/// <param name="types">The credential types, by name.</param>
/// <param name="fetcher">Gets a sector identifier's list.</param>
/// <param name="allowsPublicSubjects">Whether a client may ask for a <c>sub</c> that is the same at all clients that do.</param>
/// <param name="time">The clock.</param>
public sealed class ClientRegistration(
    Database database, IReadOnlyDictionary<string, CredentialType> types, Fetcher fetcher, bool allowsPublicSubjects, TimeProvider time)
{
    /// <summary>What a partner is registered with.</summary>
    public sealed record Request
    {
        /// <summary>The name members will see.</summary>
        public required string Name { get; init; }

        /// <summary>Where answers may go.</summary>
        public required IReadOnlyList<string> RedirectUris { get; init; }

        /// <summary>What a sign-in asks of members.</summary>
        public ProofPolicy Policy { get; init; } = ProofPolicy.Usual;

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

    /// <summary>Registers a partner, as the operator says.</summary>
    /// <returns>The client id, and the secret, which is shown this once; null for a client that has none.</returns>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c> [RFC7591 §3.2.2].</exception>
    public async Task<(string ClientId, string? Secret)> RegisterAsync(Request request)
    {
        var secret = SecretFor(request.Authentication);
        request = request with { Metadata = request.Metadata with { Scopes = await ScopesOfAsync(request.Metadata.Scopes) } };
        var row = await CheckedAsync(RandomId.New(), request) with { SecretDigest = secret is null ? null : RandomId.Digest(secret) };
        await database.CommitAsync(Partners.Insert(row), Journal.Write("register-client", row.ClientId, "operator", null, row.CreatedAt));
        return (row.ClientId, secret);
    }

    /// <summary>Retires a client, for good: its codes, its tokens and its members' sessions end with it.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="actor">Who retires it: <c>operator</c>, or <c>client</c> itself.</param>
    /// <param name="also">What must hold in the same act.</param>
    /// <exception cref="Refusal"><c>unknown_client</c>: there is none, or it was retired before.</exception>
    public async Task RetireAsync(string clientId, string actor = "operator", params IReadOnlyList<Statement> also)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
        [
            .. also,
            Partners.Retire(clientId, now),
            Sessions.EndOfClient(clientId, Sessions.ClientRetired, now),
            Journal.Write("retire-client", clientId, actor, null, now),
        ]);
        if (broken is not null) throw NationRefusal.UnknownClient();
    }

    /// <summary>What a document asks for, with what holds where it says nothing [RFC7591 §2] [OIDC-DCR §2]; what members are asked for is not in it.</summary>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c>.</exception>
    public static Request RequestOf(ClientRegistrationRequest asked)
    {
        ClientMetadataRules.CheckResponseTypes(asked.ResponseTypes, asked.Metadata);
        var usual = new Request { Name = "", RedirectUris = [] };
        return usual with
        {
            Name = asked.Name ?? asked.RedirectUris.Select(HostOf).FirstOrDefault(host => host is not null)
                ?? throw Invalid("client_name is needed where no redirect URI has a host"),
            RedirectUris = asked.RedirectUris,
            Authentication = asked.Authentication ?? usual.Authentication,
            IdTokenAlgorithm = asked.IdTokenAlgorithm ?? usual.IdTokenAlgorithm,
            Metadata = asked.Metadata,
        };

        static string? HostOf(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? parsed.Host : null;
    }

    /// <summary>The scopes of resources among those that an operator names; what is asked of members stands in the policy, whatever a file says beside it.</summary>
    private async Task<IReadOnlyList<string>> ScopesOfAsync(IReadOnlyList<string> named)
    {
        List<string> scopes = [.. named.Where(scope => !Resource.IsReserved(scope, types)).Distinct()];
        foreach (var scope in scopes)
            if (await Resources.OwnerAsync(database, scope) is null) throw Invalid("scope holds what is no resource's: register the resource first");
        return scopes;
    }

    /// <summary>Checks what members would be asked for.</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>.</exception>
    public void CheckPolicy(ProofPolicy policy) => policy.Check(types);

    /// <summary>The row of a client, everything in it checked; its secret is the caller's.</summary>
    /// <param name="clientId">Its client id.</param>
    /// <param name="request">What it is registered with.</param>
    /// <param name="sector">Its sector, where that is known; null where its redirect URIs say it.</param>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c>.</exception>
    internal async Task<Partners.Row> CheckedAsync(string clientId, Request request, string? sector = null)
    {
        // 1. What is wrong in itself.
        if (DisplayName.Fault(request.Name) is { } fault) throw Invalid($"the name {fault}");
        request = ClientProfile.Apply(request);
        if (!KeyPurpose.IdToken.Algorithms.Contains(request.IdTokenAlgorithm))
            throw Invalid($"the ID token algorithm must be one of {string.Join(", ", KeyPurpose.IdToken.Algorithms)}");
        if (request.WalletResponseMode is not (ResponseModes.DirectPost or ResponseModes.DirectPostJwt))
            throw Invalid("the response mode must be direct_post or direct_post.jwt");
        if (request.Metadata.IsMachine) request = request with { Policy = new ProofPolicy([]) };
        else CheckPolicy(request.Policy);
        var (metadata, isPublic) = (request.Metadata, request.Authentication == ClientCredentials.None);
        ClientMetadataRules.Check(metadata, request.RedirectUris, request.Authentication, KeyPurpose.IdToken.Algorithms);
        if (isPublic && !request.RequiresPkce) throw Invalid("a public client can't do without PKCE");
        if (metadata.SubjectType == ClientMetadata.Public && !allowsPublicSubjects) throw Invalid("subject_type must be pairwise here");

        // 2. Whose subjects it sees. Nothing is fetched before everything else is right.
        sector ??= metadata.SubjectType == ClientMetadata.Public ? Subject.PublicSector : SectorOf(request, clientId);
        if (metadata.SectorIdentifierUri is { } uri) await SectorIdentifier.CheckAsync(fetcher, uri, request.RedirectUris);

        return new Partners.Row
        {
            ClientId = clientId,
            Name = request.Name,
            RedirectUris = JsonSerializer.Serialize(request.RedirectUris),
            Sector = sector,
            Policy = request.Policy.Write(),
            Authentication = request.Authentication,
            IdTokenAlgorithm = request.IdTokenAlgorithm,
            RequiresPkce = request.RequiresPkce ? 1 : 0,
            WalletResponseMode = request.WalletResponseMode,
            Metadata = metadata.ToJson().ToJsonString(),
            CreatedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        };
    }

    /// <summary>A new secret, where a client that authenticates so has one.</summary>
    internal static string? SecretFor(string authentication) =>
        authentication is ClientCredentials.Basic or ClientCredentials.Post ? RandomId.Secret() : null;

    /// <summary>The sector [OIDC §8.1]: the host of the sector identifier, else the one host of all redirect URIs.</summary>
    private static string SectorOf(Request request, string clientId)
    {
        if (request.Metadata.SectorIdentifierUri is { } uri) return new Uri(uri).Host;
        var isPublic = request.Authentication == ClientCredentials.None;
        var sectors = request.RedirectUris.Select(redirectUri => SectorOf(new Uri(redirectUri), isPublic, clientId)).Distinct().ToList();
        return sectors.Count switch
        {
            0 => clientId,
            1 => sectors[0],
            _ => throw OAuthRefusal.InvalidRedirectUri("all redirect URIs must share one host, which is the sector of the pairwise sub, or be listed at a sector_identifier_uri"),
        };
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
