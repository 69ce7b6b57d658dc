using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

public sealed class CopyingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_table_of_the_schema_is_copied_there_and_back_whatever_is_in_it()
    {
        await using var nation = await TestNation.FoundAsync();
        Fill(nation);
        await using var there = Database.OpenFile(_folder.File("there.db"), TimeProvider.System);
        var copied = await Copying.RunAsync(nation.Database, there);
        Assert.Equal(TablesOf(nation), copied.Select(table => table.Table).Append("migration").Order(StringComparer.Ordinal));
        Assert.All(copied, table => Assert.True(table.Rows > 0, table.Table));

        using var store = TestStore.New(_folder.Path, isEmpty: true);
        await using var back = Database.Open(store.ConnectionString, TimeProvider.System);
        Assert.Equal(copied, await Copying.RunAsync(there, back));
        Assert.Equal(copied, await Copying.DigestAsync(nation.Database));
    }

    [Fact]
    public async Task A_database_that_holds_something_is_not_written_to()
    {
        await using var nation = await TestNation.FoundAsync();
        await using var there = Database.OpenFile(_folder.File("there.db"), TimeProvider.System);
        await there.CommitAsync(Spent.Use("kind", "kept", 1));
        Assert.Equal("database_not_empty", (await Assert.ThrowsAsync<Refusal>(() => Copying.RunAsync(nation.Database, there))).Code);
        Assert.Equal(1, (await Copying.DigestAsync(there)).Sum(table => table.Rows));
    }

    [Fact]
    public async Task A_copy_that_is_not_the_same_is_not_kept_and_the_target_can_be_used_again()
    {
        await using var nation = await TestNation.FoundAsync();
        using var store = TestStore.New(_folder.Path);
        await using var there = Database.Open(store.ConnectionString, TimeProvider.System);
        store.Trip("BEFORE INSERT ON signing_key", "NEW.purpose = 'root'", isIgnored: true);
        Assert.Equal("copy_differs", (await Assert.ThrowsAsync<Refusal>(() => Copying.RunAsync(nation.Database, there))).Code);
        Assert.Equal(0, (await Copying.DigestAsync(there)).Sum(table => table.Rows));
        store.Mend("signing_key");
        await Copying.RunAsync(nation.Database, there);
    }

    [Fact]
    public async Task What_is_copied_is_one_moment_of_a_database_that_is_written_to()
    {
        await using var nation = await TestNation.FoundAsync();
        for (var i = 0; i < 500; i++) await Pair(nation);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await Pair(nation);
        });
        for (var i = 0; i < 5; i++)
        {
            await using var there = Database.OpenFile(_folder.File($"there-{i}.db"), TimeProvider.System);
            var copied = await Copying.RunAsync(nation.Database, there);
            Assert.Equal(
                copied.Single(table => table.Table == "spent").Rows,
                await there.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM journal WHERE act = 'pair'")));
        }

        await stop.CancelAsync();
        await writing;

        static Task<string?> Pair(TestNation nation)
        {
            var id = RandomId.New();
            return nation.Database.CommitAsync(Spent.Use("pair", id, 1), Journal.Write("pair", id, "test", null, 1));
        }
    }

    private static List<string> TablesOf(TestNation nation)
    {
        using var connection = nation.Store.Connect();
        return [.. connection.Query<string>(TestPostgres.IsEngine
            ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").Order(StringComparer.Ordinal)];
    }

    /// <summary>Three rows for each table, with names that collations order differently, and null where it may be.</summary>
    private static void Fill(TestNation nation)
    {
        using var connection = nation.Store.Connect();
        foreach (var table in TablesOf(nation).Where(table => table != "migration"))
        {
            var columns = connection.Query<(string Name, string Type)>(TestPostgres.IsEngine
                ? $"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
                : $"SELECT name, type FROM pragma_table_info('{table}')").ToList();
            foreach (var (text, at) in (string[])["a-b", "B", "äb\n☃", "ab"] is var names ? names.Select((name, at) => (name, at)) : [])
            {
                var values = columns.Select(column => column.Type.ToUpperInvariant() switch
                {
                    "TEXT" => $"'{text}'",
                    "BIGINT" => $"{(at == 0 ? -1 : long.MaxValue - at)}",
                    _ => TestPostgres.IsEngine ? $"'\\x00ff{at:00}'" : $"X'00ff{at:00}'",
                });
                connection.Execute($"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES ({string.Join(", ", values)})");
            }
        }
    }
}
