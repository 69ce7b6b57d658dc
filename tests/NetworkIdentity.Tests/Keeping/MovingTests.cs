using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary><c>netid migrate --to</c>: a nation moves from SQLite to PostgreSQL, whole or not at all.</summary>
public sealed class MovingTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TestPostgres _postgres = TestPostgres.Shared;
    private TestServer _server = null!;

    private NetidProcess Netid => NetidProcess.Beside(_server);

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(change: settings => settings with { ConnectionString = $"Data Source={_folder.File("from.db")}", DataFolder = _folder.Path });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_nation_moves_from_SQLite_to_PostgreSQL_and_goes_on_there_with_every_row()
    {
        var wallet = await _server.ResidentAsync();
        var record = await _server.RecordOfAsync(wallet);
        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(wallet, "reputation")).Id, "why");
        var sub = SigningIn.Subject.For(_server.Nation.Keys, record.MemberId, "app.example");
        var (issuer, time, secret) = (_server.Issuer, _server.Time, _server.Settings.Secret);
        var there = TestStore.Of(_postgres.NewDatabase(isEmpty: true));

        // Stopped first, as the command says.
        await _server.StopAsync();
        var moved = (await Netid.RunAsync("migrate", "--to", there.ConnectionString, "--json")).Json;
        Assert.Equal(("SQLite", "PostgreSQL"), (Word(moved["from"]), Word(moved["to"])));
        await using (var from = Database.OpenFile(_folder.File("from.db"), time))
        await using (var to = Database.Open(there.ConnectionString, time))
        {
            var tables = await Copying.DigestAsync(from);
            Assert.Equal(tables, await Copying.DigestAsync(to));
            Assert.Equal(
                tables.Select(table => (table.Table, table.Rows, table.Digest)),
                moved["tables"]!.AsArray().Select(table => ((string)table!["table"]!, (long)table["rows"]!, (string)table["sha256"]!)));
        }

        var settings = new Settings { Issuer = issuer, ConnectionString = there.ConnectionString, Secret = secret, DataFolder = Directory.CreateDirectory(_folder.File("new")).FullName, Urls = $"http://localhost:{TestServer.FreePort()}" };
        await using var after = await TestServer.StartOnAsync(settings, time, Directory.CreateDirectory(_folder.File("work")).FullName, there);
        Assert.Equal(sub, SigningIn.Subject.For(after.Nation.Keys, record.MemberId, "app.example"));
        Assert.Equal(record.ToBeSigned, (await Credentials.FindAsync(after.Nation.Database, record.Id))!.ToBeSigned);
        await after.MemberAsync();
        await after.Nation.Log.SequenceAsync();
        Assert.Empty((await Ledger.LogAudit.RunAsync(after.Nation.Database, after.Nation.Log)).Faults);

        static string Word(System.Text.Json.Nodes.JsonNode? node) => ((string)node!).Split(' ')[0];
    }

    [Fact]
    public async Task A_second_run_is_refused_and_changes_nothing()
    {
        await _server.MemberAsync();
        using var there = TestStore.Of(_postgres.NewDatabase(isEmpty: true));
        Assert.Equal(0, (await Netid.RunAsync("migrate", "--to", there.ConnectionString)).ExitCode);
        var before = there.BytesAtRest();
        var again = await Netid.RunAsync("migrate", "--to", there.ConnectionString);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("database_not_empty", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, there.BytesAtRest());
        Assert.Equal(2, (await Netid.RunAsync("migrate", "--to", "Host=127.0.0.1;Port=1;Database=netid")).ExitCode);
    }

    [Fact]
    public async Task A_row_that_arrives_as_another_is_seen_by_its_tables_digest_and_nothing_is_kept()
    {
        await _server.MemberAsync();
        using var there = TestStore.Of(_postgres.NewDatabase());
        using (var connection = there.Connect())
        {
            connection.Execute("""
                CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.issued_at = NEW.issued_at + 1; RETURN NEW; END $$;
                CREATE TRIGGER other BEFORE INSERT ON credential FOR EACH ROW EXECUTE FUNCTION other()
                """);
        }

        var refused = await Netid.RunAsync("migrate", "--to", there.ConnectionString);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("copy_differs", refused.Error, StringComparison.Ordinal);
        Assert.Contains("credential has 1 rows", refused.Error, StringComparison.Ordinal);
        await using var database = Database.Open(there.ConnectionString, TimeProvider.System);
        await Copying.CheckEmptyAsync(database);
    }

    [Fact]
    public async Task F15_who_is_killed_in_the_middle_leaves_the_target_empty_and_runs_it_again()
    {
        await _server.MemberAsync();
        using var there = TestStore.Of(_postgres.NewDatabase());
        there.Stall("BEFORE INSERT ON status_slot");
        using (var process = Netid.Start("migrate", "--to", there.ConnectionString))
        {
            try
            {
                for (var i = 0; i < 600 && !IsBeingWritten(); i++) await Task.Delay(50, TestContext.Current.CancellationToken);
                Assert.True(IsBeingWritten());
                Assert.False(process.HasExited);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }

        // The server sees that the other end is gone once it has something to send.
        using (var connection = there.Connect()) connection.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await using (var empty = Database.Open(there.ConnectionString, TimeProvider.System)) await Copying.CheckEmptyAsync(empty);
        there.Mend("status_slot");
        Assert.Equal(0, (await Netid.RunAsync("migrate", "--to", there.ConnectionString)).ExitCode);

        bool IsBeingWritten()
        {
            using var connection = there.Connect();
            return connection.ExecuteScalar<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") > 0;
        }
    }
}
