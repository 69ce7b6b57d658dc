using System.Data.Common;
using System.Diagnostics;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Registry;

/// <summary>What is SQLite's alone.</summary>
[Trait("Engine", "SQLite")]
public sealed class SqliteEngineTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File => _folder.File("registry.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F4_an_act_that_waits_too_long_for_a_lock_fails_and_the_next_one_does_not()
    {
        await using var hasty = Database.Open($"Data Source={_folder.File("hasty.db")};Default Timeout=1", TimeProvider.System);
        using var held = new WriteLock($"Data Source={_folder.File("hasty.db")}");
        var clock = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAnyAsync<DbException>(() => hasty.CommitAsync(Spent.Use("thing", "a", 1)));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.5, 20);
        Assert.Contains("locked", failure.Message);

        held.Release();
        Assert.Null(await hasty.CommitAsync(Spent.Use("thing", "a", 1)));
    }

    [Fact]
    public void The_writer_syncs_every_commit_to_a_write_ahead_log()
    {
        using var writer = new SqliteEngine($"Data Source={File}");
        Assert.Equal("wal", writer.Connection.ExecuteScalar<string>("PRAGMA journal_mode"));
        Assert.Equal(2, writer.Connection.ExecuteScalar<long>("PRAGMA synchronous")); // 2 is FULL.
        Assert.InRange(writer.Connection.ExecuteScalar<long>("PRAGMA busy_timeout"), 1000, 30_000);
    }

    [Fact]
    public void A_file_system_that_can_not_hold_a_write_ahead_log_is_refused() => Assert.Contains(
        "write-ahead log",
        Assert.Throws<InvalidOperationException>(() => new SqliteEngine("Data Source=:memory:").Dispose()).Message);

    [Fact]
    public async Task The_engine_says_its_version_and_is_the_operating_systems_where_there_is_one()
    {
        await using var database = Database.Open($"Data Source={File}", TimeProvider.System);
        var version = await database.ReadAsync(connection => connection.ExecuteScalarAsync<string>("SELECT sqlite_version()"));
        Assert.Matches($@"^SQLite {version!.Replace(".", "\\.", StringComparison.Ordinal)} \((the operating system's|bundled)\)$", database.Engine);
        var present = System.Runtime.InteropServices.NativeLibrary.TryLoad(
            "libsqlite3.so.0", typeof(Database).Assembly, System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories, out _);
        Assert.Equal(present, database.Engine.EndsWith("(the operating system's)", StringComparison.Ordinal) || !OperatingSystem.IsLinux());
    }
}
