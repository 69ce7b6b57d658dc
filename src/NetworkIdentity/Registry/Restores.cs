using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>What makes a database that was put back to an earlier day safe: what was open then is closed, and nothing that was spent since can be spent again.</summary>
public static class Restores
{
    /// <summary>What a backup had open.</summary>
    /// <param name="Lists">Status lists that gave slots.</param>
    /// <param name="Offers">Offers that nobody had taken.</param>
    /// <param name="Grants">Sessions, authorization codes, access tokens and refresh tokens.</param>
    /// <param name="SignIns">Sign-ins.</param>
    public sealed record Open(long Lists, long Offers, long Grants, long SignIns);

    /// <summary>
    /// Versions of status lists go on from the second of the restore times this: no list has so many changes between two restores. So no version that was
    /// published since the backup comes again, and none that was published after another restore of it.
    /// </summary>
    internal const long VersionLeap = 1_000_000_000;

    /// <summary>What is open.</summary>
    public static Task<Open> OpenAsync(Database database, long now) => database.ReadAsync(connection => connection.QuerySingleAsync<Open>("""
        SELECT (SELECT count(*) FROM status_list WHERE closed_at IS NULL) AS lists,
            (SELECT count(*) FROM offer WHERE redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > @now) AS offers,
            (SELECT count(*) FROM session WHERE ended_at IS NULL) + (SELECT count(*) FROM authorization_code) + (SELECT count(*) FROM access_token)
                + (SELECT count(*) FROM refresh_token) AS grants,
            (SELECT count(*) FROM sign_in) AS sign_ins
        """, new { now }));

    /// <summary>Closes it all. A slot of a list that was open may have been given since, so none of these lists gives one again.</summary>
    /// <param name="epoch">What voids the nonces and codes of before.</param>
    /// <param name="now">Unix seconds.</param>
    public static IReadOnlyList<Statement> Close(string epoch, long now) =>
    [
        new("UPDATE nation SET epoch = @epoch", new { epoch }),

        // What they gave since the backup nobody knows: a slot that nobody is known to have reads as revoked from now on (I2).
        new("UPDATE status_list SET closed_at = @now, restored_at = @now WHERE closed_at IS NULL", new { now }),
        new(
            "UPDATE status_list SET version = CASE WHEN version < @from THEN @from ELSE (version / @leap + 1) * @leap END",
            new { from = now * VersionLeap, leap = VersionLeap }),
        new("UPDATE offer SET revoked_at = @now, expires_at = @now WHERE redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > @now", new { now }),

        // What was approved, taken back or done since the backup nobody knows: it is proposed anew.
        new("UPDATE decision SET state = 'lapsed', revision = revision + 1, ended_at = @now WHERE state = 'open'", new { now }),

        // Nor what was taken, objected to or decided of these: somebody else's wallet, a membership that was revoked since, or an appeal that was turned down would have its way.
        new("UPDATE recovery SET state = 'lapsed', revision = revision + 1, ended_at = @now WHERE ended_at IS NULL", new { now }),
        new("UPDATE membership_grant SET state = 'lapsed', revision = revision + 1, ended_at = @now WHERE ended_at IS NULL", new { now }),
        new("UPDATE appeal SET decide_until = @now + (decide_until - appealed_at) WHERE state = 'open'", new { now }),

        // What followed the last entry since the backup nobody knows: nothing is appended until somebody who looked says so.
        new("UPDATE did_entry SET restored_at = @now WHERE version = (SELECT max(version) FROM did_entry)", new { now }),
        new("DELETE FROM authorization_code", new { }),
        new("DELETE FROM access_token", new { }),
        new("DELETE FROM refresh_token", new { }),
        new("DELETE FROM deferral", new { }),
        new("DELETE FROM pushed_request", new { }),
        new("DELETE FROM initial_access_token", new { }),
        new("DELETE FROM session_credential", new { }),
        new("DELETE FROM session", new { }),
        new("DELETE FROM presentation_request", new { }),
        new("DELETE FROM personhood_request", new { }),
        new("DELETE FROM sign_in", new { }),
    ];

    /// <summary>The public log begins anew under another name: every leaf gets a place again.</summary>
    public static IReadOnlyList<Statement> BeginLogAnew(string generation) =>
    [
        new("UPDATE nation SET log_generation = @generation", new { generation }),
        new("UPDATE journal SET seq = NULL WHERE seq IS NOT NULL", new { }),
        new("DELETE FROM log_tile", new { }),
        new("DELETE FROM log_head", new { }),
    ];

    /// <summary>No account elsewhere is bound, and nothing says that one is: one that was unbound since the backup would be back, and may be another's by now. Who has one signs anew.</summary>
    public static IReadOnlyList<Statement> EndAccounts(long now) =>
    [
        new("DELETE FROM bound_account", new { }),
        new("UPDATE offer SET revoked_at = @now WHERE type = @type AND revoked_at IS NULL", new { now, type = CredentialType.Account }),
        new("UPDATE status_slot SET status = 1 WHERE credential_id IN (SELECT id FROM credential WHERE type = @type)", new { type = CredentialType.Account }),
        new("UPDATE credential SET revoked_at = @now WHERE type = @type AND revoked_at IS NULL", new { now, type = CredentialType.Account }),
    ];

    /// <summary>The log says that the founding phase has ended since the backup.</summary>
    public static Statement EndFounding() => new("UPDATE nation SET phase = 'governed'", new { });

    /// <summary>The log says that a recognition was ended since the backup.</summary>
    public static Statement EndRecognition(string id, long now) => Recognitions.End(id, now) with { Condition = null };

    /// <summary>A leaf that was published after the backup: its entry is known, and what it was about only where it stands open.</summary>
    public static Statement RecoverLeaf(string act, string? subject, byte[] entry, long seq, long now) => new(
        """
        INSERT INTO journal (id, at, act, subject, actor, entry, seq) VALUES (@id, @now, @act, @subject, 'unknown', @entry, @seq)
        """,
        new { id = RandomId.New(), now, act, subject = subject ?? "unknown", entry, seq });

    /// <summary>A slot that a published list says is revoked is so, though the record of its credential is not there.</summary>
    public static Statement RecoverSlot(string listId, long idx) => new(
        """
        INSERT INTO status_slot (list_id, idx, credential_id, status) VALUES (@listId, @idx, 'unknown', 1)
        ON CONFLICT (list_id, idx) DO UPDATE SET status = 1
        """,
        new { listId, idx });

    /// <summary>What was issued from an offer is revoked, every copy; where any of it was seen to be so.</summary>
    public static IReadOnlyList<Statement> RecoverRevocation(string offerId, long now) =>
    [
        new("UPDATE offer SET revoked_at = @now WHERE id = @offerId AND revoked_at IS NULL", new { offerId, now }),
        new("UPDATE credential SET revoked_at = @now WHERE offer_id = @offerId AND revoked_at IS NULL", new { offerId, now }),
        StatusLists.SetOfOffer(offerId, 1) with { Condition = null },
    ];

    /// <summary>
    /// A credential that a published list says is suspended is so, with every copy from its offer. Until when is not known any more: so for as long as one may
    /// be, or until somebody who knows resumes it.
    /// </summary>
    public static IReadOnlyList<Statement> RecoverSuspension(string offerId, long until, long now) =>
    [
        new("UPDATE offer SET suspended_until = @until WHERE id = @offerId AND revoked_at IS NULL", new { offerId, until }),
        new(
            """
            UPDATE credential SET suspended_at = @now, suspended_until = @until, suspended_reason = NULL, resumed_at = NULL, resumed_reason = NULL
            WHERE offer_id = @offerId AND revoked_at IS NULL
            """,
            new { offerId, until, now }),
        StatusLists.SetOfOffer(offerId, 2) with { Condition = null },
    ];
}
