using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>What an operator wants to know of a database.</summary>
public static class DoctorQueries
{
    /// <summary>The migrations that were applied, in order.</summary>
    public static async Task<IReadOnlyList<string>> MigrationsAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT name FROM migration ORDER BY name")).AsList());

    /// <summary>The status lists that give slots, and how many each has given.</summary>
    public static async Task<IReadOnlyList<(string Id, long Size, long Taken)>> ListsAsync(Database database) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string, long, long)>("""
            SELECT l.id, l.size, (SELECT count(*) FROM status_slot s WHERE s.list_id = l.id) FROM status_list l WHERE l.closed_at IS NULL ORDER BY l.created_at, l.id
            """)).AsList());

    /// <summary>Since when the oldest row waits for its place in the log, in Unix seconds; null where none waits.</summary>
    public static Task<long?> WaitingSinceAsync(Database database) => database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long?>("SELECT min(at) FROM journal WHERE seq IS NULL"));
}
