using System.Data.Common;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Registry;

/// <summary>F15: a schema is brought up to date whole, once, and never by guessing.</summary>
public sealed class MigrationsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private readonly TestStore _store;

    public MigrationsTests() => _store = TestStore.New(_folder.Path, isEmpty: true);

    private string ConnectionString => _store.ConnectionString;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Migrations_are_applied_once_and_what_is_there_stays()
    {
        await using (var first = Database.Open(ConnectionString, TimeProvider.System)) await first.CommitAsync(Spent.Use("thing", "kept", 1));
        var before = Applied();
        Assert.NotEmpty(before);
        Assert.Equal(before.Order(StringComparer.Ordinal), before);

        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        Assert.Equal(before, Applied());
        Assert.Equal("kept", Query("SELECT id FROM spent").Single());
    }

    [Fact]
    public async Task Two_processes_that_open_a_new_database_at_once_migrate_it_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync())));
        Assert.Equal(Applied().Distinct(), Applied());
        Assert.NotEmpty(Applied());
    }

    [Fact]
    public async Task F15_a_migration_that_fails_in_the_middle_leaves_nothing_and_is_tried_again_whole()
    {
        // A table that the migration makes late is in its way.
        Execute("CREATE TABLE access_token (in_the_way TEXT)");
        Assert.ThrowsAny<DbException>(() => Database.Open(ConnectionString, TimeProvider.System));
        Assert.Equal(["access_token"], Query(TestPostgres.IsEngine
            ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            : "SELECT name FROM sqlite_master WHERE type = 'table'"));

        Execute("DROP TABLE access_token");
        await using var database = Database.Open(ConnectionString, TimeProvider.System);
        Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
    }

    [Fact]
    public async Task Lists_of_types_become_policies()
    {
        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        foreach (var table in (string[])["partner", "initial_access_token"]) Execute($"ALTER TABLE {table} ADD COLUMN optional_types TEXT NOT NULL DEFAULT '[]'");
        Execute("DELETE FROM migration WHERE name LIKE '0013%'");
        foreach (var (id, policy, optional) in new[] { ("a", """["membership"]""", "[]"), ("b", """["membership","residency"]""", """["reputation"]"""), ("c", """["residency"]""", """["membership","reputation"]""") })
        {
            Execute($"""
                INSERT INTO partner (client_id, name, redirect_uris, sector, policy, optional_types, authentication, id_token_algorithm, requires_pkce, wallet_response_mode, created_at)
                VALUES ('{id}', 'App', '[]', '', '{policy}', '{optional}', 'none', 'ES256', 1, 'direct_post', 1)
                """);
            Execute($"""
                INSERT INTO initial_access_token (id, token_digest, note, policy, optional_types, requires_pkce, wallet_response_mode, uses_left, created_at, expires_at)
                VALUES ('{id}', '{id}', '', '{policy}', '{optional}', 1, 'direct_post', 1, 1, 1)
                """);
        }

        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        string[] expected =
        [
            ProofPolicy.Of(["membership"]).Write(), ProofPolicy.Of(["membership", "residency"], ["reputation"]).Write().Replace("""{"type":"reputation","required":false}""", """{"required":false,"type":"reputation"}""", StringComparison.Ordinal),
            """{"version":1,"credentials":[{"type":"residency"},{"required":false,"type":"membership"},{"required":false,"type":"reputation"}]}""",
        ];
        Assert.Equal(expected, Query("SELECT policy FROM partner ORDER BY client_id"));
        Assert.Equal(expected, Query("SELECT policy FROM initial_access_token ORDER BY id"));
        Assert.All(expected, policy => ProofPolicy.Parse(System.Text.Encoding.UTF8.GetBytes(policy)).Check(CredentialType.LoadAll()));
    }

    [Theory]
    [Trait("Engine", "PostgreSQL")]
    [InlineData("CREATE TABLE nation", false)]
    [InlineData("CREATE TABLE log_head", false)]
    [InlineData("CREATE TABLE log_head", true)]
    public async Task F15_F6_a_start_that_loses_PostgreSQL_at_the_commit_of_a_migration_is_taken_up_by_the_next(string migration, bool isHeard)
    {
        var straight = TestPostgres.Shared.NewDatabase(isEmpty: true);
        using var road = new TcpProxy(TestPostgres.Shared.Port);
        road.CutCommitOf(migration, isHeard);
        Assert.ThrowsAny<Exception>(() => Database.Open(straight.Replace($"Port={TestPostgres.Shared.Port}", $"Port={road.Port}", StringComparison.Ordinal), TimeProvider.System));
        await using (var database = Database.Open(straight, TimeProvider.System)) Assert.Null(await database.CommitAsync(Spent.Use("thing", "a", 1)));
        await using (var connection = TestStore.Connect(straight))
        {
            Assert.Equal(
                typeof(Database).Assembly.GetManifestResourceNames().Count(name => name.StartsWith("Migrations/", StringComparison.Ordinal)),
                await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM migration"));
        }

        TestPostgres.Shared.Drop(straight);
    }

    [Fact]
    public async Task F15_a_kill_in_the_middle_of_a_migration_leaves_the_one_before_and_the_next_start_goes_on()
    {
        Execute("CREATE TABLE migration (name TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        _store.Stall("AFTER INSERT ON migration", "NEW.name LIKE '0005%'");
        var netid = new NetidProcess(_folder.Path, ("NETID__Storage__ConnectionString", ConnectionString), ("NETID__Keys__Secret", TestNation.Secret));
        string[] found = ["init", "--name", "Nation of Tests", "--issuer", "https://nation.example"];
        using (var process = netid.Start(found))
        {
            try
            {
                for (var i = 0; i < 600 && Applied().Count < 4; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
                await Task.Delay(300, TestContext.Current.CancellationToken);
                Assert.False(process.HasExited);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }

        if (TestPostgres.IsEngine) Query("SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.Equal(4, Applied().Count);
        _store.Mend("migration");
        Assert.Equal(0, (await netid.RunAsync(found)).ExitCode);
        Assert.Equal(Applied().Order(StringComparer.Ordinal), Applied());
        Assert.InRange(Applied().Count, 9, 99);
        Assert.Equal(0, (await netid.RunAsync("doctor")).ExitCode);
    }

    [Fact]
    public async Task F15_a_database_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        Execute("INSERT INTO migration (name, digest, applied_at) VALUES ('9999_tomorrow.sql', 'x', 1)");
        var failure = Assert.Throws<InvalidOperationException>(() => Database.Open(ConnectionString, TimeProvider.System));
        Assert.Contains("newer than this program", failure.Message);
        Assert.Contains("9999_tomorrow.sql", failure.Message);

        Execute("DELETE FROM migration WHERE name = '9999_tomorrow.sql'");
        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
    }

    [Fact]
    public async Task F15_a_migration_that_was_changed_after_it_was_applied_is_refused()
    {
        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        Execute("UPDATE migration SET digest = 'another' WHERE name = '0001_first_path.sql'");
        var failure = Assert.Throws<InvalidOperationException>(() => Database.Open(ConnectionString, TimeProvider.System));
        Assert.Contains("0001_first_path.sql differs", failure.Message);
    }

    [Fact]
    public async Task Every_column_is_of_a_type_that_PostgreSQL_has_too()
    {
        await Database.Open(ConnectionString, TimeProvider.System).DisposeAsync();
        var types = Query(TestPostgres.IsEngine
            ? "SELECT DISTINCT upper(data_type) FROM information_schema.columns WHERE table_schema = 'public'"
            : "SELECT DISTINCT c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'");
        Assert.Equal(["BIGINT", "BYTEA", "TEXT"], types.Order(StringComparer.Ordinal));
    }

    private List<string> Applied() => Query("SELECT name FROM migration ORDER BY applied_at, name");

    private List<string> Query(string sql)
    {
        using var connection = _store.Connect();
        return connection.Query<string>(sql).AsList();
    }

    private void Execute(string sql)
    {
        using var connection = _store.Connect();
        connection.Execute(sql);
    }
}
