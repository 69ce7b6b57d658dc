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
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at BIGINT NOT NULL)", transaction: transaction);
        var applied = connection.Query<(string Name, string Digest)>("SELECT name, digest FROM migration", transaction: transaction)
            .ToDictionary(row => row.Name, row => row.Digest);

        var known = Known().ToList();
        if (applied.Keys.Except(known.Select(migration => migration.Name)).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"the database is newer than this program: it has the migration {unknown}");

        foreach (var (name, sql) in known)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql)));
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
