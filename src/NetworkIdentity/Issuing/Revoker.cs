using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Revokes credentials: the record, its slot and the journal in one transaction. Nothing takes it back.</summary>
public sealed class Revoker(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Revokes one credential.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read.</param>
    /// <returns>The record as it stands after.</returns>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>reason_missing</c>, <c>mandate_missing</c>.</exception>
    public async Task<Credentials.Row> RevokeAsync(string credentialId, string reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw new Refusal("reason_missing", "a revocation needs a reason");
        var mandate = Mandate.For(keys.Nation, "revoke");
        var record = await Credentials.FindAsync(database, credentialId) ?? throw new Refusal("unknown_credential", "there is no credential of that id");

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
            Credentials.Revoke(record.Id, reason, now),
            StatusLists.Set(record.ListId, record.Idx, (long)TokenStatus.Invalid),
            StatusLists.Touch(record.ListId),
            Journal.Write("revoke", record.Id, mandate.Actor, reason, now));
        if (broken is not null) throw new Refusal("already_revoked", "the credential was revoked before");
        return record with { RevokedAt = now, RevokedReason = reason };
    }
}
