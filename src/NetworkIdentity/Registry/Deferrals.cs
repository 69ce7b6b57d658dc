using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Credential requests that wait for a decision [OpenID4VCI §9]: one for each configuration of an offer. The row is spent when the credential is given.</summary>
public static class Deferrals
{
    /// <summary>What <see cref="Insert"/> and <see cref="Spend"/> break with.</summary>
    public const string OnceCondition = "deferral";

    /// <summary>A row of the table deferral.</summary>
    public sealed record Row
    {
        /// <summary>The <c>transaction_id</c>.</summary>
        public required string Id { get; init; }

        /// <summary>The offer that it is of.</summary>
        public required string OfferId { get; init; }

        /// <summary>The credential configuration that was asked for.</summary>
        public required string ConfigurationId { get; init; }

        /// <summary>The public keys that were proven, as JSON, sealed under the person's own key.</summary>
        public required byte[] Keys { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    private const string Columns = "id, offer_id, configuration_id, keys, created_at";

    /// <summary>A wallet waits; breaks with <see cref="OnceCondition"/> where one does already.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO deferral ({Columns}) VALUES (@Id, @OfferId, @ConfigurationId, @Keys, @CreatedAt) ON CONFLICT DO NOTHING", row, OnceCondition);

    /// <summary>It waits no more: what follows gives it; breaks with <see cref="OnceCondition"/> where it was given.</summary>
    public static Statement Spend(string id) => new("DELETE FROM deferral WHERE id = @id", new { id }, OnceCondition);

    /// <summary>What waits of applications that ended before a time means nothing any more; breaks with <c>done</c>.</summary>
    public static Statement Sweep(long before, int portion) => new(
        $"""
        DELETE FROM deferral WHERE id IN (
            SELECT d.id FROM deferral d JOIN offer o ON o.id = d.offer_id JOIN application a ON a.id = o.application_id WHERE a.ended_at < @before LIMIT {portion})
        """,
        new { before }, "done");

    /// <summary>What waits under a transaction_id; null where nothing does.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM deferral WHERE id = @id", new { id }));

    /// <summary>What waits of an offer, of one configuration; null where nothing does.</summary>
    public static Task<Row?> FindAsync(Database database, string offerId, string configurationId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM deferral WHERE offer_id = @offerId AND configuration_id = @configurationId", new { offerId, configurationId }));

    /// <summary>Whether anything of an offer waits, or was given since a time, and perhaps did not arrive.</summary>
    public static async Task<bool> IsAwaitedAsync(Database database, string offerId, long since) => await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("""
        SELECT (SELECT count(*) FROM deferral WHERE offer_id = @offerId) + (SELECT count(*) FROM credential WHERE offer_id = @offerId AND recorded_at > @since)
        """, new { offerId, since })) > 0;

    /// <summary>Whether a wallet waits for what a person was offered, and that stands.</summary>
    public static async Task<bool> IsConnectedAsync(Database database, string memberId) => await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("""
        SELECT count(*) FROM deferral d JOIN offer o ON o.id = d.offer_id WHERE o.member_id = @memberId AND o.revoked_at IS NULL
        """, new { memberId })) > 0;
}
