using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using NetworkIdentity.Registry;
using Npgsql;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Members by the million, by SQL: each with an offer taken, a credential in a slot of a list, and leaves in the journal that have their places; one of a hundred is revoked.</summary>
internal static class Population
{
    /// <summary>A list is closed when about so many of its slots are given.</summary>
    private const int GivenOfList = 786_432;

    private const int Portion = 50_000;

    /// <summary>What every row is a copy of is a record that was issued; ids and digests are its own, and in no order.</summary>
    public static void Add(string connectionString, int members, Credentials.Row record, Action<string> say)
    {
        var isPostgres = Database.IsPostgres(connectionString);
        using DbConnection connection = isPostgres ? new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=600") : new SqliteConnection(connectionString + ";Pooling=False");
        connection.Open();
        if (connection is SqliteConnection sqlite)
        {
            sqlite.CreateFunction("md5", (string text) => Md5(text), isDeterministic: true);
            connection.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000");
        }

        connection.Execute("UPDATE status_list SET closed_at = 0 WHERE closed_at IS NULL");
        for (var list = 0; list <= (members - 1) / GivenOfList; list++)
        {
            connection.Execute(
                "INSERT INTO status_list (id, bits, size, version, created_at, closed_at) VALUES (substr(md5(@name), 1, 22), 2, 1048576, 1, @list, @closed)",
                new { name = $"list{list}", list = (long)list, closed = list < (members - 1) / GivenOfList ? 0 : (long?)null });
        }

        var seq = connection.ExecuteScalar<long>("SELECT coalesce(max(seq), -1) + 1 FROM journal");
        for (var from = 0; from < members; from += Portion)
        {
            using var transaction = connection.BeginTransaction();
            foreach (var sql in Tables)
            {
                connection.Execute(
                    $"WITH RECURSIVE n(i) AS (SELECT CAST(@from AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @until) {sql}",
                    new
                    {
                        from = (long)from,
                        until = (long)Math.Min(from + Portion, members),
                        seq,
                        given = (long)GivenOfList,
                        sealedKey = RandomNumberGenerator.GetBytes(60),
                        claims = RandomNumberGenerator.GetBytes(180),
                        code = RandomNumberGenerator.GetBytes(71),
                        record.ToBeSigned,
                        record.Disclosures,
                        record.Kid,
                        record.ExpiresAt,
                        at = record.RecordedAt,
                        salt = RandomNumberGenerator.GetBytes(32),
                    },
                    transaction);
            }

            transaction.Commit();
            if ((from / Portion) % 4 == 3) say($"{from + Portion:N0} members");
        }

        connection.Execute(isPostgres ? "VACUUM ANALYZE" : "PRAGMA journal_mode = WAL");
        if (isPostgres) connection.Execute("CHECKPOINT", commandType: System.Data.CommandType.Text);
    }

    /// <summary>Bytes of the database.</summary>
    public static long Size(string connectionString)
    {
        if (!Database.IsPostgres(connectionString)) return new FileInfo(new SqliteConnectionStringBuilder(connectionString).DataSource).Length;
        using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        return connection.ExecuteScalar<long>("SELECT pg_database_size(current_database())");
    }

    private static readonly string[] Tables =
    [
        "INSERT INTO member (id, state, data_key, created_at) SELECT substr(md5('m' || i), 1, 22), 'active', @sealedKey, @at FROM n",
        """
        INSERT INTO offer (id, member_id, type, claims, code, code_digest, tx_code_attempts, created_at, expires_at, redeemed_at, revoked_at)
        SELECT substr(md5('o' || i), 1, 22), substr(md5('m' || i), 1, 22), 'membership', @claims, @code, substr(md5('d' || i) || md5('e' || i), 1, 43), 0, @at, @at + 600, @at,
            CASE WHEN i % 100 = 0 THEN @at END
        FROM n
        """,
        """
        INSERT INTO status_slot (list_id, idx, credential_id, status)
        SELECT substr(md5('list' || i / @given), 1, 22), (i * 421457) % 1048576, substr(md5('c' || i), 1, 22), CASE WHEN i % 100 = 0 THEN 1 ELSE 0 END FROM n
        """,
        """
        INSERT INTO credential (id, member_id, offer_id, ordinal, type, format, list_id, idx, kid, holder_thumbprint, to_be_signed, to_be_signed_digest, disclosures, notification_id,
            recorded_at, issued_at, expires_at, revoked_at)
        SELECT substr(md5('c' || i), 1, 22), substr(md5('m' || i), 1, 22), substr(md5('o' || i), 1, 22), 0, 'membership', 'dc+sd-jwt', substr(md5('list' || i / @given), 1, 22),
            (i * 421457) % 1048576, @Kid, substr(md5('t' || i) || md5('u' || i), 1, 43), @ToBeSigned, substr(md5('s' || i) || md5('v' || i), 1, 43), @Disclosures,
            substr(md5('n' || i), 1, 22), @at, @at, @ExpiresAt, CASE WHEN i % 100 = 0 THEN @at END
        FROM n
        """,
        """
        INSERT INTO journal (id, at, act, subject, actor, charter_version, detail, salt, seq)
        SELECT substr(md5('j' || i), 1, 22), @at, 'offer', substr(md5('o' || i), 1, 22), 'founder', 'founding-1', NULL, @salt, @seq + i * 2 FROM n
        """,
        """
        INSERT INTO journal (id, at, act, subject, actor, charter_version, detail, salt, seq)
        SELECT substr(md5('k' || i), 1, 22), @at, 'issue', substr(md5('c' || i), 1, 22), 'founder', 'founding-1', substr(md5('s' || i) || md5('v' || i), 1, 43), @salt, @seq + i * 2 + 1
        FROM n
        """,
    ];

#pragma warning disable CA5351 // Ids that look random, of the function that both engines have.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
