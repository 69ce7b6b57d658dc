using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace NetworkIdentity.Registry;

/// <summary>Brings the schema up to date: the files of Migrations/, in the order of their names, each once and whole.</summary>
internal static class Migrations
{
    /// <summary>How often it is tried beside other servers that do the same.</summary>
    private const int MaxAttempts = 20;

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="InvalidOperationException">
    /// The database is newer than this program, or a migration that was applied differs from the one in this program.
    /// </exception>
    public static void Apply(IDatabaseEngine engine, TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Mostly there is nothing to do, and a command beside a busy server need not wait for its lock to learn that.
                foreach (var (name, sql) in Missing(engine)) Apply(engine, name, sql, time);
                return;
            }
            catch (PostgresException exception) when (attempt < MaxAttempts && IsBesideAnother(exception))
            {
                Thread.Sleep(RandomNumberGenerator.GetInt32(5, 50));
            }
        }
    }

    /// <summary>
    /// One migration, whole. Its row comes first: a second server waits there for the first one's end, and then finds it done.
    /// </summary>
    private static void Apply(IDatabaseEngine engine, string name, string sql, TimeProvider time) => engine.InTransaction((connection, transaction) =>
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at BIGINT NOT NULL)", transaction: transaction);
        var isMine = connection.Execute(
            "INSERT INTO migration (name, digest, applied_at) VALUES (@name, @digest, @at) ON CONFLICT DO NOTHING",
            new { name, digest = Digest(sql), at = time.GetUtcNow().ToUnixTimeSeconds() },
            transaction) == 1;
        if (isMine) connection.Execute(sql, transaction: transaction);
    });

    private static List<(string Name, string Sql)> Missing(IDatabaseEngine engine)
    {
        var known = Known().ToList();
        var applied = Applied(engine);
        if (applied.Keys.Except(known.Select(migration => migration.Name)).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"the database is newer than this program: it has the migration {unknown}");
        if (known.FirstOrDefault(migration => applied.TryGetValue(migration.Name, out var before) && before != Digest(migration.Sql)).Name is { } changed)
            throw new InvalidOperationException($"the migration {changed} differs from the one this database was made with");
        return [.. known.Where(migration => !applied.ContainsKey(migration.Name))];
    }

    private static Dictionary<string, string> Applied(IDatabaseEngine engine)
    {
        using var connection = engine.Readers.OpenConnection();
        try
        {
            return connection.Query<(string Name, string Digest)>("SELECT name, digest FROM migration").ToDictionary(row => row.Name, row => row.Digest);
        }
        catch (DbException)
        {
            // There is no such table yet; what else may be wrong is met again when it is made.
            return [];
        }
    }

    /// <summary>Another server makes the same table, or the same row, at the same moment.</summary>
    private static bool IsBesideAnother(PostgresException exception) => exception.SqlState is
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
        or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    private static string Digest(string sql) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql)));

    private static IEnumerable<(string Name, string Sql)> Known()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource["Migrations/".Length..], reader.ReadToEnd());
        }
    }
}
