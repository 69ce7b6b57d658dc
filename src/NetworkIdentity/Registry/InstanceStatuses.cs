using Dapper;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Registry;

/// <summary>The status of what VCALM instances issued.</summary>
public static class InstanceStatuses
{
    /// <summary>A row of the table instance_status.</summary>
    public sealed record Row
    {
        /// <summary>The instance's name.</summary>
        public required string Instance { get; init; }

        /// <summary>The number of its list, from 0.</summary>
        public required long List { get; init; }

        /// <summary>The index in the list.</summary>
        public required long Slot { get; init; }

        /// <summary>The digest of the id by which its client speaks of the credential.</summary>
        public required string CredentialDigest { get; init; }

        /// <summary>1 where it was revoked, for good.</summary>
        public long Revoked { get; init; }

        /// <summary>1 while it is suspended.</summary>
        public long Suspended { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    private const string Columns = "instance, list, slot, credential_digest, revoked, suspended, created_at";

    /// <summary>Takes a slot for a credential; breaks with <c>slot</c> where the slot is taken, or the credential has one.</summary>
    public static Statement Insert(Row row) => new(
        $"INSERT INTO instance_status ({Columns}) VALUES (@Instance, @List, @Slot, @CredentialDigest, @Revoked, @Suspended, @CreatedAt) ON CONFLICT DO NOTHING", row, "slot");

    /// <summary>Revokes; breaks with <c>credential</c> where there is none.</summary>
    public static Statement Revoke(string instance, string digest) => new(
        "UPDATE instance_status SET revoked = 1 WHERE instance = @instance AND credential_digest = @digest", new { instance, digest }, "credential");

    /// <summary>Suspends, or ends that; breaks with <c>credential</c> where there is none.</summary>
    public static Statement Suspend(string instance, string digest, bool isSuspended) => new(
        "UPDATE instance_status SET suspended = @suspended WHERE instance = @instance AND credential_digest = @digest",
        new { instance, digest, suspended = isSuspended ? 1L : 0L },
        "credential");

    /// <summary>The row of a credential; null where the instance issued none of that id.</summary>
    public static Task<Row?> FindAsync(Database database, string instance, string digest) => database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
        $"SELECT {Columns} FROM instance_status WHERE instance = @instance AND credential_digest = @digest", new { instance, digest }));

    /// <summary>The number of an instance's newest list; null where it has none yet.</summary>
    public static Task<long?> NewestListAsync(Database database, string instance) => database.ReadAsync(connection => connection.ExecuteScalarAsync<long?>(
        "SELECT max(list) FROM instance_status WHERE instance = @instance", new { instance }));

    /// <summary>The slots of a list that are set for a purpose, in their order.</summary>
    public static async Task<IReadOnlyList<long>> SetAsync(Database database, string instance, long list, string purpose) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<long>(
            purpose == StatusPurpose.Revocation
                ? "SELECT slot FROM instance_status WHERE instance = @instance AND list = @list AND revoked = 1 ORDER BY slot"
                : "SELECT slot FROM instance_status WHERE instance = @instance AND list = @list AND suspended = 1 ORDER BY slot",
            new { instance, list })).AsList());
}
