using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Where what the nation decided and the journal contradict each other: as <see cref="AuditQueries"/>, of approvals, decisions, mandates, the charter and the founding phase.</summary>
public static class GovernanceAudit
{
    /// <summary>A leaf that speaks of what was approved, or of what was taken back, by one person of one decision.</summary>
    private const string Given = "j.act IN ('propose', 'approve') AND j.entry IS NULL";

    /// <summary>What only a decision does, once the founding phase is over.</summary>
    private const string Decided = "j.act IN ('admit', 'refuse', 'appoint', 'dismiss', 'change_charter', 'add-node', 'merge', 'rebind', 'rotate_keys', 'grant', 'name_guardian', 'end_guardian', 'recognise', 'end_recognition')";

    /// <summary>What a decision's leaves say of itself, and not of what it does.</summary>
    private const string OfItself = "'put', 'decide', 'undecide', 'lapse'";

    private static readonly (string What, string Sql)[] Queries =
    [
        ("an approval that no leaf speaks of, or that was taken back", """
            SELECT a.decision_id FROM approval a
            WHERE (SELECT count(*) FROM journal j WHERE j.subject = a.decision_id AND j.actor = a.member_id AND j.act IN ('propose', 'approve'))
                <> (SELECT count(*) FROM journal j WHERE j.subject = a.decision_id AND j.actor = a.member_id AND j.act = 'take-back') + 1
            """),
        ("a leaf speaks of an approval, and it is gone", $"""
            SELECT j.subject FROM journal j
            WHERE {Given} AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.decision_id = j.subject AND a.member_id = j.actor)
            GROUP BY j.subject, j.actor
            HAVING count(*) > (SELECT count(*) FROM journal t WHERE t.act = 'take-back' AND t.subject = j.subject AND t.actor = j.actor)
            """),
        ("no leaf speaks of the decision, or of other words", """
            SELECT d.id FROM decision d
            WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = d.id AND j.act IN ('propose', 'put') AND j.detail = d.digest)
                OR EXISTS (SELECT 1 FROM journal j WHERE j.subject = d.id AND j.act IN ('propose', 'put', 'approve', 'take-back') AND j.detail <> d.digest)
            """),
        ("decision and leaves differ on whether it was carried out", $"""
            SELECT d.id FROM decision d
            WHERE (CASE WHEN d.state = 'done' THEN 1 ELSE 0 END)
                <> (CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.actor = d.id AND j.act NOT IN ({OfItself})) THEN 1 ELSE 0 END)
            """),
        ("a leaf of what only a decision does, and none was carried out", $"""
            SELECT j.subject FROM journal j JOIN journal e ON e.act = 'end-founding'
            WHERE {Decided} AND j.entry IS NULL AND j.at > e.at AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.id = j.actor AND d.state = 'done')
                AND NOT EXISTS (SELECT 1 FROM appeal p WHERE p.id = j.actor AND p.state = 'fallen')
            """),
        ("a leaf of the founder's word, after the founding phase", """
            SELECT j.subject FROM journal j JOIN journal e ON e.act = 'end-founding' WHERE j.actor = 'founder' AND j.entry IS NULL AND j.at > e.at
            """),
        ("a leaf says that the founding phase is over", """
            SELECT n.id FROM nation n WHERE n.phase = 'founding' AND EXISTS (SELECT 1 FROM journal j WHERE j.act = 'end-founding')
            """),
        ("no leaf speaks of the charter, or of other words", """
            SELECT c.version FROM charter c
            WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = c.version AND j.act = 'change_charter' AND (j.detail = c.digest OR j.entry IS NOT NULL))
            """),
        ("another charter is in force than the last that a leaf speaks of", """
            SELECT n.charter_version FROM nation n
            WHERE n.charter_version <> COALESCE((SELECT j.subject FROM journal j WHERE j.act = 'change_charter' AND j.entry IS NULL ORDER BY j.id DESC LIMIT 1), n.charter_version)
            """),
        ("no leaf speaks of the recognition, or of other words", """
            SELECT r.id FROM recognition r
            WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = r.id AND j.act = 'recognise' AND j.detail = r.digest)
            """),
        ("recognition and leaves differ on whether it has ended", """
            SELECT r.id FROM recognition r
            WHERE (CASE WHEN r.ended_at IS NULL THEN 0 ELSE 1 END) <> (SELECT count(*) FROM journal j WHERE j.subject = r.id AND j.act = 'end_recognition')
            """),
        ("no leaf speaks of the mandate", """
            SELECT s.id FROM steward s
            WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = s.id AND j.act = 'appoint')
            """),
        ("a leaf says that the mandate has ended", """
            SELECT s.id FROM steward s WHERE s.ended_at IS NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.subject = s.id AND j.act = 'dismiss')
            """),
        ("no leaf speaks of the bound account, or of other words", """
            SELECT b.id FROM bound_account b
            WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = b.id AND j.act = 'bind-account' AND j.actor = b.member_id AND j.detail = b.digest)
            """),
        ("a leaf says that the account was unbound", """
            SELECT b.id FROM bound_account b WHERE EXISTS (SELECT 1 FROM journal j WHERE j.subject = b.id AND j.act = 'unbind-account')
            """),
    ];

    /// <summary>What contradicts: in words, with the ids. Empty in a database that nobody altered.</summary>
    public static async Task<IReadOnlyList<(string What, IReadOnlyList<string> Ids)>> RunAsync(Database database)
    {
        List<(string, IReadOnlyList<string>)> found = [];
        foreach (var (what, sql) in Queries)
        {
            var ids = await database.ReadAsync(async connection => (await connection.QueryAsync<string>(sql + " LIMIT 100")).AsList());
            if (ids.Count > 0) found.Add((what, ids));
        }

        return found;
    }
}
