using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Facts about members. They are added and never changed.</summary>
public static class Facts
{
    /// <summary>A row of the table fact.</summary>
    public sealed record Row
    {
        /// <summary>The fact's id.</summary>
        public required string Id { get; init; }

        /// <summary>Whom it is about.</summary>
        public required string MemberId { get; init; }

        /// <summary>What happened.</summary>
        public required string Kind { get; init; }

        /// <summary>Where; null for no node, and where the member was erased.</summary>
        public string? NodeId { get; init; }

        /// <summary>The first day, as <c>yyyy-MM-dd</c>.</summary>
        public required string FromDay { get; init; }

        /// <summary>The last day.</summary>
        public required string UntilDay { get; init; }

        /// <summary>How much; null where nobody counted.</summary>
        public long? Amount { get; init; }

        /// <summary>How many witnesses the charter wanted.</summary>
        public required long Needed { get; init; }

        /// <summary>The fact that this one corrects; null for none.</summary>
        public string? Corrects { get; init; }

        /// <summary>1 where it takes that one away and says nothing else.</summary>
        public required long Annuls { get; init; }

        /// <summary>Its words and the salt of its digest, sealed under the member's key; empty once the member is erased.</summary>
        public required byte[] Content { get; init; }

        /// <summary>What the log's leaf speaks of.</summary>
        public required string Digest { get; init; }

        /// <summary>The version of the charter that it was recorded under.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }
    }

    /// <summary>What <see cref="Unmoved"/> breaks with.</summary>
    public const string UnmovedCondition = "facts-unmoved";

    private const string Columns = "id, member_id, kind, node_id, from_day, until_day, amount, needed, corrects, annuls, content, digest, charter_version, created_at";

    /// <summary>Adds a fact.</summary>
    public static Statement Insert(Row row) => new(
        $"""
        INSERT INTO fact ({Columns})
        VALUES (@Id, @MemberId, @Kind, @NodeId, @FromDay, @UntilDay, @Amount, @Needed, @Corrects, @Annuls, @Content, @Digest, @CharterVersion, @CreatedAt)
        """, row);

    /// <summary>A fact or a word for one has come: what was made of those before is made again. Goes with each of them.</summary>
    public static Statement Move() => new("UPDATE nation SET facts_revision = facts_revision + 1", new { });

    /// <summary>What follows rests on the facts as they were read; breaks with <see cref="UnmovedCondition"/>. Changes nothing.</summary>
    public static Statement Unmoved(long revision) => new(
        "UPDATE nation SET facts_revision = facts_revision WHERE facts_revision = @revision", new { revision }, UnmovedCondition);

    /// <summary>How often facts have moved: read before them.</summary>
    public static Task<long> RevisionAsync(Database database) => database.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT facts_revision FROM nation"));

    /// <summary>One fact.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM fact WHERE id = @id", new { id }));

    /// <summary>All facts, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> AllAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM fact ORDER BY created_at, id")).AsList());

    /// <summary>The facts about a member, oldest first.</summary>
    public static async Task<IReadOnlyList<Row>> OfAsync(Database database, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<Row>($"SELECT {Columns} FROM fact WHERE member_id = @memberId ORDER BY created_at, id", new { memberId })).AsList());
}
