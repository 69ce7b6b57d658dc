using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Records whose credentials were perhaps never handed to a wallet: the server ended between the commit and the answer, or the answer was lost on its way.</summary>
public static class Undelivered
{
    /// <summary>A record was made, in the same act.</summary>
    public static Statement Insert(string credentialId, long now) =>
        new("INSERT INTO undelivered (credential_id, recorded_at) VALUES (@credentialId, @now)", new { credentialId, now });

    /// <summary>Its credential was handed over.</summary>
    public static Statement Delete(string credentialId) => new("DELETE FROM undelivered WHERE credential_id = @credentialId", new { credentialId });

    /// <summary>A wallet says what became of what it was given under this handle: so it was handed over.</summary>
    public static Statement DeleteNotified(string notificationId) =>
        new("DELETE FROM undelivered WHERE credential_id IN (SELECT id FROM credential WHERE notification_id = @notificationId)", new { notificationId });

    /// <summary>Whether the credential was handed over means nothing any more: it is revoked, or has ended. Breaks with <c>done</c> where there is none such.</summary>
    public static Statement Settle(long now) => new(
        """
        DELETE FROM undelivered WHERE credential_id IN (
            SELECT u.credential_id FROM undelivered u JOIN credential c ON c.id = u.credential_id WHERE c.revoked_at IS NOT NULL OR c.expires_at <= @now)
        """,
        new { now },
        "done");

    /// <summary>The records from before a time that are in force and were perhaps never handed over, oldest first.</summary>
    /// <param name="database">The database.</param>
    /// <param name="before">Unix seconds: whoever was to take them can't ask again since.</param>
    public static async Task<IReadOnlyList<(string Id, string MemberId, long RecordedAt)>> OlderThanAsync(Database database, long before) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<(string, string, long)>("""
            SELECT c.id, c.member_id, u.recorded_at FROM undelivered u JOIN credential c ON c.id = u.credential_id
            WHERE u.recorded_at < @before AND c.revoked_at IS NULL ORDER BY u.recorded_at, c.id
            """, new { before })).AsList());
}
