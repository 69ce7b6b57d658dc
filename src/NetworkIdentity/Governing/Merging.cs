using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>A person who has two member ids keeps one. The other is revoked for good, with its mandates and sign-ins; the one that stays keeps the earlier of both days of joining.</summary>
internal static class Merging
{
    /// <summary>Why the one that ends is revoked.</summary>
    internal const string Reason = "merged";

    /// <summary>Both are members, and neither was merged into another before.</summary>
    /// <exception cref="Standards.Refusal"><c>unknown_member</c>, <c>invalid_proposal</c>.</exception>
    public static async Task CheckAsync(Database database, Proposal proposal)
    {
        var (ends, stays) = (proposal.MemberId!, proposal.Content.RequiredString("stays"));
        if (ends == stays) throw NationRefusal.InvalidProposal("they are one member already");
        foreach (var id in (string[])[ends, stays])
        {
            if (await Members.FindAsync(database, id) is not { JoinedAt: not null, State: Member.Active }) throw NationRefusal.UnknownMember();
            if (await MergedMembers.FindAsync(database, id) is not null) throw NationRefusal.InvalidProposal("one of them was merged before: a member id is merged once");
        }
    }

    /// <summary>Carries it out.</summary>
    public static async Task EnactAsync(Database database, Revoker revoker, Proposal proposal, Mandate mandate, DateTimeOffset now)
    {
        var (ends, stays, seconds) = (proposal.MemberId!, proposal.Content.RequiredString("stays"), now.ToUnixTimeSeconds());
        await revoker.RevokeMemberAsync(ends, Reason, mandate, async () =>
        {
            // Each attempt: where another merge came first, of the two the other way round, this one is not any more.
            await CheckAsync(database, proposal);
            var joined = (await Members.FindAsync(database, ends))!.JoinedAt!.Value;
            return (
                [Members.IsHere(stays), MergedMembers.NoneOf(stays)],
                [
                    MergedMembers.Insert(ends, stays, mandate.Actor, seconds),
                    Members.JoinedBefore(stays, joined),
                    .. Notice.To(ends, NoticeKind.Revoked, mandate.Actor, now),

                    // What the one attested of the other is nobody else's word any more.
                    Facts.Move(),
                    mandate.Write(ends, seconds),
                    mandate.Write(stays, seconds),
                ]);
        });
    }
}
