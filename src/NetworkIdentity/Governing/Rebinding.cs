using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>What the act <see cref="Act.Rebind"/> does: it lets the person take their membership anew, and in the commit in which their new wallet does, all that the old one held ends.</summary>
internal static class Rebinding
{
    /// <summary>The reason that a lost wallet's credentials are revoked with.</summary>
    private const string Reason = "You lost your wallet, and hold it in another now.";

    /// <summary>Who can attest of a recovery and has not declined, by their ids.</summary>
    public static async Task<IReadOnlyList<string>> CircleAsync(Database database, string memberId, string? listId)
    {
        if (listId is not null) return [.. (await RecoveryContacts.OfAsync(database, listId)).Where(one => one.DeclinedAt is null && one.MemberId != memberId).Select(one => one.MemberId)];
        return await Applications.OfMemberAsync(database, memberId) is { State: Applications.Joined } application
            ? [.. (await Vouches.OfAsync(database, application.Id)).Select(vouch => vouch.MemberId).Where(voucher => voucher != memberId)]
            : [];
    }

    /// <summary>Whose attestations count now: of who can attest, has not declined, and belongs.</summary>
    public static async Task<IReadOnlyList<string>> CountedAsync(Database database, Recoveries.Row row, DateTimeOffset now)
    {
        var circle = await CircleAsync(database, row.MemberId, row.ListId);
        List<string> counted = [];
        foreach (var contact in await RecoveryAttestations.OfAsync(database, row.Id))
            if (circle.Contains(contact) && await Credentials.BelongsAsync(database, contact, now.ToUnixTimeSeconds())) counted.Add(contact);
        return counted;
    }

    /// <summary>Carries out what was decided: the person can take it. Every word that was counted is looked at again in the commit.</summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>; <c>invalid_proposal</c>: it is not in review any more, or too few attest it.</exception>
    public static async Task GrantAsync(Database database, string recoveryId, Mandate mandate, DateTimeOffset now)
    {
        var charter = await Rules.InForceAsync(database);
        if (await Recoveries.FindAsync(database, recoveryId) is not { State: Recoveries.Review } row) throw NotThere();
        var counted = await CountedAsync(database, row, now);
        if (counted.Count < charter.Terms.RecoveryVouchers) throw NotThere();
        var seconds = now.ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
        [
            .. mandate.Conditions,
            Recoveries.Grant(row, mandate.Actor, (now + charter.RuleOf(Act.Rebind).Open).ToUnixTimeSeconds()),
            .. counted.Order(StringComparer.Ordinal).Select(contact => Credentials.Belongs(contact, seconds)),
            .. Notice.To(row.MemberId, NoticeKind.RecoveryReady, row.Id, now),
            mandate.Write(row.Id, seconds),
        ]);
        mandate.Check(broken);
        if (broken is not null) throw NotThere();
    }

    /// <summary>
    /// What goes into the commit that first issues from an offer of a recovery: the recovery is done, and all else that the member holds is revoked, with their sign-ins. Nothing for
    /// any other offer. It breaks where the member objected meanwhile, is suspended, or doesn't belong any more.
    /// </summary>
    public static async Task<IReadOnlyList<Statement>> ReplacedAsync(Database database, Revoker revoker, Offers.Row offer, DateTimeOffset now)
    {
        if (await Recoveries.OfDecisionAsync(database, offer.DecisionId!) is not { State: Recoveries.Granted } row) return [];
        var seconds = now.ToUnixTimeSeconds();
        var decision = (await Decisions.FindAsync(database, offer.DecisionId!))!;
        var mandate = new Mandate(Act.Rebind, decision.Id, decision.CharterVersion, []) { DecisionId = decision.Id };
        return
        [
            Recoveries.Finish(row, seconds),
            Credentials.Belongs(row.MemberId, seconds),
            MembershipGrants.EndOfMember(row.MemberId, seconds),
            .. await revoker.AllButAsync(row.MemberId, offer.Id, Reason, mandate),
            .. (await Recoveries.OfMemberAsync(database, row.MemberId)).Where(other => other.EndedAt is null && other.Id != row.Id).SelectMany(other => Ended(other, Recoveries.Lapsed, "lapse-recovery", seconds)),

            // Whoever had the lost wallet may have named others since, and bound accounts of their own.
            .. RecoveryContacts.DeleteFrom(row.MemberId, row.OpenedAt),
            BoundAccounts.DeleteFrom(row.MemberId, row.OpenedAt),
            .. Notice.To(row.MemberId, NoticeKind.RecoveryDone, row.Id, now),
            mandate.Write(row.Id, seconds, act: "rebound"),
        ];
    }

    /// <summary>What ends a recovery, but for telling the member: what is open to decide about it ends with it, and what was offered gives nothing.</summary>
    public static IReadOnlyList<Statement> Ended(Recoveries.Row row, string state, string act, long now, string? actor = null) =>
    [
        Recoveries.End(row, state, now),
        Decisions.EndOf(row.Id, Decisions.Lapsed, now),
        .. row.DecisionId is { } decision ? (Statement[])[Offers.EndOfDecision(decision, now)] : [],
        Journal.Write(act, row.Id, actor ?? row.Id, row.CharterVersion, now),
    ];

    private static Refusal NotThere() => NationRefusal.InvalidProposal("what it is about is not there any more");
}
