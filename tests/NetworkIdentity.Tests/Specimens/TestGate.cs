using System.Data.Common;
using Dapper;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>
/// Stops a transaction in its middle, behind a write of a kind, so that another meets it there: two acts that race, on PostgreSQL. On SQLite there is one writer and no such moment: what is
/// stopped here is waited for there.
/// </summary>
internal sealed class TestGate : IAsyncDisposable
{
    private const long Key = 20_261_122;

    private readonly DbConnection _connection;
    private readonly bool _isPostgres;

    private TestGate(DbConnection connection, bool isPostgres) => (_connection, _isPostgres) = (connection, isPostgres);

    /// <summary>Closes it behind every such write, for example <c>AFTER INSERT ON offer</c>.</summary>
    public static TestGate Behind(TestStore store, string when)
    {
        var (connection, isPostgres) = (store.Connect(), Database.IsPostgres(store.ConnectionString));
        if (isPostgres)
        {
            connection.Execute($"""
                SELECT pg_advisory_lock({Key});
                CREATE FUNCTION gated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock({Key}); RETURN NULL; END $$;
                CREATE TRIGGER gated {when} FOR EACH ROW EXECUTE FUNCTION gated()
                """);
        }

        return new(connection, isPostgres);
    }

    /// <summary>Waits until so many acts stand still, at the gate or behind who stands there, or this one is over.</summary>
    public async Task StandsAsync(int count, Task act)
    {
        while (!act.IsCompleted)
        {
            if (!_isPostgres) await act.WaitAsync(TimeSpan.FromSeconds(30));
            else if (await _connection.ExecuteScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") >= count) return;
            else await Task.Delay(5);
        }
    }

    /// <summary>Opens it.</summary>
    public async Task OpenAsync()
    {
        if (_isPostgres) await _connection.ExecuteAsync($"SELECT pg_advisory_unlock({Key})");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
