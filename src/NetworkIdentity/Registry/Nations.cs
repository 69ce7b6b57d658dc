using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The nation of this deployment: one row.</summary>
public static class Nations
{
    /// <summary>A row of the table nation.</summary>
    public sealed record Row
    {
        /// <summary>Always <c>nation</c>: one deployment serves one nation.</summary>
        public string Id { get; init; } = "nation";

        /// <summary>The nation's name.</summary>
        public required string Name { get; init; }

        /// <summary>The issuer URL, compared as a string.</summary>
        public required string Issuer { get; init; }

        /// <summary><c>founding</c>: one founder's word is enough.</summary>
        public required string Phase { get; init; }

        /// <summary>The version of the charter that acts are taken under.</summary>
        public required string CharterVersion { get; init; }

        /// <summary>A sealed constant: opens only with the right secret.</summary>
        public required byte[] SecretCheck { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long FoundedAt { get; init; }

        /// <summary>Another with each restore: empty before the first.</summary>
        public string Epoch { get; init; } = "";

        /// <summary>Part of the public log's name once it was begun anew: empty before.</summary>
        public string LogGeneration { get; init; } = "";

        /// <summary>Unix seconds: when a backup was last completed; null where none was.</summary>
        public long? BackedUpAt { get; init; }
    }

    /// <summary>What statements about the rules in force break with.</summary>
    public const string RulesCondition = "rules";

    /// <summary>Founds the nation; breaks with <c>founded</c> where there is one.</summary>
    public static Statement Insert(Row row) => new("""
        INSERT INTO nation (id, name, issuer, phase, charter_version, secret_check, founded_at)
        VALUES (@Id, @Name, @Issuer, @Phase, @CharterVersion, @SecretCheck, @FoundedAt)
        ON CONFLICT DO NOTHING
        """, row, "founded");

    /// <summary>
    /// What follows is done under a version of the charter; breaks with <see cref="RulesCondition"/> where another is in force. Changes nothing.
    /// </summary>
    public static Statement IsUnder(string charterVersion) => new(
        "UPDATE nation SET charter_version = charter_version WHERE charter_version = @charterVersion", new { charterVersion }, RulesCondition);

    /// <summary>What follows rests on the founder's word; breaks with <see cref="RulesCondition"/> where that is not enough any more. Changes nothing.</summary>
    public static Statement IsFounding(string charterVersion) => new(
        "UPDATE nation SET charter_version = charter_version WHERE phase = 'founding' AND charter_version = @charterVersion", new { charterVersion }, RulesCondition);

    /// <summary>Another version of the charter is in force from now on; breaks with <see cref="RulesCondition"/> where that is done already, to this or to another.</summary>
    public static Statement Adopt(string before, string after) => new(
        "UPDATE nation SET charter_version = @after WHERE charter_version = @before", new { before, after }, RulesCondition);

    /// <summary>The founding phase ends, and nothing here begins it again; breaks with <see cref="RulesCondition"/>.</summary>
    public static Statement EndFounding(string charterVersion) => new(
        "UPDATE nation SET phase = 'governed' WHERE phase = 'founding' AND charter_version = @charterVersion", new { charterVersion }, RulesCondition);

    /// <summary>A backup was completed.</summary>
    public static Statement BackUp(long now) => new("UPDATE nation SET backed_up_at = @now", new { now });

    /// <summary>The nation, or null before it is founded.</summary>
    public static Task<Row?> FindAsync(Database database) => database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
        "SELECT id, name, issuer, phase, charter_version, secret_check, founded_at, epoch, log_generation, backed_up_at FROM nation"));
}
