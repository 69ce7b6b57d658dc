using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.House;

/// <summary>The SQL stays inside what SQLite, PostgreSQL, and the distributed engines that speak its protocol all run (docs/decisions/0016-several-servers.md).</summary>
public sealed partial class PortableSqlTests
{
    /// <summary>What one of CockroachDB, YugabyteDB, Citus or SQLite doesn't run, or runs otherwise.</summary>
    private static readonly (string Words, string Why)[] Forbidden =
    [
        (@"LISTEN|NOTIFY|UNLISTEN", "CockroachDB has none"),
        (@"pg_(?:try_)?advisory\w*", "does nothing on CockroachDB, and holds on one node alone elsewhere"),
        (@"ctid|xmin|oid", "where a row lies is PostgreSQL's own"),
        (@"SERIAL|BIGSERIAL|IDENTITY|AUTOINCREMENT|SEQUENCE|nextval", "one place that all servers write to; numbers are given by conditions"),
        (@"RETURNING", "an act can't use what a statement returned"),
        (@"WITH\s+(?:RECURSIVE\s+)?\w+\s+AS", "a statement that changes rows inside another runs on PostgreSQL alone"),
        (@"FOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)|SKIP\s+LOCKED", "nothing locks and then thinks"),
        (@"LOCK\s+TABLE|TRUNCATE|MERGE\s+INTO|COPY", "not on all engines"),
        (@"SAVEPOINT", "costs a round trip, and is no way out of 40001"),
        (@"TRIGGER|PROCEDURE|FUNCTION|RULE|INHERITS|UNLOGGED|TEMPORARY", "what happens stands in C#"),
        (@"FOREIGN\s+KEY|REFERENCES", "across shards there is none"),
        (@"now\(\)|CURRENT_TIMESTAMP|datetime\(|random\(|gen_random_uuid", "time and randomness come from the caller"),
        (@"JSONB?|ILIKE|~\*|::", "SQLite has none"),
        (@"INTEGER|INT|SMALLINT|BOOLEAN|UUID|NUMERIC|TIMESTAMP\w*|VARCHAR|CHAR|BLOB|REAL|DOUBLE", "TEXT, BIGINT and BYTEA alone"),
        (@"INSERT\s+OR|REPLACE\s+INTO|PRAGMA|GLOB|rowid", "SQLite's own"),
    ];

    [Fact]
    public void The_SQL_of_the_registry_runs_on_every_engine()
    {
        var faults = new List<string>();
        var texts = 0;
        foreach (var (path, sql) in Texts())
        {
            texts++;
            foreach (var (words, why) in Forbidden)
                if (Regex.Match(sql, $@"(?<![\w@])(?:{words})(?![\w])", RegexOptions.IgnoreCase) is { Success: true } match) faults.Add($"{path}: {match.Value}: {why}");
        }

        Assert.Empty(faults);
        Assert.InRange(texts, 60, 1000);
    }

    /// <summary>SQLite takes a flag as a number and PostgreSQL does not, even one that no statement names.</summary>
    [Fact]
    public void No_row_has_a_flag()
    {
        var rows = typeof(Registry.Database).Assembly.GetTypes().Where(type => type.Name == "Row" && type.Namespace == typeof(Registry.Database).Namespace).ToList();
        Assert.InRange(rows.Count, 20, 200);
        Assert.Empty(rows.SelectMany(row => row.GetProperties()).Where(property => property.PropertyType == typeof(bool)).Select(property => $"{property.DeclaringType}.{property.Name}"));
    }

    /// <summary>The migrations without their comments, and every text in the registry that begins as a statement does.</summary>
    private static IEnumerable<(string Path, string Sql)> Texts()
    {
        foreach (var path in Tree.Files("src/NetworkIdentity/Registry/Migrations", ".sql")) yield return (path, Comment().Replace(Tree.Read(path), ""));
        foreach (var path in Tree.Files("src/NetworkIdentity/Registry", ".cs"))
        {
            // The engines have words of their own: that is what they are for.
            if (Path.GetFileName(path) is "SqliteEngine.cs" or "PostgresEngine.cs") continue;
            foreach (Match match in Sql().Matches(Tree.Read(path))) yield return (path, match.Groups["sql"].Value);
        }
    }

    [GeneratedRegex("--.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("\"+\\s*(?<sql>(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\\b[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Sql();
}
