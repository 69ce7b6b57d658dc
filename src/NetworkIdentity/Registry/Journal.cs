using System.Security.Cryptography;
using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>
/// Every act that changes who belongs, written in the transaction of the act. Each row is a leaf of the public log: so it holds ids and digests and no
/// words about a person; a reason is kept with its record, sealed under the member's key.
/// </summary>
public static class Journal
{
    internal const string Columns = "id, at, act, subject, actor, charter_version, detail, counts, salt, entry, seq";

    /// <summary>A row of the table journal.</summary>
    public sealed record Row
    {
        /// <summary>The row's id.</summary>
        public required string Id { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long At { get; init; }

        /// <summary>What was done, for example <c>issue</c> or <c>revoke</c>.</summary>
        public required string Act { get; init; }

        /// <summary>The id of the record it was done to.</summary>
        public required string Subject { get; init; }

        /// <summary>Who did it.</summary>
        public required string Actor { get; init; }

        /// <summary>The version of the charter it was done under; null for what the charter doesn't speak of.</summary>
        public string? CharterVersion { get; init; }

        /// <summary>What the act was about, mostly as a digest: of the bytes that were to be signed, of the list that was published.</summary>
        public string? Detail { get; init; }

        /// <summary>Of an issue, what a census reads of it, as <see cref="Ledger.Counted"/> writes it; null in other rows, and in older ones. The leaf's record has its digest.</summary>
        public string? Counts { get; init; }

        /// <summary>What the commitment is salted with; null in rows that are older than the log.</summary>
        public byte[]? Salt { get; init; }

        /// <summary>The published entry where the row's own words are lost; else null.</summary>
        public byte[]? Entry { get; init; }

        /// <summary>Its index in the log; null while it waits for one.</summary>
        public long? Seq { get; init; }
    }

    /// <summary>Writes an act.</summary>
    /// <param name="act">What was done, for example <c>issue</c> or <c>revoke</c>.</param>
    /// <param name="subject">The id of the record it was done to.</param>
    /// <param name="actor">Who did it, for example <c>founder</c>.</param>
    /// <param name="charterVersion">The version of the charter it was done under; null for what the charter doesn't speak of.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="detail">What the act was about, mostly as a digest.</param>
    /// <param name="counts">Of an issue, what a census reads of it (<see cref="Ledger.Counted.Text"/>).</param>
    public static Statement Write(string act, string subject, string actor, string? charterVersion, long now, string? detail = null, string? counts = null) => new(
        """
        INSERT INTO journal (id, at, act, subject, actor, charter_version, detail, counts, salt)
        VALUES (@id, @now, @act, @subject, @actor, @charterVersion, @detail, @counts, @salt)
        """,
        new { id = RandomId.New(), now, act, subject, actor, charterVersion, detail, counts, salt = RandomNumberGenerator.GetBytes(32) });

    /// <summary>Gives a row its place in the log; breaks with <c>seq</c> where it has one.</summary>
    public static Statement Sequence(string id, long seq) =>
        new("UPDATE journal SET seq = @seq WHERE id = @id AND seq IS NULL", new { id, seq }, "seq");

    /// <summary>The oldest rows that have no place in the log yet.</summary>
    public static async Task<IReadOnlyList<Row>> WaitingAsync(Database database, long most) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM journal WHERE seq IS NULL ORDER BY at, id LIMIT @most", new { most })).AsList());

    /// <summary>The rows from a place in the log to before another, in order.</summary>
    public static async Task<IReadOnlyList<Row>> SequencedAsync(Database database, long from, long until) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM journal WHERE seq >= @from AND seq < @until ORDER BY seq", new { from, until })).AsList());

    /// <summary>The last place in the log that a row has, and how many leaves the head says there are, at one moment.</summary>
    public static Task<(long? Last, long? Size)> ExtentAsync(Database database) => database.ReadAsync(connection =>
        connection.QuerySingleAsync<(long?, long?)>("SELECT (SELECT max(seq) FROM journal), (SELECT size FROM log_head WHERE id = 'log')"));

    /// <summary>How many rows have no place in the log yet.</summary>
    public static Task<long> CountWaitingAsync(Database database) => database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long>("SELECT count(*) FROM journal WHERE seq IS NULL"));

    /// <summary>What was done to a record, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfAsync(Database database, string subject) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM journal WHERE subject = @subject ORDER BY at, seq IS NULL, seq, id", new { subject })).AsList());

    /// <summary>What somebody did, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> ByAsync(Database database, string actor) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM journal WHERE actor = @actor ORDER BY at, seq IS NULL, seq, id", new { actor })).AsList());

    /// <summary>The row by which a version of a status list was published; null where there is none.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="listId">The list.</param>
    /// <param name="tokenDigest">The SHA-256 of the version's token, as base64url.</param>
    public static async Task<Row?> PublishedAsync(Database database, string listId, string tokenDigest)
    {
        // The pattern may find others too: an underscore of base64url stands for any character there.
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM journal WHERE subject = @listId AND act = 'publish-list' AND detail LIKE @ending", new { listId, ending = "% " + tokenDigest }));
        return rows.FirstOrDefault(row => row.Detail!.EndsWith(" " + tokenDigest, StringComparison.Ordinal));
    }

    /// <summary>The newest row about a subject, of one act; null where there is none.</summary>
    public static Task<Row?> FindAsync(Database database, string act, string subject) => database.ReadAsync(connection =>
        connection.QueryFirstOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM journal WHERE subject = @subject AND act = @act ORDER BY at DESC, id LIMIT 1", new { act, subject }));
}
