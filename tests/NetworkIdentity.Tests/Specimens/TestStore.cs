using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using NetworkIdentity.Registry;
using Npgsql;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A place for one database, on the engine of this run of the tests: a SQLite file, or a database of a PostgreSQL cluster. Gone after the test.</summary>
internal sealed class TestStore : IDisposable
{
    private TestStore(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    /// <summary>A store on this run's engine; a SQLite file goes into the folder.</summary>
    public static TestStore New(string folder, bool isEmpty = false) => new(TestPostgres.IsEngine
        ? TestPostgres.Shared.NewDatabase(isEmpty)
        : $"Data Source={Path.Combine(folder, "netid.db")}");

    /// <summary>A store that is there already.</summary>
    public static TestStore Of(string connectionString) => new(connectionString);

    /// <summary>A store on the engine that this run is not on.</summary>
    public static TestStore NewOnTheOtherEngine(string folder) => new(TestPostgres.IsEngine
        ? $"Data Source={Path.Combine(folder, "netid.db")}"
        : TestPostgres.Shared.NewDatabase(isEmpty: true));

    /// <summary>A connection of its own, past the program.</summary>
    public static DbConnection Connect(string connectionString)
    {
        // Before the first call, as the program does: else some functions are bound to the bundled library and some to the system's, and the process crashes.
        _ = SqliteLibrary.Version;
        DbConnection connection = Database.IsPostgres(connectionString)
            ? new NpgsqlConnection(connectionString + ";Pooling=false")
            : new SqliteConnection(connectionString + ";Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Everything that is stored: the files as they lie on the disk, or what the server gives out.</summary>
    public byte[] BytesAtRest()
    {
        if (Database.IsPostgres(ConnectionString)) return TestPostgres.Dump(ConnectionString);
        var database = new SqliteConnectionStringBuilder(ConnectionString).DataSource;

        // By another process: closing the file in this one would drop the locks that SQLite holds on it here.
        var files = Directory.GetFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*");
        using var reading = Process.Start(new ProcessStartInfo("cat", files) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var all = new MemoryStream();
        reading.StandardOutput.BaseStream.CopyTo(all);
        reading.WaitForExit();
        Assert.Equal(0, reading.ExitCode);
        return all.ToArray();
    }

    /// <summary>Makes every such write fail, for example <c>BEFORE INSERT ON journal</c>; or ignores it, so that it changes no row.</summary>
    public void Trip(string when, string? condition = null, bool isIgnored = false)
    {
        using var connection = Connect();
        connection.Execute(Database.IsPostgres(ConnectionString)
            ? $"""
              CREATE OR REPLACE FUNCTION tripped() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN {(isIgnored ? "RETURN NULL" : "RAISE EXCEPTION 'made to fail'")}; END $$;
              CREATE TRIGGER tripped {when} FOR EACH ROW {(condition is null ? "" : $"WHEN ({condition})")} EXECUTE FUNCTION tripped()
              """
            : $"""
              CREATE TRIGGER tripped {when} {(condition is null ? "" : $"WHEN {condition}")}
              BEGIN SELECT {(isIgnored ? "RAISE(IGNORE)" : "RAISE(ABORT, 'made to fail')")}; END
              """);
    }

    /// <summary>Makes every such write last for ever.</summary>
    public void Stall(string when, string? condition = null)
    {
        using var connection = Connect();
        connection.Execute(Database.IsPostgres(ConnectionString)
            ? $"""
              CREATE OR REPLACE FUNCTION tripped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
              CREATE TRIGGER tripped {when} FOR EACH ROW {(condition is null ? "" : $"WHEN ({condition})")} EXECUTE FUNCTION tripped()
              """
            : $"""
              CREATE VIEW endless AS WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT max(n) AS most FROM number;
              CREATE TRIGGER tripped {when} {(condition is null ? "" : $"WHEN {condition}")} BEGIN SELECT most FROM endless; END
              """);
    }

    /// <summary>Takes it away again.</summary>
    public void Mend(string table)
    {
        using var connection = Connect();
        connection.Execute(Database.IsPostgres(ConnectionString) ? $"DROP TRIGGER tripped ON {table}" : "DROP TRIGGER tripped; DROP VIEW IF EXISTS endless");
    }

    public DbConnection Connect() => Connect(ConnectionString);

    public void Dispose()
    {
        // A SQLite file's pool is its Database's own, and goes with it. To clear those of all would take connections from under the tests beside this one.
        if (Database.IsPostgres(ConnectionString)) TestPostgres.Shared.Drop(ConnectionString);
    }
}
