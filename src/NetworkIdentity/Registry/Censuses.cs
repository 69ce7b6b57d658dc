using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The censuses that were taken, and the rows of the journal that they rest on.</summary>
public static class Censuses
{
    /// <summary>A row of the table census.</summary>
    public sealed record Row
    {
        /// <summary>Its number, from 1.</summary>
        public required long Number { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long TakenAt { get; init; }

        /// <summary>How many leaves of the log it rests on.</summary>
        public required long Size { get; init; }

        /// <summary>It, as it was signed.</summary>
        public required string Statement { get; init; }

        /// <summary>SHA-256 of <see cref="Statement"/>, as its leaf has it.</summary>
        public required string Digest { get; init; }
    }

    /// <summary>An issue whose leaf doesn't say what is counted: what the record of the credential says of it.</summary>
    /// <param name="CredentialId">The credential.</param>
    /// <param name="MemberId">Whose it is.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="ExpiresAt">Unix seconds.</param>
    public sealed record Older(string CredentialId, string MemberId, string Type, long ExpiresAt);

    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string NumberCondition = "census-number";

    private const string Columns = "number, taken_at, size, statement, digest";

    /// <summary>Keeps a census; breaks with <see cref="NumberCondition"/> where another server took it.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO census ({Columns}) VALUES (@Number, @TakenAt, @Size, @Statement, @Digest) ON CONFLICT DO NOTHING", row, NumberCondition);

    /// <summary>All of them, the first first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM census ORDER BY number")).AsList());

    /// <summary>The newest; null before the first.</summary>
    public static Task<Row?> NewestAsync(Database database) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>($"SELECT {Columns} FROM census ORDER BY number DESC LIMIT 1"));

    /// <summary>One of them; null where there is none of that number.</summary>
    public static Task<Row?> FindAsync(Database database, long number) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM census WHERE number = @number", new { number }));

    /// <summary>How many leaves of censuses there are, those among them that a restore found in the log alone; and when the last of them was written, else when the nation was founded.</summary>
    public static Task<(long Leaves, long Last)> LastAsync(Database database) => database.ReadAsync(connection => connection.QuerySingleAsync<(long, long)>(
        "SELECT (SELECT count(*) FROM journal WHERE act = 'take-census'), COALESCE((SELECT max(at) FROM journal WHERE act = 'take-census'), (SELECT founded_at FROM nation))"));

    /// <summary>Unix seconds: when the last leaf that has its place was written; null before the first.</summary>
    public static Task<long?> LastPlacedAsync(Database database) => database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long?>("SELECT at FROM journal WHERE seq = (SELECT max(seq) FROM journal)"));

    /// <summary>The rows from a place in the log to before another that move who is counted, in order.</summary>
    public static async Task<IReadOnlyList<Journal.Row>> LeavesAsync(Database database, long from, long until) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Journal.Row>($"""
            SELECT {Journal.Columns} FROM journal
            WHERE seq >= @from AND seq < @until AND act IN ('issue', 'resume', 'revoke', 'suspend') ORDER BY seq
            """, new { from, until })).AsList());

    /// <summary>How many leaves of each act there are before a place in the log.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ActsAsync(Database database, long until) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string Act, long Leaves)>("SELECT act, count(*) FROM journal WHERE seq < @until GROUP BY act", new { until })).ToDictionary(one => one.Act, one => one.Leaves));

    /// <summary>The issues whose leaves don't say what is counted.</summary>
    public static async Task<IReadOnlyList<Older>> OlderAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Older>("""
            SELECT c.id AS credential_id, c.member_id, c.type, c.expires_at FROM journal j JOIN credential c ON c.id = j.subject
            WHERE j.act = 'issue' AND j.counts IS NULL AND j.entry IS NULL
            """)).AsList());
}
