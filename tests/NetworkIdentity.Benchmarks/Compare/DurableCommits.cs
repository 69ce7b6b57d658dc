using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>The raw primitive under every act: a row of a hundred bytes in a SQLite file, each in a commit of its own that has reached the disk.</summary>
internal sealed class DurableCommits : IDisposable
{
    private readonly SqliteConnection _connection;

    public DurableCommits(string folder)
    {
        _connection = new($"Data Source={Path.Combine(folder, "plain.db")};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("CREATE TABLE plain (text TEXT NOT NULL)");
    }

    /// <summary>Seconds of one, of so many.</summary>
    public double SecondsOfOne(int count)
    {
        using var insert = _connection.CreateCommand();
        insert.CommandText = "INSERT INTO plain (text) VALUES (@text)";
        insert.Parameters.AddWithValue("@text", new string('x', 100));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++) insert.ExecuteNonQuery();
        return watch.Elapsed.TotalSeconds / count;
    }

    public void Dispose() => _connection.Dispose();

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
