using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Credentials that follow from nothing on record, and that members may take since it was decided (<see cref="Act.Issue"/>): once for each decision, while they belong.</summary>
public sealed class Giving(Database database, KeyRing keys, Offering offering, TimeProvider time)
{
    /// <summary>What the log says when it was decided. What is issued is written down as issued.</summary>
    private const string GrantAct = "grant";

    /// <summary>Something that a member may take.</summary>
    /// <param name="Row">The decision.</param>
    /// <param name="Type">The type of the credential.</param>
    /// <param name="Reason">What was said for it.</param>
    /// <param name="Until">The first moment in which it can't be taken any more.</param>
    public sealed record Given(Decisions.Row Row, string Type, string Reason, DateTimeOffset Until);

    /// <summary>It is of a type that can be decided.</summary>
    /// <exception cref="Refusal"><c>unknown_type</c>.</exception>
    internal static void Check(Proposal proposal)
    {
        if (!CredentialType.Decided.Contains(proposal.Content.RequiredString("type"))) throw NationRefusal.UnknownType(CredentialType.Decided);
    }

    /// <summary>What lets a member take it, and tells them.</summary>
    internal static IReadOnlyList<Statement> Granted(Proposal proposal, Mandate mandate, DateTimeOffset now) =>
    [
        Credentials.Belongs(proposal.MemberId!, now.ToUnixTimeSeconds()),
        .. Notice.To(proposal.MemberId!, NoticeKind.CredentialGiven, mandate.Actor, now),
        mandate.Write(proposal.MemberId!, now.ToUnixTimeSeconds(), proposal.Content.RequiredString("type"), GrantAct),
    ];

    /// <summary>What a member may take now, the newest first.</summary>
    public async Task<IReadOnlyList<Given>> OfAsync(string memberId)
    {
        List<Given> given = [];
        foreach (var row in await Decisions.OfMemberAsync(database, memberId))
        {
            if (row is not { Act: Act.Issue, State: Decisions.Done, EndedAt: { } done } || await SealedProposal.OpenAsync(database, keys, row) is not { Content: var content }) continue;
            var until = DateTimeOffset.FromUnixTimeSeconds(done) + (await Rules.OfVersionAsync(database, row.CharterVersion)).Terms.Application;
            if (until <= time.GetUtcNow() || (await Offers.OfDecisionAsync(database, row.Id)).Any(offer => offer.Taken > 0)) continue;
            given.Add(new(row, content.RequiredString("type"), content.RequiredString("reason"), until));
        }

        return given;
    }

    /// <summary>Offers it, as often as they ask until a wallet has taken it: what was offered before gives nothing any more.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="decisionId">The decision that gave it.</param>
    /// <returns>The offer's id: the one that was made before, where it can still be taken.</returns>
    /// <exception cref="Refusal"><c>not_earned</c>: nothing was given, its time is over, or it was taken. <c>not_a_member</c>, <c>decision_moved</c>.</exception>
    public async Task<string> OfferAsync(string memberId, string decisionId)
    {
        var given = (await OfAsync(memberId)).FirstOrDefault(one => one.Row.Id == decisionId) ?? throw NationRefusal.NotEarned("nothing was given to you by this decision, or you took it");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var none = new Dictionary<string, string>();
        List<Statement> conditions = [Decisions.TouchDone(given.Row.Id, given.Row.Revision)];
        foreach (var offer in (await Offers.OfDecisionAsync(database, given.Row.Id)).Where(offer => offer.Stands > 0))
            conditions.AddRange([Offers.Revoke(offer.OfferId, now), Credentials.RevokeOfOffer(offer.OfferId, 0, [], now)]);
        var mandate = new Mandate(Act.Issue, given.Row.Id, given.Row.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })]) { DecisionId = given.Row.Id };
        try
        {
            return await offering.FindSameAsync(given.Type, memberId, none, mandate) ?? (await offering.MakeAnewAsync(given.Type, memberId, none, mandate, null)).Id;
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
        {
            throw NationRefusal.DecisionMoved();
        }
    }
}
