using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>The tiles of the public log's tree: a row for each level and index, which grows to the right.</summary>
public static class LogTiles
{
    /// <summary>Keeps a tile as it is now.</summary>
    public static Statement Put(long level, long idx, byte[] hashes) => new("""
        INSERT INTO log_tile (level, idx, hashes) VALUES (@level, @idx, @hashes)
        ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes
        """, new { level, idx, hashes });

    /// <summary>The hashes of a tile; null where there is none.</summary>
    public static Task<byte[]?> FindAsync(Database database, long level, long idx) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<byte[]?>("SELECT hashes FROM log_tile WHERE level = @level AND idx = @idx", new { level, idx }));
}
