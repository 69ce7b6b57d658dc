using System.Reflection;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Registry;

/// <summary>Brings the schema up to date: the files of Migrations/, in the order of their names, each once and whole.</summary>
internal static class Migrations
{
    /// <summary>Applies what is missing.</summary>
    /// <exception cref="InvalidOperationException">
    /// The database is newer than this program, or a migration that was applied differs from the one in this program.
    /// </exception>
    public static void Apply(SqliteConnection connection, TimeProvider time)
    {
        // Mostly there is nothing to do, and a command beside a busy server need not wait for its lock to learn that.
        var known = Known().ToList();
        if (IsCurrent(connection, known)) return;

        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at BIGINT NOT NULL)", transaction: transaction);
        var applied = connection.Query<(string Name, string Digest)>("SELECT name, digest FROM migration", transaction: transaction)
            .ToDictionary(row => row.Name, row => row.Digest);

        if (applied.Keys.Except(known.Select(migration => migration.Name)).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"the database is newer than this program: it has the migration {unknown}");

        foreach (var (name, sql) in known)
        {
            var digest = Digest(sql);
            if (applied.TryGetValue(name, out var before))
            {
                if (before != digest) throw new InvalidOperationException($"the migration {name} differs from the one this database was made with");
                continue;
            }

            connection.Execute(sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO migration (name, digest, applied_at) VALUES (@name, @digest, @at)",
                new { name, digest, at = time.GetUtcNow().ToUnixTimeSeconds() },
                transaction);
        }

        transaction.Commit();
    }

    private static bool IsCurrent(SqliteConnection connection, List<(string Name, string Sql)> known)
    {
        try
        {
            return connection.Query<(string Name, string Digest)>("SELECT name, digest FROM migration").ToHashSet()
                .SetEquals(known.Select(migration => (migration.Name, Digest(migration.Sql))));
        }
        catch (SqliteException)
        {
            // There is no such table yet; what else may be wrong is met again below.
            return false;
        }
    }

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
