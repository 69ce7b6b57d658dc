using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Where the records and the journal contradict each other: each names the ids of the rows that do. All are empty in a database that nobody altered.</summary>
public static class AuditQueries
{
    /// <summary>A suspension lasts until its slot is set back, which its time alone does not do.</summary>
    private const string Suspended = "c.suspended_until IS NOT NULL AND c.resumed_at IS NULL";

    /// <summary>Records that no leaf speaks of, or whose bytes are not those that it speaks of.</summary>
    public static Task<IReadOnlyList<string>> IssuedWithoutLeafAsync(Database database) => IdsAsync(database, """
        SELECT c.id FROM credential c WHERE NOT EXISTS (
            SELECT 1 FROM journal j
            WHERE j.subject = c.id AND j.act = 'issue' AND (j.detail = c.to_be_signed_digest OR (j.detail IS NULL AND j.salt IS NULL)))
        """);

    /// <summary>Leaves of an issue whose record is gone.</summary>
    public static Task<IReadOnlyList<string>> LeavesWithoutRecordAsync(Database database) => IdsAsync(database, """
        SELECT j.subject FROM journal j
        WHERE j.act = 'issue' AND j.entry IS NULL AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = j.subject)
        """);

    /// <summary>Records that are revoked and no leaf says so, or that a leaf says are revoked and are not.</summary>
    public static Task<IReadOnlyList<string>> RevocationsThatDifferAsync(Database database) => IdsAsync(database, """
        SELECT c.id FROM credential c
        WHERE (c.revoked_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = c.id AND j.act = 'revoke'))
            OR (c.revoked_at IS NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.subject = c.id AND j.act = 'revoke'))
        """);

    /// <summary>Records that are suspended more or less often than the leaves say.</summary>
    public static Task<IReadOnlyList<string>> SuspensionsThatDifferAsync(Database database) => IdsAsync(database, $"""
        SELECT c.id FROM credential c
        WHERE (SELECT count(*) FROM journal j WHERE j.subject = c.id AND j.act = 'suspend')
            <> (SELECT count(*) FROM journal j WHERE j.subject = c.id AND j.act = 'resume') + CASE WHEN {Suspended} THEN 1 ELSE 0 END
        """);

    /// <summary>Records whose status slot is another's, is missing, or says another status.</summary>
    public static Task<IReadOnlyList<string>> SlotsThatDifferAsync(Database database) => IdsAsync(database, $"""
        SELECT c.id FROM credential c LEFT JOIN status_slot s ON s.list_id = c.list_id AND s.idx = c.idx
        WHERE s.credential_id IS NULL OR s.credential_id <> c.id
            OR s.status <> CASE WHEN c.revoked_at IS NOT NULL THEN 1 WHEN {Suspended} THEN 2 ELSE 0 END
        """);

    /// <summary>Lists that were published and no leaf says so, or of another token.</summary>
    public static Task<IReadOnlyList<string>> PublishedWithoutLeafAsync(Database database) => IdsAsync(database, """
        SELECT p.list_id FROM status_publication p WHERE NOT EXISTS (
            SELECT 1 FROM journal j
            WHERE j.subject = p.list_id AND j.act = 'publish-list' AND j.detail = p.format || ' ' || p.version || ' ' || p.token_digest)
        """);

    /// <summary>Keys that no leaf speaks of.</summary>
    public static Task<IReadOnlyList<string>> KeysWithoutLeafAsync(Database database) => IdsAsync(database, """
        SELECT k.kid FROM signing_key k WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = k.kid AND j.act = 'make-key')
        """);

    private static async Task<IReadOnlyList<string>> IdsAsync(Database database, string sql) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>(sql + " LIMIT 100")).AsList());
}
