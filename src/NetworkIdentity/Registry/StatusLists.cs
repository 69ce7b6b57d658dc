using Dapper;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Registry;

/// <summary>Status lists and their slots. A slot is given once, ever; a list's version moves with each change.</summary>
public static class StatusLists
{
    /// <summary>A row of the table status_list.</summary>
    public sealed record Row
    {
        /// <summary>The list's id, in its URI.</summary>
        public required string Id { get; init; }

        /// <summary>Bits for each status.</summary>
        public required long Bits { get; init; }

        /// <summary>How many slots it has.</summary>
        public required long Size { get; init; }

        /// <summary>Moves with each change of a status.</summary>
        public long Version { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>A slot whose status is not valid.</summary>
    public sealed record Slot
    {
        /// <summary>The index in the list.</summary>
        public long Idx { get; init; }

        /// <summary>The status.</summary>
        public long Status { get; init; }
    }

    /// <summary>Opens a list.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is so small that who asks for it says of whom, or has no room to say suspended.</exception>
    public static Statement Insert(Row row)
    {
        if (row.Size < StatusList.MinBitstringSize) throw new ArgumentOutOfRangeException(nameof(row), row.Size, $"a list has {StatusList.MinBitstringSize} slots at least");
        if (row.Bits < 2) throw new ArgumentOutOfRangeException(nameof(row), row.Bits, "a status that may be suspended has two bits at least");
        return new("INSERT INTO status_list (id, bits, size, version, created_at) VALUES (@Id, @Bits, @Size, @Version, @CreatedAt)", row);
    }

    /// <summary>Takes a slot; breaks with <c>slot</c> where it is taken.</summary>
    public static Statement Take(string listId, long idx, string credentialId) => new("""
        INSERT INTO status_slot (list_id, idx, credential_id, status) VALUES (@listId, @idx, @credentialId, 0)
        ON CONFLICT DO NOTHING
        """, new { listId, idx, credentialId }, "slot");

    /// <summary>Closes a list: it gives no more slots. Others may have closed it meanwhile.</summary>
    public static Statement Close(string listId, long now) => new(
        "UPDATE status_list SET closed_at = @now WHERE id = @listId AND closed_at IS NULL", new { listId, now });

    /// <summary>Sets the status of everything that was issued from an offer. What is revoked stays so.</summary>
    public static Statement SetOfOffer(string offerId, long status) => new("""
        UPDATE status_slot SET status = @status WHERE status <> 1 AND credential_id IN (SELECT id FROM credential WHERE offer_id = @offerId)
        """, new { offerId, status }, "slot");

    /// <summary>Says that the lists of everything that was issued from an offer changed.</summary>
    public static Statement TouchOfOffer(string offerId) => new("""
        UPDATE status_list SET version = version + 1 WHERE id IN (SELECT list_id FROM credential WHERE offer_id = @offerId)
        """, new { offerId }, "list");

    /// <summary>Whether a slot is taken.</summary>
    public static Task<bool> IsTakenAsync(Database database, string listId, long idx) => database.ReadAsync(async connection =>
        await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM status_slot WHERE list_id = @listId AND idx = @idx", new { listId, idx }) > 0);

    /// <summary>The ids of all lists, oldest first.</summary>
    public static async Task<IReadOnlyList<string>> IdsAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT id FROM status_list ORDER BY created_at, id")).AsList());

    /// <summary>The ids of the lists that gave slots at a time or since, oldest first.</summary>
    public static async Task<IReadOnlyList<string>> GivingSinceAsync(Database database, long since) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT id FROM status_list WHERE closed_at IS NULL OR closed_at >= @since ORDER BY created_at, id", new { since })).AsList());

    /// <summary>The lists that give slots, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OpenAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>("""
            SELECT id, bits, size, version, created_at FROM status_list WHERE closed_at IS NULL ORDER BY created_at, id
            """)).AsList());

    /// <summary>The slots of a list that somebody has, in order.</summary>
    public static async Task<IReadOnlyList<long>> TakenAsync(Database database, string listId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<long>("SELECT idx FROM status_slot WHERE list_id = @listId ORDER BY idx", new { listId })).AsList());

    /// <summary>The slots of a list whose status is not 0.</summary>
    public static async Task<IReadOnlyList<Slot>> NotValidAsync(Database database, string listId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Slot>("SELECT idx, status FROM status_slot WHERE list_id = @listId AND status <> 0", new { listId })).AsList());
}
