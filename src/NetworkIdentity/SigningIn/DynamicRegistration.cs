using System.Security.Cryptography;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>Clients that register themselves [RFC7591], and look after their registration [RFC7592], behind a token that the operator gave out.</summary>
/// <remarks>What such a client may ask of members goes with the token, and never with its request: so nobody registers more than the operator meant.</remarks>
public sealed class DynamicRegistration(Database database, ClientRegistration registration, TimeProvider time)
{
    /// <summary>What the operator decides for the clients of a token.</summary>
    public sealed record Terms
    {
        /// <summary>What a sign-in to them asks.</summary>
        public ProofPolicy Policy { get; init; } = ProofPolicy.Usual;

        /// <summary>Whether PKCE is required of clients that have a secret or a key too.</summary>
        public bool RequiresPkce { get; init; } = true;

        /// <summary>How wallets answer for them.</summary>
        public string WalletResponseMode { get; init; } = ResponseModes.DirectPostJwt;

        /// <summary>How many clients may be registered.</summary>
        public int Uses { get; init; } = 1;

        /// <summary>How long it is good.</summary>
        public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

        /// <summary>Whom it is for.</summary>
        public string Note { get; init; } = "";
    }

    /// <summary>A registration, as it is told to the client.</summary>
    /// <param name="Partner">The client.</param>
    /// <param name="IssuedAt">When it was registered.</param>
    /// <param name="Secret">Its secret, where it is new; else null, since it is not known any more.</param>
    /// <param name="Token">What its registration is read and changed with.</param>
    public sealed record Registered(Partner Partner, DateTimeOffset IssuedAt, string? Secret, string Token);

    /// <summary>Makes an initial access token.</summary>
    /// <returns>The name by which it is withdrawn, the token, which is shown this once, and when it expires.</returns>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>.</exception>
    public async Task<(string Id, string Token, DateTimeOffset ExpiresAt)> MakeTokenAsync(Terms terms)
    {
        registration.CheckPolicy(terms.Policy);
        if (terms.WalletResponseMode is not (ResponseModes.DirectPost or ResponseModes.DirectPostJwt)) throw Invalid("the response mode must be direct_post or direct_post.jwt");
        if (terms.Uses is < 1 or > 1000) throw Invalid("a token is for 1 to 1000 apps");
        if (terms.Lifetime <= TimeSpan.Zero || terms.Lifetime > TimeSpan.FromDays(365)) throw Invalid("a token is good for 1 to 365 days");
        if (terms.Note.Length > 0 && DisplayName.Fault(terms.Note) is { } fault) throw Invalid($"the note {fault}");
        var (token, row) = (RandomId.Secret(), new InitialAccessTokens.Row
        {
            Id = RandomId.New(),
            TokenDigest = "",
            Note = terms.Note,
            Policy = terms.Policy.Write(),
            RequiresPkce = terms.RequiresPkce ? 1 : 0,
            WalletResponseMode = terms.WalletResponseMode,
            UsesLeft = terms.Uses,
            CreatedAt = Now(),
            ExpiresAt = Now() + (long)terms.Lifetime.TotalSeconds,
        });
        await database.CommitAsync(
            InitialAccessTokens.Insert(row with { TokenDigest = RandomId.Digest(token) }),
            Journal.Write("make-initial-access-token", row.Id, "operator", null, Now()));
        return (row.Id, token, DateTimeOffset.FromUnixTimeSeconds(row.ExpiresAt));
    }

    /// <summary>Withdraws an initial access token. Clients that were registered with it stay.</summary>
    /// <exception cref="Refusal"><c>unknown_token</c>.</exception>
    public async Task WithdrawTokenAsync(string id)
    {
        if (await database.CommitAsync(InitialAccessTokens.Withdraw(id, Now()), Journal.Write("withdraw-initial-access-token", id, "operator", null, Now())) is not null)
            throw NationRefusal.UnknownToken();
    }

    /// <summary>Registers a client [RFC7591 §3].</summary>
    /// <param name="token">The initial access token.</param>
    /// <param name="document">The request's body.</param>
    /// <exception cref="Refusal"><c>invalid_token</c>, <c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c>, <c>unapproved_software_statement</c>.</exception>
    public async Task<Registered> RegisterAsync(string token, ReadOnlyMemory<byte> document)
    {
        // 1. Nothing is read, and nothing fetched, for whom nobody let in.
        var terms = await InitialAccessTokens.FindGoodAsync(database, token, Now()) ?? throw OAuthRefusal.InvalidToken();

        // 2. What it asks for, on the operator's terms.
        var asked = ClientRegistrationRequest.Parse(document);
        var request = RequestOf(asked) with
        {
            Policy = ProofPolicy.Stored(terms.Policy),
            RequiresPkce = terms.RequiresPkce != 0 || asked.Authentication == ClientCredentials.None,
            WalletResponseMode = terms.WalletResponseMode,
        };
        var (secret, own) = (ClientRegistration.SecretFor(request.Authentication), RandomId.Secret());
        var row = await registration.CheckedAsync(RandomId.New(), request) with
        {
            SecretDigest = secret is null ? null : RandomId.Digest(secret),
            RegistrationTokenDigest = RandomId.Digest(own),
        };

        // 3. The token is used once for each client, however many ask at once.
        var broken = await database.CommitAsync(
            InitialAccessTokens.Use(terms.Id, Now()), Partners.Insert(row), Journal.Write("register-client", row.ClientId, "client", null, Now(), terms.Id));
        if (broken is not null) throw OAuthRefusal.InvalidToken();
        return new(Partner.From(row), DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt), secret, own);
    }

    /// <summary>Reads a registration [RFC7592 §2.1].</summary>
    /// <exception cref="Refusal"><c>invalid_token</c>: the token is not this client's, or the client is unknown or retired. One answer for all.</exception>
    public async Task<Registered> ReadAsync(string clientId, string token)
    {
        var row = await FindAsync(clientId, token);
        return new(Partner.From(row), DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt), null, token);
    }

    /// <summary>
    /// Replaces a registration [RFC7592 §2.2]. A secret that is not repeated is made anew; so an app whose answer was lost, and the secret with it, asks again.
    /// </summary>
    /// <exception cref="Refusal"><c>invalid_token</c>, <c>invalid_redirect_uri</c>, <c>invalid_client_metadata</c>, <c>unapproved_software_statement</c>.</exception>
    public async Task<Registered> ReplaceAsync(string clientId, string token, ReadOnlyMemory<byte> document)
    {
        var old = await FindAsync(clientId, token);
        var asked = ClientRegistrationRequest.ParseReplacement(document, clientId);
        if (asked.ClientSecret is { } repeated && !IsDigestOf(repeated, old.SecretDigest)) throw Invalid("client_secret is not the client's");

        var was = Partner.From(old);
        var request = RequestOf(asked) with
        {
            Policy = was.Policy,
            RequiresPkce = was.RequiresPkce || asked.Authentication == ClientCredentials.None,
            WalletResponseMode = was.WalletResponseMode,
        };
        var hasSecret = ClientRegistration.SecretFor(request.Authentication) is not null;
        var secret = hasSecret && asked.ClientSecret is null ? RandomId.Secret() : null;
        var row = await registration.CheckedAsync(clientId, request) with
        {
            SecretDigest = !hasSecret ? null : secret is null ? old.SecretDigest : RandomId.Digest(secret),
            RegistrationTokenDigest = old.RegistrationTokenDigest,
            CreatedAt = old.CreatedAt,
        };

        // Members would come back as strangers, and another's would be known.
        if (row.Sector != old.Sector) throw Invalid("the sector can't change: keep the host of the redirect URIs, or the sector_identifier_uri, and the subject_type");
        var broken = await database.CommitAsync(Partners.Replace(row, old.RegistrationTokenDigest), Journal.Write("change-client", clientId, "client", null, Now()));
        if (broken is not null) throw OAuthRefusal.InvalidToken();
        return new(Partner.From(row), DateTimeOffset.FromUnixTimeSeconds(row.CreatedAt), secret, token);
    }

    /// <summary>The client retires itself [RFC7592 §2.3].</summary>
    /// <exception cref="Refusal"><c>invalid_token</c>.</exception>
    public async Task DeleteAsync(string clientId, string token)
    {
        var row = await FindAsync(clientId, token);
        try
        {
            await registration.RetireAsync(clientId, "client", Partners.Holds(clientId, row.RegistrationTokenDigest!));
        }
        catch (Refusal)
        {
            // Another request was quicker: the token is no good any more.
            throw OAuthRefusal.InvalidToken();
        }
    }

    private async Task<Partners.Row> FindAsync(string clientId, string token) =>
        await Partners.FindAsync(database, clientId) is { RetiredAt: null } row && IsDigestOf(token, row.RegistrationTokenDigest) ? row : throw OAuthRefusal.InvalidToken();

    /// <summary>What a client asks for itself, with what holds where it says nothing [RFC7591 §2] [OIDC-DCR §2].</summary>
    private static ClientRegistration.Request RequestOf(ClientRegistrationRequest asked)
    {
        // A token of a client that acts for itself opens what the operator means it to: so the operator registers it.
        if (asked.Metadata.GrantTypes.Contains(ClientMetadata.ClientCredentialsGrant)) throw Invalid("client_credentials is for clients that the operator registers");
        var request = ClientRegistration.RequestOf(asked);
        return request with { Metadata = request.Metadata with { Scopes = [] } };
    }

    private static bool IsDigestOf(string secret, string? digest) => digest is not null && CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.ASCII.GetBytes(RandomId.Digest(secret)), System.Text.Encoding.ASCII.GetBytes(digest));

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidClientMetadata(description);
}
