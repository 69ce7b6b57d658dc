using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>OpenID clients, and what each may ask for.</summary>
public static class Partners
{
    /// <summary>A row of the table partner.</summary>
    public sealed record Row
    {
        /// <summary>The client id.</summary>
        public required string ClientId { get; init; }

        /// <summary>The name a member sees.</summary>
        public required string Name { get; init; }

        /// <summary>A JSON array of the registered redirect URIs.</summary>
        public required string RedirectUris { get; init; }

        /// <summary>The sector of the pairwise <c>sub</c>: the host of the redirect URIs.</summary>
        public required string Sector { get; init; }

        /// <summary>What a sign-in asks of a member: a policy as JSON (<see cref="SigningIn.ProofPolicy"/>).</summary>
        public required string Policy { get; init; }

        /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c> or <c>none</c>.</summary>
        public required string Authentication { get; init; }

        /// <summary>The digest of the client secret; null for a public client, and for one that has a key.</summary>
        public string? SecretDigest { get; init; }

        /// <summary>The algorithm of its ID tokens.</summary>
        public required string IdTokenAlgorithm { get; init; }

        /// <summary>1 where PKCE is required.</summary>
        public required long RequiresPkce { get; init; }

        /// <summary>How wallets answer for it: <c>direct_post</c> or <c>direct_post.jwt</c>.</summary>
        public required string WalletResponseMode { get; init; }

        /// <summary>What it registered beyond that, as a JSON object in the words of [RFC7591 §2].</summary>
        public string Metadata { get; init; } = "{}";

        /// <summary>The digest of the token that its registration is read and changed with [RFC7592 §3]; null where it registered in no such way.</summary>
        public string? RegistrationTokenDigest { get; init; }

        /// <summary>Unix seconds: when it was retired; null while it may be used.</summary>
        public long? RetiredAt { get; init; }

        /// <summary>Unix seconds: until when its document may be gone by; null for a client that was registered.</summary>
        public long? DocumentUntil { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    private const string Columns = """
        client_id, name, redirect_uris, sector, policy, authentication, secret_digest, id_token_algorithm, requires_pkce, wallet_response_mode,
        metadata, registration_token_digest, retired_at, document_until, created_at
        """;

    /// <summary>Registers a client.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO partner ({Columns})
        VALUES (@ClientId, @Name, @RedirectUris, @Sector, @Policy, @Authentication, @SecretDigest, @IdTokenAlgorithm, @RequiresPkce,
            @WalletResponseMode, @Metadata, @RegistrationTokenDigest, @RetiredAt, @DocumentUntil, @CreatedAt)
        """, row);

    /// <summary>Keeps a client whose id is known beforehand; breaks with <c>client</c> where it is kept already.</summary>
    public static Statement InsertFirst(Row row) => Insert(row) with { Sql = Insert(row).Sql + " ON CONFLICT (client_id) DO NOTHING", Condition = "client" };

    /// <summary>Puts what a client says of itself now in the place of what it said; breaks with <c>client</c> where it was changed meanwhile, or retired.</summary>
    /// <param name="row">What it is to be. Its sector and its age stay as they are.</param>
    /// <param name="tokenDigest">The digest of the token that its registration was read with; null for a client that has a document.</param>
    public static Statement Replace(Row row, string? tokenDigest) => new(
        """
        UPDATE partner SET name = @Name, redirect_uris = @RedirectUris, policy = @Policy, authentication = @Authentication, secret_digest = @SecretDigest,
            id_token_algorithm = @IdTokenAlgorithm, requires_pkce = @RequiresPkce, metadata = @Metadata, registration_token_digest = @RegistrationTokenDigest,
            document_until = @DocumentUntil
        WHERE client_id = @ClientId AND retired_at IS NULL AND COALESCE(registration_token_digest, '') = @TokenDigest
        """,
        new
        {
            row.Name,
            row.RedirectUris,
            row.Policy,
            row.Authentication,
            row.SecretDigest,
            row.IdTokenAlgorithm,
            row.RequiresPkce,
            row.Metadata,
            row.RegistrationTokenDigest,
            row.DocumentUntil,
            row.ClientId,
            TokenDigest = tokenDigest ?? "",
        },
        "client");

    /// <summary>What follows is done by a client with its registration token; breaks with <c>client</c>. Changes nothing.</summary>
    public static Statement Holds(string clientId, string tokenDigest) => new(
        "UPDATE partner SET created_at = created_at WHERE client_id = @clientId AND registration_token_digest = @tokenDigest AND retired_at IS NULL",
        new { clientId, tokenDigest }, "client");

    /// <summary>Retires a client, for good; breaks with <c>client</c> where there is none, or it was retired before.</summary>
    public static Statement Retire(string clientId, long now) => new(
        "UPDATE partner SET retired_at = @now WHERE client_id = @clientId AND retired_at IS NULL", new { clientId, now }, "client");

    /// <summary>One client.</summary>
    public static Task<Row?> FindAsync(Database database, string clientId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM partner WHERE client_id = @clientId", new { clientId }));

    /// <summary>All clients, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM partner ORDER BY created_at, client_id")).AsList());
}
