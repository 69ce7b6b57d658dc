using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Sessions: a member at a client in one browser. Codes and tokens are of a session, and good while it stands.</summary>
public static class Sessions
{
    /// <summary>A row of the table session.</summary>
    public sealed record Row
    {
        /// <summary>The session's id. Its client knows it by another name: <see cref="SigningIn.Session.NameOf"/>.</summary>
        public required string Id { get; init; }

        /// <summary>The client.</summary>
        public required string ClientId { get; init; }

        /// <summary>The member who proved.</summary>
        public required string MemberId { get; init; }

        /// <summary>The sign-in that it began with.</summary>
        public required string SignInId { get; init; }

        /// <summary>The digest of the secret in the cookie of the browser.</summary>
        public required string BrowserDigest { get; init; }

        /// <summary>The records that were presented, separated by spaces.</summary>
        public required string CredentialIds { get; init; }

        /// <summary>The scopes for which it was proven, separated by spaces.</summary>
        public required string ProvenScope { get; init; }

        /// <summary>What was disclosed, as JSON by type, sealed by the key ring.</summary>
        public required byte[] Claims { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long ProvenAt { get; init; }

        /// <summary>The flow in which it was proven: a constant of <see cref="PresentationRequests"/>.</summary>
        public required string ProvenFlow { get; init; }

        /// <summary>Unix seconds: until when the client may go on in this browser without another proof.</summary>
        public required long BrowserUntil { get; init; }

        /// <summary>Unix seconds: when it ends by itself.</summary>
        public required long ExpiresAt { get; init; }

        /// <summary>Unix seconds: when it was ended; null while it was not.</summary>
        public long? EndedAt { get; init; }

        /// <summary>Why it was ended.</summary>
        public string? EndReason { get; init; }

        /// <summary>Unix seconds: when its client is to be told next that it ended; null where there is nothing to tell.</summary>
        public long? TellAt { get; init; }

        /// <summary>How often the client was to be told.</summary>
        public long TellAttempts { get; init; }

        /// <summary>What went wrong the last time; where there is nothing to tell any more, it was given up.</summary>
        public string? TellFault { get; init; }

        /// <summary>Whether it was not ended, and its time is not over.</summary>
        public bool Stands(long at) => EndedAt is null && ExpiresAt > at;
    }

    /// <summary>The member logged out.</summary>
    public const string LoggedOut = "logged_out";

    /// <summary>A credential that was proven has been revoked, suspended, or its member erased.</summary>
    public const string CredentialEnded = "credential_ended";

    /// <summary>Who holds the wallet said that the sign-in was not theirs.</summary>
    public const string Disowned = "disowned";

    /// <summary>The member took back the consent.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>The client was retired.</summary>
    public const string ClientRetired = "client_retired";

    private const string Columns = """
        id, client_id, member_id, sign_in_id, browser_digest, credential_ids, proven_scope, claims, proven_at, proven_flow, browser_until, expires_at, ended_at,
        end_reason, tell_at, tell_attempts, tell_fault
        """;

    private const string End = "UPDATE session SET ended_at = @now, end_reason = @reason, tell_at = @now WHERE ended_at IS NULL AND expires_at > @now AND";

    /// <summary>A session whose telling is as it was read: another server has done nothing with it meanwhile.</summary>
    private const string AsRead = "WHERE id = @id AND tell_at = @at AND tell_attempts = @attempts";

    /// <summary>Begins a session, with the credentials it rests on.</summary>
    public static IReadOnlyList<Statement> Insert(Row row) =>
    [
        new($"""
            INSERT INTO session ({Columns})
            VALUES (@Id, @ClientId, @MemberId, @SignInId, @BrowserDigest, @CredentialIds, @ProvenScope, @Claims, @ProvenAt, @ProvenFlow, @BrowserUntil, @ExpiresAt,
                @EndedAt, @EndReason, @TellAt, @TellAttempts, @TellFault)
            """, row),
        .. row.CredentialIds.Split(' ').Select(credentialId => new Statement(
            "INSERT INTO session_credential (session_id, credential_id) VALUES (@sessionId, @credentialId)", new { sessionId = row.Id, credentialId })),
    ];

    /// <summary>What follows is for a session that stands; breaks with <c>session</c>. Changes nothing.</summary>
    public static Statement Stand(string id, long now) => new(
        "UPDATE session SET ended_at = NULL WHERE id = @id AND ended_at IS NULL AND expires_at > @now", new { id, now }, "session");

    /// <summary>Ends a session; breaks with <c>session</c> where it stands no more.</summary>
    public static Statement EndOne(string id, string reason, long now) => new($"{End} id = @id", new { id, reason, now }, "session");

    /// <summary>Ends the sessions that a sign-in began.</summary>
    public static Statement EndOfSignIn(string signInId, string reason, long now) => new($"{End} sign_in_id = @signInId", new { signInId, reason, now });

    /// <summary>Ends the sessions that rest on a credential of an offer.</summary>
    public static Statement EndOfOffer(string offerId, string reason, long now) => new($"""
        {End} id IN (SELECT s.session_id FROM session_credential s JOIN credential c ON c.id = s.credential_id WHERE c.offer_id = @offerId)
        """, new { offerId, reason, now });

    /// <summary>Ends all sessions of a client.</summary>
    public static Statement EndOfClient(string clientId, string reason, long now) => new($"{End} client_id = @clientId", new { clientId, reason, now });

    /// <summary>Ends all sessions of a member; of one client alone where it is named.</summary>
    public static Statement EndOfMember(string memberId, string? clientId, string reason, long now) => clientId is null
        ? new($"{End} member_id = @memberId", new { memberId, reason, now })
        : new($"{End} member_id = @memberId AND client_id = @clientId", new { memberId, clientId, reason, now });

    /// <summary>
    /// A server takes it on to tell the client, before it does: whichever is first does it alone. Where it is killed meanwhile, the next one tries at
    /// <paramref name="next"/>. Breaks with <c>told</c>.
    /// </summary>
    /// <param name="row">The session as it was read.</param>
    /// <param name="next">Unix seconds.</param>
    public static Statement TakeOn(Row row, long next) => new(
        $"UPDATE session SET tell_at = @next, tell_attempts = tell_attempts + 1 {AsRead}", new { id = row.Id, at = row.TellAt, attempts = row.TellAttempts, next }, "told");

    /// <summary>The client has been told.</summary>
    /// <param name="row">The session as it was taken on.</param>
    public static Statement Told(Row row) => new(
        $"UPDATE session SET tell_at = NULL, tell_fault = NULL {AsRead}", new { id = row.Id, at = row.TellAt, attempts = row.TellAttempts });

    /// <summary>The client could not be told, and is to be told again when it was taken on for.</summary>
    /// <param name="row">The session as it was taken on.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement Untold(Row row, string fault) => new(
        $"UPDATE session SET tell_fault = @fault {AsRead}", new { id = row.Id, at = row.TellAt, attempts = row.TellAttempts, fault });

    /// <summary>The client could not be asked: it is told later, and the attempt does not count.</summary>
    /// <param name="row">The session as it was taken on.</param>
    /// <param name="next">Unix seconds.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement PutOff(Row row, long next, string fault) => new(
        $"UPDATE session SET tell_at = @next, tell_attempts = tell_attempts - 1, tell_fault = @fault {AsRead}",
        new { id = row.Id, at = row.TellAt, attempts = row.TellAttempts, next, fault });

    /// <summary>The client could not be told, and is not to be: it stays as a record of that, without what was disclosed.</summary>
    /// <param name="row">The session as it was taken on.</param>
    /// <param name="fault">What went wrong.</param>
    public static Statement GiveUp(Row row, string fault) => new(
        $"UPDATE session SET tell_at = NULL, tell_fault = @fault, claims = @none, browser_digest = '' {AsRead}",
        new { id = row.Id, at = row.TellAt, attempts = row.TellAttempts, fault, none = Array.Empty<byte>() });

    /// <summary>
    /// A client is told no more of sessions that ended before: they stay as a record that it was not, without what was disclosed. Those that another server
    /// has taken on stay as they are.
    /// </summary>
    public static Statement GiveUp(string clientId, long endedBefore, long now, string fault) => new(
        "UPDATE session SET tell_at = NULL, tell_fault = @fault, claims = @none, browser_digest = '' WHERE client_id = @clientId AND tell_at <= @now AND ended_at <= @endedBefore",
        new { clientId, endedBefore, now, fault, none = Array.Empty<byte>() });

    /// <summary>A client that did not say where it wants to be told has nothing to be told.</summary>
    public static Statement NothingToTell(string clientId, long now) => new(
        "UPDATE session SET tell_at = NULL WHERE client_id = @clientId AND tell_at <= @now", new { clientId, now });

    /// <summary>One session, whether it stands or not.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM session WHERE id = @id", new { id }));

    /// <summary>The newest session of a client in a browser that may go on there.</summary>
    public static Task<Row?> FindInBrowserAsync(Database database, string clientId, string browserDigest, long now) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM session
            WHERE browser_digest = @browserDigest AND client_id = @clientId AND ended_at IS NULL AND expires_at > @now AND browser_until > @now
            ORDER BY proven_at DESC, id DESC LIMIT 1
            """, new { clientId, browserDigest, now }));

    /// <summary>The sessions of a member that stand, newest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfMemberAsync(Database database, string memberId, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM session WHERE member_id = @memberId AND ended_at IS NULL AND expires_at > @now ORDER BY proven_at DESC, id
            """, new { memberId, now })).AsList());

    /// <summary>The sessions of browsers that stand: what these may sign out of, newest first.</summary>
    /// <param name="database">The database.</param>
    /// <param name="browserDigest">The digest of the secret in a cookie.</param>
    /// <param name="now">Unix seconds.</param>
    public static async Task<IReadOnlyList<Row>> OfBrowserAsync(Database database, string browserDigest, long now) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM session WHERE browser_digest = @browserDigest AND ended_at IS NULL AND expires_at > @now ORDER BY proven_at DESC, id
            """, new { browserDigest, now })).AsList());

    /// <summary>The clients that are to be told now that a session ended, the longest due first.</summary>
    public static async Task<IReadOnlyList<string>> ClientsToTellAsync(Database database, long now, int most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>(
            "SELECT client_id FROM session WHERE tell_at <= @now GROUP BY client_id ORDER BY min(tell_at), client_id LIMIT @most", new { now, most })).AsList());

    /// <summary>The ended sessions that a client is to be told of now, the longest due first.</summary>
    public static async Task<IReadOnlyList<Row>> ToTellAsync(Database database, string clientId, long now, int most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM session WHERE client_id = @clientId AND tell_at <= @now ORDER BY tell_at, id LIMIT @most", new { clientId, now, most })).AsList());

    /// <summary>The clients that could not be told that sessions ended: how many, since when, and what went wrong last.</summary>
    public static async Task<IReadOnlyList<(string ClientId, long Count, long Since, string Fault)>> UntoldAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string, long, long, string)>("""
            SELECT client_id, count(*), min(ended_at), max(tell_fault) FROM session
            WHERE tell_at IS NULL AND tell_fault IS NOT NULL AND ended_at IS NOT NULL GROUP BY client_id ORDER BY client_id
            """)).AsList());
}
