using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Where members decide by the charter: they propose, approve and take back, and what enough of them approved is carried out (decision 0036).</summary>
/// <remarks>
/// Each person counts once, by a primary key. What is counted is counted before the commit, by <see cref="Quorum"/>; the commit that carries a decision out breaks where its revision
/// has moved since, where another charter is in force, or where one of those who were counted doesn't belong any more or has lost the mandate: then it is counted again. So a decision
/// is carried out once, on the word of people who may decide in that moment, whichever server does it (I11).
/// </remarks>
public sealed class Deciding(Database database, KeyRing keys, Enacting enacting, TimeProvider time)
{
    /// <summary>How often something is looked at again where others moved it meanwhile.</summary>
    private const int MaxAttempts = 32;

    /// <summary>Proposes, and approves of it.</summary>
    /// <param name="proposal">What is to be decided.</param>
    /// <param name="memberId">Who proposes: somebody who may decide it.</param>
    /// <param name="once">Of the decision's id, what else is in that act, and breaks it where the same was asked before; null where nothing is.</param>
    /// <exception cref="Refusal"><c>no_charter</c>, <c>invalid_proposal</c>, <c>unknown_member</c>, <c>not_eligible</c>, <c>already_proposed</c>, <c>too_many_proposals</c>, and what the act itself refuses.</exception>
    public async Task<Decision> ProposeAsync(Proposal proposal, string memberId, Func<string, Statement>? once = null)
    {
        var now = time.GetUtcNow();
        var charter = await Rules.InForceAsync(database);
        proposal.Check(charter);
        await enacting.CheckAsync(proposal);

        // A member's own node, unless the act is of another, or of the nation.
        if (proposal.MemberId is { } about && await Members.FindAsync(database, about) is var row)
        {
            if (row is null or { State: Member.Erased }) throw NationRefusal.UnknownMember();
            if (proposal.Act is Act.Suspend or Act.SuspendAtOnce or Act.Revoke && row.State != Member.Active) throw NationRefusal.NotAMember();
            if (proposal is { NodeId: null, Act: not (Act.Appoint or Act.Dismiss or Act.UpholdAppeal) }) proposal = proposal with { NodeId = row.NodeId };
        }

        var rule = charter.RuleOf(proposal.Act);
        var standings = await StandingsAsync(rule, now);
        var matter = await MatterOfAsync(proposal);
        if (proposal.Act == Act.Witness && proposal.MemberId == memberId) throw NationRefusal.OwnFact();
        if (standings.FirstOrDefault(standing => standing.MemberId == memberId) is not { } proposer || !Quorum.IsEligible(rule, matter, proposer, now))
            throw NationRefusal.NotEligible(proposal.Act);
        if (await Decisions.CountOpenOfAsync(database, memberId) >= Proposal.MostOpen) throw NationRefusal.TooManyProposals(Proposal.MostOpen);

        var decision = await RecordOfAsync(proposal, charter, memberId, now);

        // All members are not told one by one: what they decide is for everyone to see.
        var deciders = rule.By == ActRule.Members ? [] : standings.Where(standing => standing.MemberId != memberId && Quorum.IsEligible(rule, matter, standing, now));
        var broken = await database.CommitAsync(
        [
            Nations.IsUnder(charter.Version),
            Credentials.Belongs(memberId, now.ToUnixTimeSeconds()),
            .. once is null ? Array.Empty<Statement>() : [once(decision.Id)],
            Decisions.Insert(decision),
            Approvals.Insert(decision.Id, memberId, now.ToUnixTimeSeconds()),
            Journal.Write("propose", decision.Id, memberId, charter.Version, now.ToUnixTimeSeconds(), decision.Digest),
            .. deciders.SelectMany(decider => Notice.To(decider.MemberId, NoticeKind.DecisionOpen, decision.Id, now)),
        ]);
        switch (broken)
        {
            case null: break;
            case Decisions.OpenCondition: throw NationRefusal.AlreadyProposed();
            case Credentials.BelongsCondition: throw NationRefusal.NotEligible(proposal.Act);
            default: throw NationRefusal.DecisionMoved();
        }

        await MoveAsync(decision.Id);
        return (await FindAsync(decision.Id))!;
    }

    /// <summary>Puts a question that follows from something that happened, so that nobody has to propose it. Where it is put already, nothing is done.</summary>
    /// <param name="proposal">What is to be decided.</param>
    /// <param name="until">Unix seconds: how long the question can be open at most.</param>
    internal async Task PutAsync(Proposal proposal, long until)
    {
        if ((await Decisions.OfSubjectAsync(database, proposal.Subject)).Any(row => row.Act == proposal.Act && row.State == Decisions.Open)) return;
        var now = time.GetUtcNow();
        var charter = await Rules.InForceAsync(database);
        var (rule, matter) = (charter.RuleOf(proposal.Act), await MatterOfAsync(proposal));
        var record = await RecordOfAsync(proposal, charter, null, now);
        record = record with { OpenUntil = Math.Min(record.OpenUntil, until) };
        var deciders = rule.By == ActRule.Members ? [] : (await StandingsAsync(rule, now)).Where(standing => Quorum.IsEligible(rule, matter, standing, now));
        await database.CommitAsync(
        [
            Nations.IsUnder(charter.Version),
            Decisions.Insert(record),
            Journal.Write("put", record.Id, record.Id, charter.Version, now.ToUnixTimeSeconds(), record.Digest),
            .. deciders.SelectMany(decider => Notice.To(decider.MemberId, NoticeKind.DecisionOpen, record.Id, now)),
        ]);
    }

    /// <summary>Approves of a decision. Where that was the last approval that was wanted, it is carried out, or waits for its day.</summary>
    /// <param name="id">The decision.</param>
    /// <param name="memberId">Who approves.</param>
    /// <param name="seen">How they were shown it; null where they were not.</param>
    /// <exception cref="Refusal">
    /// <c>unknown_decision</c>: there is none that this member may decide. <c>decision_ended</c>, <c>already_approved</c>; <c>decision_moved</c>: also where it is not as it was seen.
    /// </exception>
    public Task<Decision> ApproveAsync(string id, string memberId, Seen? seen = null) => ChangeAsync(id, memberId, seen, (row, now) =>
    [
        Credentials.Belongs(memberId, now),
        Approvals.Insert(id, memberId, now),
        Journal.Write("approve", id, memberId, row.CharterVersion, now, row.Digest),
    ]);

    /// <summary>Takes an approval back, as long as the decision is not carried out.</summary>
    /// <param name="id">The decision.</param>
    /// <param name="memberId">Who takes it back.</param>
    /// <param name="seen">How they were shown it; null where they were not.</param>
    /// <exception cref="Refusal"><c>unknown_decision</c>, <c>decision_ended</c>, <c>not_approved</c>, <c>decision_moved</c>.</exception>
    public Task<Decision> TakeBackAsync(string id, string memberId, Seen? seen = null) => ChangeAsync(id, memberId, seen, (row, now) =>
    [
        Approvals.Delete(id, memberId),
        Journal.Write("take-back", id, memberId, row.CharterVersion, now, row.Digest),
    ]);

    /// <summary>Who proposed it takes the whole proposal back, as long as not enough have approved.</summary>
    /// <exception cref="Refusal"><c>unknown_decision</c>, <c>decision_ended</c>, <c>decision_moved</c>.</exception>
    public async Task<Decision> WithdrawAsync(string id, string memberId)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var row = await Decisions.FindAsync(database, id);
            if (row is null || row.ProposedBy != memberId) throw NationRefusal.UnknownDecision();
            if (row.State != Decisions.Open || row.ReachedAt is not null) throw NationRefusal.DecisionEnded(row.State == Decisions.Open ? "taken" : row.State);
            if (await database.CommitAsync(
                Decisions.End(id, row.Revision, Decisions.Withdrawn, now), Journal.Write("withdraw", id, memberId, row.CharterVersion, now, row.Digest)) is null) return (await FindAsync(id))!;
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>One decision, with how far it has come; null where there is none of that id.</summary>
    public async Task<Decision?> FindAsync(string id) => await Decisions.FindAsync(database, id) is { } row ? await ReadAsync(row) : null;

    /// <summary>
    /// One decision, for a member who may see it: who may decide it, who proposed it, and of one that is over who approved of it. Null for everybody else, and where there is none.
    /// </summary>
    public async Task<Decision?> FindForAsync(string id, string memberId)
    {
        if (await FindAsync(id) is not { } decision || decision.Row.MemberId == memberId) return null;
        if (decision.IsFor(memberId) || decision.Row.ProposedBy == memberId) return decision;
        return decision.Quorum is null && (await Approvals.OfAsync(database, id)).Contains(memberId) ? decision : null;
    }

    /// <summary>Which of <see cref="Proposal.Acts"/> a member may propose, of some matter, in their order.</summary>
    public async Task<IReadOnlyList<string>> ProposableAsync(string memberId)
    {
        if (await Charters.InForceAsync(database) is not { } row) return [];
        var (charter, now) = (Charter.Parse(row.Content), time.GetUtcNow());
        if ((await Rules.StandingsAsync(database, now, stewardsAlone: false)).FirstOrDefault(one => one.MemberId == memberId) is not { } standing) return [];
        return
        [
            .. Proposal.Acts.Where(act => standing.Mandates.Select(mandate => mandate.NodeId).Append(null)
                .Any(node => Quorum.IsEligible(charter.RuleOf(act), new Matter(node, new HashSet<string>()), standing, now))),
        ];
    }

    /// <summary>The open decisions that a member may decide, oldest first.</summary>
    public async Task<IReadOnlyList<Decision>> ForAsync(string memberId)
    {
        // Who belongs is read once for all of them.
        Dictionary<string, IReadOnlyList<Standing>> standings = new(StringComparer.Ordinal);
        List<Decision> decisions = [];
        foreach (var row in await Decisions.OpenAsync(database))
            if (await ReadAsync(row, standings) is var decision && decision.IsFor(memberId)) decisions.Add(decision);
        return decisions;
    }

    /// <summary>Goes on with all that wait for their day, or whose time is over. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of one that broke, which holds no other up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        foreach (var row in await Decisions.DueAsync(database, time.GetUtcNow().ToUnixTimeSeconds(), 100))
        {
            try
            {
                await MoveAsync(row.Id);
            }
            catch (Exception exception) when (failed is not null)
            {
                failed(exception);
            }
        }
    }

    private async Task<Decision> ChangeAsync(string id, string memberId, Seen? seen, Func<Decisions.Row, long, IReadOnlyList<Statement>> change)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await MoveAsync(id);
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (await FindAsync(id) is not { } decision || (decision.Row.State == Decisions.Open && !decision.IsFor(memberId))) throw NationRefusal.UnknownDecision();
            if (decision.Row.State != Decisions.Open) throw NationRefusal.DecisionEnded(decision.Row.State);
            if (seen?.StillHolds(decision) == false) throw NationRefusal.DecisionMoved();
            var statements = change(decision.Row, now);
            switch (await database.CommitAsync([Nations.IsUnder(decision.Row.CharterVersion), Decisions.Touch(id, decision.Row.Revision), .. statements]))
            {
                case null:
                    await MoveAsync(id);
                    return (await FindAsync(id))!;
                case Approvals.OnceCondition:
                    throw (await Approvals.OfAsync(database, id)).Contains(memberId) ? NationRefusal.AlreadyApproved() : NationRefusal.NotApproved();
                case Credentials.BelongsCondition:
                    throw NationRefusal.UnknownDecision();
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>Counts, and does what follows: carries it out, sets its day, takes that back, or ends it.</summary>
    private async Task MoveAsync(string id)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow();
            if (await FindAsync(id) is not { Row: { State: Decisions.Open } row } decision) return;
            var seconds = now.ToUnixTimeSeconds();

            // 1. The rules have changed, or nobody is left whom it is about: nothing is decided by what is not in force.
            if (decision.Quorum is not { } quorum || decision.Proposal is not { } proposal)
            {
                await EndAsync(row, Decisions.Lapsed, "lapse", seconds);
                continue;
            }

            if (!quorum.IsReached)
            {
                // 2. Not enough, or no more: it waits, until its time is over.
                if (row.ReachedAt is not null) await database.CommitAsync(Decisions.Reach(id, row.Revision, null, null), Journal.Write("undecide", id, row.Id, row.CharterVersion, seconds, row.Digest));
                else if (row.OpenUntil <= seconds) await EndAsync(row, Decisions.Lapsed, "lapse", seconds);
                else return;
                continue;
            }

            // 3. Enough: at once, or on its day.
            var charter = await Rules.InForceAsync(database);
            if (charter.Version != row.CharterVersion) continue;
            var due = row.DueAt ?? (now + proposal.DelayOf(charter)).ToUnixTimeSeconds();
            if (due > seconds)
            {
                if (row.DueAt is not null) return;
                await database.CommitAsync([Decisions.Reach(id, row.Revision, seconds, due), Journal.Write("decide", id, row.Id, row.CharterVersion, seconds, row.Digest), .. NoticeOf(row, now)]);
                continue;
            }

            try
            {
                await enacting.EnactAsync(proposal, await MandateOfAsync(row, quorum, charter.RuleOf(row.Act), now));
                await database.CommitAsync(Decisions.EndOf(row.Subject, Decisions.Lapsed, seconds, row.Act));
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
            {
                // What was counted is so no more: it is counted again.
            }
            catch (Refusal)
            {
                // What it was about is not there any more, as where the member has left.
                await EndAsync(row, Decisions.Lapsed, "lapse", seconds);
            }
        }
    }

    /// <summary>What the member whom it harms is told before it is carried out.</summary>
    private static IReadOnlyList<Statement> NoticeOf(Decisions.Row row, DateTimeOffset now) => row.Act switch
    {
        Act.Suspend => Notice.To(row.MemberId!, NoticeKind.SuspensionNoticed, row.Id, now),
        Act.Revoke => Notice.To(row.MemberId!, NoticeKind.RevocationNoticed, row.Id, now),
        Act.Rebind => Notice.To(row.MemberId!, NoticeKind.RecoveryDecided, row.Id, now),
        _ => [],
    };

    private Task<string?> EndAsync(Decisions.Row row, string state, string act, long now) => database.CommitAsync(
        Decisions.End(row.Id, row.Revision, state, now), Journal.Write(act, row.Id, row.Id, row.CharterVersion, now, row.Digest));

    /// <summary>The right to carry it out: every word that was counted, looked at again in the commit.</summary>
    private async Task<Mandate> MandateOfAsync(Decisions.Row row, Quorum quorum, ActRule rule, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        List<Statement> conditions = [Nations.IsUnder(row.CharterVersion), Decisions.End(row.Id, row.Revision, Decisions.Done, seconds)];
        conditions.AddRange(quorum.Counted.Order(StringComparer.Ordinal).Select(member => Credentials.Belongs(member, seconds)));
        if (rule.By != ActRule.Members)
        {
            var mandates = (await Steward.InForceAsync(database, now)).Where(mandate => Quorum.Covers(rule, row.NodeId, mandate, now)).ToLookup(mandate => mandate.MemberId);
            foreach (var member in quorum.Counted.Order(StringComparer.Ordinal))
            {
                // Where it has just ended, so does this attempt.
                if (mandates[member].FirstOrDefault() is not { } mandate) throw NationRefusal.MandateMissing(row.Act);
                conditions.Add(Stewards.Holds(mandate.Id, seconds));
            }
        }

        return new(row.Act, row.Id, row.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })]) { DecisionId = row.Id, Approvers = quorum.Counted };
    }

    private async Task<Decision> ReadAsync(Decisions.Row row, Dictionary<string, IReadOnlyList<Standing>>? read = null)
    {
        var now = time.GetUtcNow();
        var proposal = await SealedProposal.OpenAsync(database, keys, row);
        if (row.State != Decisions.Open || await Charters.InForceAsync(database) is not { } charter || charter.Version != row.CharterVersion) return new(row, proposal, null);

        // The approvals are read after the row: one that came between moves its revision.
        var rule = Charter.Parse(charter.Content).RuleOf(row.Act);
        var approvals = await Approvals.OfAsync(database, row.Id);
        if (read?.GetValueOrDefault(rule.By) is not { } standings)
        {
            standings = await StandingsAsync(rule, now);
            read?.Add(rule.By, standings);
        }

        var quorum = Quorum.Of(rule, await MatterOfAsync(row.Act, row.Subject, row.NodeId, row.MemberId, proposal), approvals, standings, now);
        return new(row, proposal, quorum);
    }

    private async Task<Decisions.Row> RecordOfAsync(Proposal proposal, Charter charter, string? proposedBy, DateTimeOffset now)
    {
        var id = RandomId.New();
        var (content, digest) = await SealedProposal.SealAsync(database, keys, proposal, id, charter.Version);
        return new()
        {
            Id = id,
            Act = proposal.Act,
            Subject = proposal.Subject,
            MemberId = proposal.MemberId,
            NodeId = proposal.NodeId,
            Content = content,
            Digest = digest,
            CharterVersion = charter.Version,
            ProposedBy = proposedBy,
            ProposedAt = now.ToUnixTimeSeconds(),
            OpenUntil = (now + charter.RuleOf(proposal.Act).Open).ToUnixTimeSeconds(),
            State = Decisions.Open,
            Revision = 1,
        };
    }

    private Task<IReadOnlyList<Standing>> StandingsAsync(ActRule rule, DateTimeOffset now) => Rules.StandingsAsync(database, now, rule.By != ActRule.Members);

    private Task<Matter> MatterOfAsync(Proposal proposal) => MatterOfAsync(proposal.Act, proposal.Subject, proposal.NodeId, proposal.MemberId, proposal);

    /// <summary>Whom it is about decides nothing in it, nor who has said their word in it: of an appeal who decided first, of a contested fact who attested it, of a merge who stays.</summary>
    private async Task<Matter> MatterOfAsync(string act, string subject, string? nodeId, string? memberId, Proposal? proposal)
    {
        HashSet<string> barred = memberId is null ? [] : [memberId];
        if (act == Act.Merge) barred.Add(subject);
        foreach (var about in barred.Select(id => (string?)id).DefaultIfEmpty().ToList()) barred.UnionWith(await Guarding.BarredAsync(database, act, about, proposal, time.GetUtcNow()));
        if (Act.RuleOf(act) == Act.DecideAppeal && await Appeals.FindAsync(database, subject) is { } appeal) barred.UnionWith(await Approvals.OfAsync(database, appeal.DecisionId));
        if (act == Act.Witness && proposal is not null) barred.UnionWith(await Witnessing.BarredAsync(database, proposal.Content));
        if (act == Act.Rebind) barred.UnionWith(proposal?.Content.OptionalStrings(Proposal.AttestedBy) ?? []);

        // Who had another id then is who they are.
        var persons = await MergedMembers.PersonsAsync(database);
        barred.UnionWith([.. barred.Select(id => persons.GetValueOrDefault(id, id))]);
        return new(nodeId, barred);
    }
}
