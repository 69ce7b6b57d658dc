using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Sets credentials aside for a time, with every copy that came from the same offer. A suspension ends by itself; it never touches what is revoked.</summary>
public sealed class Suspensions(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>How long a suspension lasts at most, until the charter says it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Who is written into the journal where a suspension's time was over.</summary>
    public const string ByTime = "time";

    /// <summary>Suspends a credential and its copies.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="until">The first moment in which they are valid again.</param>
    /// <returns>The records that are suspended now, the named one first.</returns>
    /// <exception cref="Refusal">
    /// <c>unknown_credential</c>, <c>already_revoked</c>, <c>already_suspended</c>, <c>invalid_suspension</c>, <c>reason_missing</c>, <c>mandate_missing</c>.
    /// </exception>
    public Task<IReadOnlyList<Credentials.Row>> SuspendAsync(string credentialId, string reason, DateTimeOffset until)
    {
        var end = until.ToUnixTimeSeconds();
        if (end <= Now() || until > time.GetUtcNow() + Longest) throw NationRefusal.InvalidSuspension((int)Longest.TotalDays);
        return ActAsync("suspend", credentialId, reason, TokenStatus.Suspended, async (record, copies, sealedReason, now) =>
        {
            if (record.IsSuspended(now)) throw NationRefusal.AlreadySuspended();

            // One whose time is over is ended first, with its own leaf.
            if (record is { SuspendedUntil: not null, ResumedAt: null }) await EndAsync(record.OfferId, now);
            return [Offers.Suspend(record.OfferId, end), Credentials.SuspendOfOffer(record.OfferId, copies, sealedReason, end, now),
                Sessions.EndOfOffer(record.OfferId, Sessions.CredentialEnded, now)];
        });
    }

    /// <summary>Ends a suspension before its time.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <returns>The records that are valid again, the named one first.</returns>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>not_suspended</c>, <c>reason_missing</c>, <c>mandate_missing</c>.</exception>
    public Task<IReadOnlyList<Credentials.Row>> ResumeAsync(string credentialId, string reason) =>
        ActAsync("resume", credentialId, reason, TokenStatus.Valid, (record, copies, sealedReason, now) => record.IsSuspended(now)
            ? Task.FromResult<Statement[]>([Offers.Suspend(record.OfferId, null), Credentials.ResumeOfOffer(record.OfferId, copies, sealedReason, now)])
            : throw NationRefusal.NotSuspended());

    /// <summary>Ends the suspensions whose time is over. Any server may, as often as it likes.</summary>
    public async Task EndDueAsync()
    {
        var now = Now();
        foreach (var offer in await Credentials.OffersToResumeAsync(database, now)) await EndAsync(offer, now);
    }

    /// <summary>Why a credential was suspended last; null where it was not.</summary>
    public Task<string?> ReasonOfSuspensionAsync(Credentials.Row record) => Reasons.OpenAsync(database, keys, record, record.SuspendedReason, "suspend");

    /// <summary>Why its suspension was ended; null where it was not, or its time was over.</summary>
    public Task<string?> ReasonOfResumptionAsync(Credentials.Row record) => Reasons.OpenAsync(database, keys, record, record.ResumedReason, "resume");

    private async Task<IReadOnlyList<Credentials.Row>> ActAsync(
        string act, string credentialId, string reason, TokenStatus status,
        Func<Credentials.Row, int, byte[], long, Task<Statement[]>> changes)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw NationRefusal.ReasonMissing();
        var mandate = Mandate.For(keys.Nation, act);
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var record = await Credentials.FindAsync(database, credentialId) ?? throw NationRefusal.UnknownCredential();
            if (record.RevokedAt is not null) throw NationRefusal.AlreadyRevoked();
            var copies = await Credentials.OfOfferAsync(database, record.OfferId);
            var now = Now();
            var broken = await database.CommitAsync(
            [
                .. await changes(record, copies.Count, await Reasons.SealAsync(database, keys, record, reason, act), now),
                StatusLists.SetOfOffer(record.OfferId, (long)status),
                StatusLists.TouchOfOffer(record.OfferId),
                .. copies.Select(copy => Journal.Write(act, copy.Id, mandate.Actor, mandate.CharterVersion, now, copy.ToBeSignedDigest)),
            ]);
            if (broken is not null) continue;
            var changed = await Credentials.OfOfferAsync(database, record.OfferId);
            return [.. changed.OrderByDescending(row => row.Id == record.Id)];
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or copies were issued all the while");
    }

    private async Task EndAsync(string offerId, long now)
    {
        // Where it breaks, another server has done it, or an act came first.
        var copies = await Credentials.OfOfferAsync(database, offerId);
        await database.CommitAsync(
        [
            Offers.Suspend(offerId, null),
            Credentials.EndOfOffer(offerId, copies.Count, now),
            StatusLists.SetOfOffer(offerId, (long)TokenStatus.Valid),
            StatusLists.TouchOfOffer(offerId),
            .. copies.Select(copy => Journal.Write("resume", copy.Id, ByTime, null, now, copy.ToBeSignedDigest)),
        ]);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
