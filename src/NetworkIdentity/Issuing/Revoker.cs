using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Revokes credentials: the records, their slots and the journal in one transaction. Nothing takes it back.</summary>
public sealed class Revoker(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Revokes a credential, and with it every copy that its wallet took from the same offer: they say the same of the same person.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <returns>The records that are revoked now, the named one first.</returns>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>reason_missing</c>, <c>mandate_missing</c>.</exception>
    public async Task<IReadOnlyList<Credentials.Row>> RevokeAsync(string credentialId, string reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw NationRefusal.ReasonMissing();
        var mandate = Mandate.For(keys.Nation, "revoke");
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var record = await Credentials.FindAsync(database, credentialId) ?? throw NationRefusal.UnknownCredential();
            if (record.RevokedAt is not null) throw NationRefusal.AlreadyRevoked();
            var sealedReason = await Reasons.SealAsync(database, keys, record, reason, "revoke");
            var copies = await Credentials.OfOfferAsync(database, record.OfferId);

            // The offer is closed in the same act, and its token ended: no fresh copy can follow. Where one came meanwhile, all is looked at again.
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var broken = await database.CommitAsync(
            [
                Offers.Revoke(record.OfferId, now),
                Credentials.RevokeOfOffer(record.OfferId, copies.Count, sealedReason, now),
                StatusLists.SetOfOffer(record.OfferId, (long)TokenStatus.Invalid),
                StatusLists.TouchOfOffer(record.OfferId),
                AccessTokens.RevokeOf(AccessTokens.ForCredential, record.OfferId, now),
                Sessions.EndOfOffer(record.OfferId, Sessions.CredentialEnded, now),
                .. copies.Select(copy => Journal.Write("revoke", copy.Id, mandate.Actor, mandate.CharterVersion, now, copy.ToBeSignedDigest)),
            ]);
            if (broken is not null) continue;
            var revoked = await Credentials.OfOfferAsync(database, record.OfferId);
            return [.. revoked.OrderByDescending(row => row.Id == record.Id)];
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or copies were issued all the while");
    }

    /// <summary>Why a credential was revoked; null where it was not.</summary>
    public Task<string?> ReasonOfAsync(Credentials.Row record) => Reasons.OpenAsync(database, keys, record, record.RevokedReason, "revoke");
}
