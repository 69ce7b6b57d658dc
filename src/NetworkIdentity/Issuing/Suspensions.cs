using NetworkIdentity.Governing;
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

    /// <summary>The act that ends a suspension.</summary>
    public const string Resume = "resume";

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
        if (until <= time.GetUtcNow() || until > time.GetUtcNow() + Longest) throw NationRefusal.InvalidSuspension((int)Longest.TotalDays);
        return ActAsync(Act.Suspend, credentialId, reason, async (record, mandate) =>
        {
            if (record.IsSuspended(Now())) throw NationRefusal.AlreadySuspended();
            List<Statement> act = [.. await SuspendedAsync(record.MemberId, record.OfferId, reason, until, mandate)];
            foreach (var follower in await FollowersAsync(record)) act.AddRange(await SuspendedAsync(record.MemberId, follower.OfferId, reason, until, mandate));
            return act;
        });
    }

    /// <summary>Ends a suspension before its time.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <returns>The records that are valid again, the named one first.</returns>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>not_suspended</c>, <c>reason_missing</c>, <c>mandate_missing</c>.</exception>
    public Task<IReadOnlyList<Credentials.Row>> ResumeAsync(string credentialId, string reason) => ActAsync(Resume, credentialId, reason, async (record, mandate) =>
    {
        if (!record.IsSuspended(Now())) throw NationRefusal.NotSuspended();
        List<Statement> act = [.. await ResumedAsync(record, reason, mandate)];
        foreach (var follower in await FollowersAsync(record)) act.AddRange(await ResumedAsync(follower, reason, mandate));
        return act;
    });

    /// <summary>
    /// Suspends all that a member holds. What is suspended already is until the later of both days; what was offered and not taken gives nothing any more.
    /// </summary>
    /// <param name="memberId">The member.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="until">The first moment in which it is valid again.</param>
    /// <param name="mandate">The decision.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public async Task SuspendMemberAsync(string memberId, string reason, DateTimeOffset until, Mandate mandate, params Statement[] alsoInTheAct)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var now = Now();
            var standing = await Offers.StandingAsync(database, memberId);
            var held = (await Credentials.ListAsync(database, memberId)).Where(row => row.RevokedAt is null).GroupBy(row => row.OfferId).ToList();
            List<Statement> act = [.. mandate.Conditions, Members.Hold(memberId)];
            foreach (var offer in held)
            {
                var before = offer.First().IsSuspended(now) ? offer.First().SuspendedUntil : null;
                if (before is not null) act.AddRange(await ResumedAsync(offer.First(), reason, mandate, standing.Contains(offer.Key)));
                var end = before > until.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(before.Value) : until;
                act.AddRange(await SuspendedAsync(memberId, offer.Key, reason, end, mandate, standing.Contains(offer.Key)));
            }

            // Where one of these is taken meanwhile, the act breaks.
            foreach (var offer in standing.Except(held.Select(one => one.Key))) act.AddRange([Offers.Revoke(offer, now), Credentials.RevokeOfOffer(offer, 0, [], now)]);
            var broken = await database.CommitAsync([.. act, Offers.NoneGives(memberId), MembershipGrants.TouchOfMember(memberId), .. alsoInTheAct]);
            mandate.Check(broken);
            if (broken is null) return;
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or something was offered or issued all the while");
    }

    /// <summary>Lifts what a member's suspension set aside; or shortens it, where another lasts that was decided beside it.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="until">Reads the first moment in which it is valid again, where another suspension lasts; null where none does. What was suspended since then stays so.</param>
    /// <param name="mandate">The decision.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public async Task LiftMemberAsync(string memberId, string reason, Func<Task<DateTimeOffset?>> until, Mandate mandate, params Statement[] alsoInTheAct)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            // What is suspended is read before what suspends it: where another suspension comes between, the one or the other says so.
            var now = Now();
            var standing = await Offers.StandingAsync(database, memberId);
            var suspended = (await Credentials.ListAsync(database, memberId)).Where(row => row.RevokedAt is null && row.IsSuspended(now)).GroupBy(row => row.OfferId).ToList();
            var end = await until();
            List<Statement> act = [.. mandate.Conditions];
            foreach (var offer in suspended)
            {
                // What the founder suspended no decision did.
                if (end?.ToUnixTimeSeconds() >= offer.First().SuspendedUntil || await SuspendedByAsync(offer.First()) == Mandate.Founder) continue;
                act.AddRange(await ResumedAsync(offer.First(), reason, mandate, standing.Contains(offer.Key)));
                if (end > time.GetUtcNow()) act.AddRange(await SuspendedAsync(memberId, offer.Key, reason, end.Value, mandate, standing.Contains(offer.Key)));
            }

            var broken = await database.CommitAsync([.. act, .. alsoInTheAct]);
            mandate.Check(broken);
            if (broken is null) return;
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or copies were issued all the while");
    }

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
        string act, string credentialId, string reason, Func<Credentials.Row, Mandate, Task<IReadOnlyList<Statement>>> changes)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw NationRefusal.ReasonMissing();
        var mandate = await Mandate.OfFounderAsync(database, act);
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var record = await Credentials.FindAsync(database, credentialId) ?? throw NationRefusal.UnknownCredential();
            if (record.RevokedAt is not null) throw NationRefusal.AlreadyRevoked();
            var broken = await database.CommitAsync([.. mandate.Conditions, .. await changes(record, mandate)]);
            mandate.Check(broken);
            if (broken is not null) continue;
            var changed = await Credentials.OfOfferAsync(database, record.OfferId);
            return [.. changed.OrderByDescending(row => row.Id == record.Id)];
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or copies were issued all the while");
    }

    /// <summary>Of a membership, the cards that say that they belong, and are suspended as it is: until the same moment, or not.</summary>
    private async Task<IEnumerable<Credentials.Row>> FollowersAsync(Credentials.Row record) => record.Type != CredentialType.Membership ? []
        : (await Credentials.ListAsync(database, record.MemberId)).Where(row => CredentialType.Following.Contains(row.Type) && row.RevokedAt is null
            && row.IsSuspended(Now()) == record.IsSuspended(Now()) && (!row.IsSuspended(Now()) || row.SuspendedUntil == record.SuspendedUntil));

    /// <summary>What suspends everything of an offer.</summary>
    private async Task<IReadOnlyList<Statement>> SuspendedAsync(string memberId, string offerId, string reason, DateTimeOffset until, Mandate mandate, bool isOpen = true)
    {
        var (now, end) = (Now(), until.ToUnixTimeSeconds());
        var copies = await Credentials.OfOfferAsync(database, offerId);

        // One whose time is over is ended first, with its own leaf.
        if (copies is [{ SuspendedUntil: { } before, ResumedAt: null }, ..] && before <= now) await EndAsync(offerId, now);
        return
        [
            .. isOpen ? (Statement[])[Offers.Suspend(offerId, end)] : [],
            Credentials.SuspendOfOffer(offerId, copies.Count, await Reasons.SealAsync(database, keys, memberId, offerId, reason, Act.Suspend), end, now),
            Sessions.EndOfOffer(offerId, Sessions.CredentialEnded, now),
            .. Listed(offerId, TokenStatus.Suspended, Act.Suspend, copies, mandate, now),
        ];
    }

    /// <summary>What ends the suspension of everything of an offer, as it was read of one of it.</summary>
    private async Task<IReadOnlyList<Statement>> ResumedAsync(Credentials.Row read, string reason, Mandate mandate, bool isOpen = true)
    {
        var (now, offerId) = (Now(), read.OfferId);
        var copies = await Credentials.OfOfferAsync(database, offerId);
        return
        [
            .. isOpen ? (Statement[])[Offers.Suspend(offerId, null)] : [],
            Credentials.ResumeOfOffer(offerId, copies.Count, read.SuspendedReason, await Reasons.SealAsync(database, keys, read.MemberId, offerId, reason, Resume), now),
            .. Listed(offerId, TokenStatus.Valid, Resume, copies, mandate, now),
        ];
    }

    /// <summary>Whose act suspended it last.</summary>
    private async Task<string?> SuspendedByAsync(Credentials.Row record) => (await Journal.OfAsync(database, record.Id)).LastOrDefault(row => row.Act == Act.Suspend)?.Actor;

    private static IEnumerable<Statement> Listed(string offerId, TokenStatus status, string act, IReadOnlyList<Credentials.Row> copies, Mandate mandate, long now) =>
    [
        StatusLists.SetOfOffer(offerId, (long)status),
        StatusLists.TouchOfOffer(offerId),
        .. copies.Select(copy => mandate.Write(copy.Id, now, copy.ToBeSignedDigest, act)),
    ];

    private async Task EndAsync(string offerId, long now)
    {
        // Where it breaks, another server has done it, or an act came first.
        var copies = await Credentials.OfOfferAsync(database, offerId);
        var isOpen = copies is [{ MemberId: var member }, ..] && (await Offers.StandingAsync(database, member)).Contains(offerId);
        await database.CommitAsync(
        [
            .. isOpen ? (Statement[])[Offers.Suspend(offerId, null)] : [],
            Credentials.EndOfOffer(offerId, copies.Count, now),
            StatusLists.SetOfOffer(offerId, (long)TokenStatus.Valid),
            StatusLists.TouchOfOffer(offerId),
            .. copies.Select(copy => Journal.Write(Resume, copy.Id, ByTime, null, now, copy.ToBeSignedDigest)),

            // Of all that they hold, by its membership.
            .. copies is [{ Type: CredentialType.Membership, MemberId: var told }, ..] ? Notice.To(told, NoticeKind.SuspensionEnded, offerId, time.GetUtcNow()) : [],
        ]);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
