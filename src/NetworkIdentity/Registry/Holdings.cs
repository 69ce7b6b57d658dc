using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>
/// All that is kept about a member, table by table, as their export has it. A table that names members by <c>member_id</c> stands here, or a test fails. Secrets, and what is made of
/// them, are left out: they open doors, and say nothing of anyone. So are proposals that too few approved. Other people are in it by their ids alone, and who decided about the member not at all.
/// </summary>
public static class Holdings
{
    /// <summary>What is kept in one place.</summary>
    /// <param name="Name">What the export calls it.</param>
    /// <param name="Table">The table.</param>
    /// <param name="Sql">Reads it, in order, for a member's <c>@id</c>.</param>
    public sealed record Part(string Name, string Table, string Sql);

    /// <summary>Each of them.</summary>
    public static IReadOnlyList<Part> All { get; } =
    [
        new("member", "member", "SELECT id, state, node_id, created_at, joined_at FROM member WHERE id = @id"),
        new("applications", "application", "SELECT id, node_id, content, charter_version, state, applied_at, open_until, ended_at, decision_id FROM application WHERE member_id = @id ORDER BY id"),
        new(
            "vouches_for_you", "vouch",
            """
            SELECT v.application_id, v.member_id AS voucher, v.statement, v.vouched_at, v.freed_at
            FROM vouch v JOIN application a ON a.id = v.application_id WHERE a.member_id = @id ORDER BY v.application_id, v.member_id
            """),
        new("vouches_by_you", "vouch", "SELECT application_id, vouched_at, freed_at FROM vouch WHERE member_id = @id ORDER BY application_id"),
        new("offers", "offer", "SELECT id, type, claims, decision_id, created_at, expires_at, redeemed_at, revoked_at, suspended_until FROM offer WHERE member_id = @id AND (redeemed_at IS NOT NULL OR revoked_at IS NOT NULL) ORDER BY id"),
        new(
            "credentials", "credential",
            """
            SELECT id, offer_id, type, format, list_id, idx, kid, holder_thumbprint, to_be_signed, to_be_signed_digest, disclosures, notification_id, notification_event, recorded_at, issued_at,
                expires_at, revoked_at, revoked_reason, suspended_at, suspended_until, suspended_reason, resumed_at, resumed_reason
            FROM credential WHERE member_id = @id ORDER BY id
            """),
        new(
            "sign_ins", "sign_in",
            "SELECT id, client_id, scope, stage, begun_on, credential_ids, claims, proven_at, proven_flow, created_at, expires_at FROM sign_in WHERE member_id = @id ORDER BY id"),
        new(
            "sessions", "session",
            """
            SELECT id, client_id, sign_in_id, credential_ids, proven_scope, claims, proven_at, proven_flow, browser_until, expires_at, ended_at, end_reason
            FROM session WHERE member_id = @id ORDER BY id
            """),
        new("mandates", "steward", "SELECT id, node_id, acts, until, created_at, ended_at FROM steward WHERE member_id = @id ORDER BY id"),
        new(
            "facts", "fact",
            """
            SELECT id, kind, node_id, from_day, until_day, amount, needed, corrects, annuls, content, digest, charter_version, created_at FROM fact WHERE member_id = @id ORDER BY id
            """),
        new(
            "attestations_of_you", "fact_witness",
            "SELECT w.fact_id, w.member_id AS witness, w.day FROM fact_witness w JOIN fact f ON f.id = w.fact_id WHERE f.member_id = @id ORDER BY w.fact_id, w.member_id"),
        new("attestations_by_you", "fact_witness", "SELECT fact_id, day, created_at FROM fact_witness WHERE member_id = @id ORDER BY fact_id"),
        new(
            "decisions_about_you", "decision",
            """
            SELECT id, act, subject, node_id, content, digest, charter_version, proposed_at, open_until, state, reached_at, due_at, ended_at
            FROM decision WHERE member_id = @id AND (state = 'done' OR reached_at IS NOT NULL) ORDER BY id
            """),
        new("proposals_by_you", "decision", "SELECT id, act, subject, charter_version, proposed_at, open_until, state, ended_at FROM decision WHERE proposed_by = @id ORDER BY id"),
        new("approvals_by_you", "approval", "SELECT decision_id, approved_at FROM approval WHERE member_id = @id ORDER BY decision_id"),
        new("contacts", "contact", "SELECT kind, address, verified_at, created_at FROM contact WHERE member_id = @id ORDER BY kind"),
        new("notices", "notice", "SELECT id, kind, about, due_at, created_at FROM notice WHERE member_id = @id ORDER BY due_at, id"),
        new("appeals", "appeal", "SELECT id, decision_id, node_id, words, digest, charter_version, appealed_at, decide_until, state, ended_at FROM appeal WHERE member_id = @id ORDER BY id"),
        new("grants", "membership_grant", "SELECT id, act, charter_version, granted_at, open_until, state, ended_at FROM membership_grant WHERE member_id = @id ORDER BY id"),
        new("mergers", "merged_member", "SELECT into_id, decision_id, merged_at FROM merged_member WHERE member_id = @id"),
        new(
            "personhood", "personhood", "SELECT p.application_id, p.proven_at FROM personhood p JOIN application a ON a.id = p.application_id WHERE a.member_id = @id ORDER BY p.application_id"),
        new("contact_lists", "recovery_list", "SELECT id, named_at, holds_from AS holds_at FROM recovery_list WHERE member_id = @id ORDER BY id"),
        new(
            "attesters_for_you", "recovery_contact",
            "SELECT c.list_id, c.contact_id AS contact, c.declined_at FROM recovery_contact c JOIN recovery_list l ON l.id = c.list_id WHERE l.member_id = @id ORDER BY c.list_id, c.contact_id"),
        new("attester_for", "recovery_contact", "SELECT list_id, declined_at FROM recovery_contact WHERE contact_id = @id ORDER BY list_id"),
        new("recoveries", "recovery", "SELECT id, charter_version, state, opened_at, open_until, ended_at, decision_id FROM recovery WHERE member_id = @id ORDER BY id"),
        new(
            "guardians_for_you", "guardianship",
            "SELECT id, guardian_id AS guardian, until, named_at, accepted_at, ended_at FROM guardianship WHERE member_id = @id ORDER BY id"),
        new("guardian_of", "guardianship", "SELECT id, until, named_at, accepted_at, ended_at FROM guardianship WHERE guardian_id = @id ORDER BY id"),
        new("accounts", "bound_account", "SELECT id, content, digest, bound_at FROM bound_account WHERE member_id = @id ORDER BY id"),
        new("departures", "departure", "SELECT id, left_at, open_until, erase_asked_at FROM departure WHERE member_id = @id ORDER BY left_at, id"),
    ];

    /// <summary>What is kept in one place about a member: rows, each by the names of its columns.</summary>
    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ReadAsync(Database database, Part part, string memberId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync(part.Sql, new { id = memberId })).Select(row => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>((IDictionary<string, object?>)row)).ToList());
}
