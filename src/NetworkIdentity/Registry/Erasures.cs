namespace NetworkIdentity.Registry;

/// <summary>What is taken out of the tables when a member is erased: the key to what is sealed, and what stands about them in the clear.</summary>
public static class Erasures
{
    /// <summary>The tables in which something is overwritten or deleted.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        "member", "offer", "credential", "sign_in", "presentation_request", "authorization_code",
        "access_token", "refresh_token", "deferral", "session", "undelivered", "fact", "contact", "notice", "notice_delivery", "personhood", "personhood_request",
        "recovery_list", "recovery_contact", "recovery", "departure", "bound_account",
    ];

    /// <summary>
    /// Erases. The records stay, with their slots, digests and times: they are what the log speaks of. Breaks with <c>moved</c> where the member has other
    /// credentials than were known, with <c>erased</c> where they were erased before.
    /// </summary>
    /// <param name="id">The member.</param>
    /// <param name="records">How many records they have.</param>
    /// <param name="inForce">How many of these are not revoked, without exit certificates, which stay in force.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="isRevoked">Whether they were revoked: then the mark stays by which they would be known if they asked to join as somebody new.</param>
    public static IReadOnlyList<Statement> Of(string id, long records, long inForce, long now, bool isRevoked = false)
    {
        // The offers first: whoever issues from one waits, and is refused then.
        var none = Array.Empty<byte>();
        List<Statement> act =
        [
            Members.Hold(id),
            new(
                """
                UPDATE offer SET claims = @none, revoked_at = COALESCE(revoked_at, @now), expires_at = CASE WHEN expires_at > @now THEN @now ELSE expires_at END
                WHERE member_id = @id
                """,
                new { id, none, now }),
        ];
        if (inForce > 0) act.Add(new("UPDATE credential SET revoked_at = @now WHERE member_id = @id AND revoked_at IS NULL AND type <> 'exit'", new { id, now }, "moved", inForce));
        if (records > 0)
        {
            act.Add(new(
                """
                UPDATE credential SET to_be_signed = @none, disclosures = @none, holder_thumbprint = id, revoked_reason = NULL, suspended_reason = NULL, resumed_reason = NULL
                WHERE member_id = @id
                """,
                new { id, none },
                "moved",
                records));
        }

        act.AddRange(
        [
            new("UPDATE status_slot SET status = 1 WHERE credential_id IN (SELECT id FROM credential WHERE member_id = @id AND revoked_at IS NOT NULL)", new { id }),
            new("UPDATE status_list SET version = version + 1 WHERE id IN (SELECT list_id FROM credential WHERE member_id = @id)", new { id }),
            new("DELETE FROM undelivered WHERE credential_id IN (SELECT id FROM credential WHERE member_id = @id)", new { id }),
            new("DELETE FROM access_token WHERE subject_id IN (SELECT id FROM offer WHERE member_id = @id)", new { id }),
            new("DELETE FROM refresh_token WHERE session_id IN (SELECT id FROM offer WHERE member_id = @id)", new { id }),
            new("DELETE FROM deferral WHERE offer_id IN (SELECT id FROM offer WHERE member_id = @id)", new { id }),
            new("DELETE FROM access_token WHERE subject_id IN (SELECT id FROM session WHERE member_id = @id)", new { id }),
            new("DELETE FROM refresh_token WHERE session_id IN (SELECT id FROM session WHERE member_id = @id)", new { id }),
            new("DELETE FROM authorization_code WHERE session_id IN (SELECT id FROM session WHERE member_id = @id)", new { id }),

            // What a client is still to be told is its own: the session's id, and a subject that is made again from the member's.
            Sessions.EndOfMember(id, null, Sessions.CredentialEnded, now),
            new("UPDATE session SET claims = @none, browser_digest = '' WHERE member_id = @id", new { id, none }),
            new("DELETE FROM presentation_request WHERE sign_in_id IN (SELECT id FROM sign_in WHERE member_id = @id)", new { id }),
            new("DELETE FROM sign_in WHERE member_id = @id", new { id }),

            // That something happened stays, on its days: what others can show rests on it. What it was, and where, goes.
            new("UPDATE fact SET content = @none, node_id = NULL WHERE member_id = @id", new { id, none }),
            Contacts.Delete(id),
            .. RecoveryContacts.DeleteFrom(id, -1),
            new("DELETE FROM recovery_contact WHERE contact_id = @id", new { id }),
            Recoveries.EndOfMember(id, now),
            BoundAccounts.DeleteOf(id),
            .. Notices.DeleteOf(id),
            .. Personhoods.FreeOfMember(id, isRevoked),

            // Their link opens nothing any more.
            new("UPDATE departure SET secret_digest = id WHERE member_id = @id", new { id }),

            // Until when the mandate was given is what its leaf says: it ends before its day, and stays what it was.
            Stewards.EndOfMember(id, now),
            new("UPDATE member SET state = 'erased', data_key = @none, node_id = NULL WHERE id = @id AND state <> 'erased'", new { id, none }, "erased"),
        ]);
        return act;
    }
}
