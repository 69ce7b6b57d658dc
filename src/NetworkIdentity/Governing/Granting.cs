using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>
/// Memberships that members may take since it was decided: who was reinstated, and whose membership goes on. It is the same member id: the seniority, the node and the <c>sub</c> at
/// every app stay (decision 0039).
/// </summary>
public sealed class Granting(Database database, Offering offering, Revoker revoker, Deciding deciding, Undoing undoing, TimeProvider time)
{
    /// <summary>In the last weeks of a membership it can be renewed.</summary>
    public static readonly TimeSpan RenewalBefore = TimeSpan.FromDays(60);

    /// <summary>What is said of the credential that another took the place of.</summary>
    internal const string Replaced = "Another took its place: the membership was renewed.";

    /// <summary>
    /// What lets somebody take a membership again, and tells them. Who has left has until they take it: it is they who come back (decision 0040). It breaks where they hold one, and where
    /// they have asked to be erased.
    /// </summary>
    internal static IReadOnlyList<Statement> Reinstated(string memberId, Mandate mandate, Charter charter, DateTimeOffset now) =>
    [
        Members.Hold(memberId),
        Departures.NoneAsked(memberId),
        Credentials.NoMembership(memberId, now.ToUnixTimeSeconds()),

        // What they did not take of an earlier grant is of this one now.
        MembershipGrants.EndOffersOfMember(memberId, now.ToUnixTimeSeconds()),
        MembershipGrants.EndOfMember(memberId, now.ToUnixTimeSeconds()),
        MembershipGrants.Insert(Row(memberId, Act.Reinstate, mandate, now, charter.Terms.Membership)),
        .. Notice.To(memberId, NoticeKind.Reinstated, mandate.Actor, now),
        mandate.Write(memberId, now.ToUnixTimeSeconds(), act: Act.Reinstate),
    ];

    /// <summary>What lets a member take a membership that goes on, and tells them.</summary>
    internal static IReadOnlyList<Statement> Renewed(string memberId, Mandate mandate, Charter charter, DateTimeOffset now) =>
    [
        MembershipGrants.Insert(Row(memberId, Act.Renew, mandate, now, charter.Terms.Application)),
        .. Notice.To(memberId, NoticeKind.OfferReady, mandate.Actor, now),
        mandate.Write(memberId, now.ToUnixTimeSeconds()),
    ];

    /// <summary>Somebody can be reinstated: they have belonged, and don't now.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>.</exception>
    internal static async Task CheckAsync(Database database, string memberId, long now)
    {
        if (await Members.FindAsync(database, memberId) is not { JoinedAt: not null } || await MergedMembers.FindAsync(database, memberId) is not null)
            throw NationRefusal.InvalidProposal("they have not belonged before, or are another member now");
        if (await Departures.LastAsync(database, memberId) is { EraseAskedAt: not null }) throw NationRefusal.InvalidProposal("they have left and asked to be erased");
        if (await HoldsAsync(database, memberId, now)) throw NationRefusal.InvalidProposal("they hold a membership: there is nothing to give back");
    }

    /// <summary>Whether somebody holds a membership that was not revoked and has not ended, also a suspended one.</summary>
    internal static async Task<bool> HoldsAsync(Database database, string memberId, long now) =>
        (await Credentials.ListAsync(database, memberId)).Any(row => row.Type == CredentialType.Membership && row.RevokedAt is null && row.ExpiresAt > now);

    /// <summary>
    /// What goes into the commit that issues from an offer: where who has left takes a membership that they were granted since, they belong again from then on. Nothing for any other
    /// offer. It breaks where the grant is over, as where they asked to be erased meanwhile.
    /// </summary>
    internal static async Task<IReadOnlyList<Statement>> ReturnedAsync(Database database, Offers.Row offer, long now)
    {
        if (await Members.FindAsync(database, offer.MemberId) is not { State: Member.Left }) return [];
        return offer.Type == CredentialType.Membership && await MembershipGrants.FindAsync(database, offer.DecisionId!) is { Act: Act.Reinstate } grant
            ? [Members.Return(offer.MemberId), MembershipGrants.IsOpen(grant.Id), Journal.Write("return", offer.MemberId, grant.Id, grant.CharterVersion, now)]
            : [];
    }

    /// <summary>A membership that was revoked doesn't go on: who was revoked is reinstated, by those who decide that.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>.</exception>
    internal static async Task CheckRenewalAsync(Database database, string memberId)
    {
        if (!(await Credentials.ListAsync(database, memberId)).Any(row => row.Type == CredentialType.Membership && row.RevokedAt is null))
            throw NationRefusal.InvalidProposal("they hold no membership that could go on");
    }

    /// <summary>What a member can take now; null where that is nothing.</summary>
    public async Task<MembershipGrants.Row?> FindAsync(string memberId)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return await MembershipGrants.OpenOfAsync(database, memberId) is { } grant && grant.OpenUntil > now && !await IsTakenAsync(grant) && await undoing.SuspendedUntilAsync(memberId) is null
            ? grant
            : null;
    }

    /// <summary>Offers it, as often as they ask until a wallet has taken it: what was offered before gives nothing any more.</summary>
    /// <exception cref="Refusal"><c>nothing_granted</c>: there is nothing, it is taken, or they are suspended; <c>decision_moved</c>.</exception>
    public async Task<Offering.Made> CollectAsync(string memberId)
    {
        var grant = await FindAsync(memberId) ?? throw NationRefusal.NothingGranted();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        List<Statement> conditions = [Members.Hold(memberId), MembershipGrants.Touch(grant)];
        conditions.AddRange(await EndedAsync(grant, now));
        try
        {
            return await offering.MakeAsync(CredentialType.Membership, memberId, new Dictionary<string, string>(), new Mandate(
                grant.Act, grant.Id, grant.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })])
            { DecisionId = grant.Id });
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
        {
            throw NationRefusal.DecisionMoved();
        }
    }

    /// <summary>When a member may ask that their membership goes on; null where it is not due, was asked for, or granted.</summary>
    public async Task<DateTimeOffset?> RenewableAsync(string memberId)
    {
        var now = time.GetUtcNow();
        if (await Charters.InForceAsync(database) is null || await MembershipGrants.OpenOfAsync(database, memberId) is not null) return null;
        var last = (await Credentials.ListAsync(database, memberId)).Where(row => row.Type == CredentialType.Membership && row.RevokedAt is null).Select(row => row.ExpiresAt).DefaultIfEmpty(0).Max();
        if (last == 0 || last > (now + RenewalBefore).ToUnixTimeSeconds()) return null;
        return (await Decisions.OfSubjectAsync(database, memberId)).Any(row => row is { Act: Act.Renew, State: Decisions.Open }) ? null : DateTimeOffset.FromUnixTimeSeconds(last);
    }

    /// <summary>A member asks that their membership goes on: the question is put to those who decide it by the charter.</summary>
    /// <exception cref="Refusal"><c>not_due</c>.</exception>
    public async Task AskAsync(string memberId)
    {
        if (await RenewableAsync(memberId) is null) throw NationRefusal.NotDue((int)RenewalBefore.TotalDays);
        var member = (await Members.FindAsync(database, memberId))!;
        await deciding.PutAsync(Proposal.Renew(memberId, member.NodeId), (time.GetUtcNow() + TimeSpan.FromDays(365)).ToUnixTimeSeconds());
    }

    /// <summary>Ends what was taken, and what nobody took in its time. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of one that broke, which holds no other up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        foreach (var grant in await MembershipGrants.OpenAsync(database))
        {
            try
            {
                await MoveAsync(grant);
            }
            catch (Exception exception) when (failed is not null)
            {
                failed(exception);
            }
        }
    }

    private async Task MoveAsync(MembershipGrants.Row grant)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (await IsTakenAsync(grant))
        {
            var offer = (await Offers.OfDecisionAsync(database, grant.Id)).First(one => one.Taken > 0).OfferId;
            var mandate = new Mandate(grant.Act, grant.Id, grant.CharterVersion, [MembershipGrants.End(grant, MembershipGrants.Taken, now) with { Condition = Mandate.Condition }]) { DecisionId = grant.Id };
            try
            {
                await revoker.ReplaceAsync(grant.MemberId, offer, Replaced, mandate);
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
            {
                // Another server did it.
            }
        }
        else if (grant.OpenUntil <= now || await Members.FindAsync(database, grant.MemberId) is null or { State: Member.Erased })
        {
            await database.CommitAsync([MembershipGrants.End(grant, MembershipGrants.Lapsed, now), .. await EndedAsync(grant, now), Journal.Write("lapse-grant", grant.Id, grant.Id, grant.CharterVersion, now)]);
        }
    }

    /// <summary>What was offered of a grant gives nothing any more. Where one of these is taken meanwhile, the act breaks.</summary>
    private async Task<IEnumerable<Statement>> EndedAsync(MembershipGrants.Row grant, long now) => (await Offers.OfDecisionAsync(database, grant.Id)).Where(offer => offer.Stands > 0)
        .SelectMany(offer => (Statement[])[Offers.Revoke(offer.OfferId, now), Credentials.RevokeOfOffer(offer.OfferId, 0, [], now)]);

    private async Task<bool> IsTakenAsync(MembershipGrants.Row grant) => (await Offers.OfDecisionAsync(database, grant.Id)).Any(offer => offer.Taken > 0);

    private static MembershipGrants.Row Row(string memberId, string act, Mandate mandate, DateTimeOffset now, TimeSpan open) => new()
    {
        Id = mandate.Actor,
        MemberId = memberId,
        Act = act,
        CharterVersion = mandate.CharterVersion,
        GrantedAt = now.ToUnixTimeSeconds(),
        OpenUntil = (now + open).ToUnixTimeSeconds(),
        Revision = 1,
        State = MembershipGrants.Open,
    };
}
