using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>What comes of an appeal: what was decided first stands, or is undone, in one commit with the appeal's end (decision 0039).</summary>
public sealed class Undoing(Database database, KeyRing keys, Suspensions suspensions, TimeProvider time)
{
    /// <summary>What is said where a suspension is lifted so.</summary>
    internal const string Reason = "An appeal ended it: what was decided first was undone.";

    /// <summary>Others decided on the appeal.</summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>; <c>not_appealable</c>: the appeal is over.</exception>
    internal async Task DecideAsync(Proposal proposal, Mandate mandate)
    {
        if (await Appeals.FindAsync(database, proposal.Subject) is not { State: Appeals.Open } appeal) throw NationRefusal.NotAppealable();
        if (proposal.Act == Act.UpholdAppeal) await CommitAsync(mandate, Ended(appeal, Appeals.Upheld, mandate));
        else await UndoAsync(appeal, Appeals.Overturned, mandate);
    }

    /// <summary>Nobody decided on it in its time: what was decided first falls.</summary>
    internal async Task FallAsync(Appeals.Row appeal)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();

        // Its right is the charter's, and the appeal's own end, which is there once.
        var mandate = new Mandate("fall", appeal.Id, appeal.CharterVersion, [Appeals.IsOver(appeal.Id, now) with { Condition = Mandate.Condition }]) { DecisionId = appeal.Id };
        await UndoAsync(appeal, Appeals.Fallen, mandate);
    }

    /// <summary>Until when a member is suspended by what was decided and not undone; null where they are not.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="exceptId">A decision that doesn't count.</param>
    internal async Task<DateTimeOffset?> SuspendedUntilAsync(string memberId, string? exceptId = null)
    {
        var undone = (await Appeals.OfMemberAsync(database, memberId)).Where(appeal => appeal.HasUndone()).Select(appeal => appeal.DecisionId).ToHashSet();
        DateTimeOffset? until = null;
        foreach (var row in await Decisions.OfMemberAsync(database, memberId))
        {
            if (row is not { Act: Act.Suspend or Act.SuspendAtOnce, State: Decisions.Done, EndedAt: { } ended } || row.Id == exceptId || undone.Contains(row.Id)) continue;
            if (await SealedProposal.OpenAsync(database, keys, row) is not { } proposal) continue;
            var end = DateTimeOffset.FromUnixTimeSeconds(ended).AddDays(proposal.Content.RequiredInt64("days"));
            if (end > time.GetUtcNow() && !(until >= end)) until = end;
        }

        return until;
    }

    private async Task UndoAsync(Appeals.Row appeal, string state, Mandate mandate)
    {
        for (var attempt = 0; attempt < 16; attempt++)
            if (await TryUndoAsync(appeal, state, mandate)) return;
        throw NationRefusal.NotAppealable();
    }

    /// <summary>Undoes it; false where the member took something meanwhile, so that it is read again.</summary>
    private async Task<bool> TryUndoAsync(Appeals.Row appeal, string state, Mandate mandate)
    {
        var now = time.GetUtcNow();
        var first = (await Decisions.FindAsync(database, appeal.DecisionId))!;
        List<Statement> ended = [.. Ended(appeal, state, mandate)];
        switch (first.Act)
        {
            case Act.Suspend or Act.SuspendAtOnce:
                await suspensions.LiftMemberAsync(appeal.MemberId, Reason, () => SuspendedUntilAsync(appeal.MemberId, first.Id), mandate, [.. ended]);
                return true;
            // Who has left since is not brought back by it.
            case Act.Revoke or Act.Merge when await Members.FindAsync(database, appeal.MemberId) is { State: Member.Active } && !await Granting.HoldsAsync(database, appeal.MemberId, now.ToUnixTimeSeconds()):
                if (!await IsOutOtherwiseAsync(appeal.MemberId, first.Id)) ended.AddRange(Granting.Reinstated(appeal.MemberId, mandate, await Rules.OfVersionAsync(database, mandate.CharterVersion), now));
                if (first.Act == Act.Merge) ended.AddRange([MergedMembers.Delete(appeal.MemberId), Facts.Move()]);
                break;
            case Act.Dismiss when await Stewards.FindAsync(database, first.Subject) is { EndedAt: not null } mandated && mandated.Until > now.ToUnixTimeSeconds() && await IsMemberAsync(appeal.MemberId):
                // A mandate of its own, for what is left of the old one's time.
                var again = mandated with { Id = RandomId.New(), CreatedAt = now.ToUnixTimeSeconds(), EndedAt = null };
                ended.AddRange([Stewards.Insert(again), mandate.Write(again.Id, now.ToUnixTimeSeconds(), Stewards.DigestOf(again), Act.Appoint), .. Notice.To(appeal.MemberId, NoticeKind.MandateGiven, again.Id, now)]);
                break;
            case Act.Refuse:
                var open = (await Rules.OfVersionAsync(database, mandate.CharterVersion)).Terms.Application;
                ended.AddRange([Applications.Reopen(first.Subject, (now + open).ToUnixTimeSeconds()), mandate.Write(first.Subject, now.ToUnixTimeSeconds(), act: "review-again")]);
                break;
        }

        return await CommitAsync(mandate, [.. ended]);
    }

    /// <summary>What ends an appeal: all that is open about it, with it.</summary>
    private Statement[] Ended(Appeals.Row appeal, string state, Mandate mandate)
    {
        var now = time.GetUtcNow();
        return
        [
            Appeals.End(appeal.Id, state, now.ToUnixTimeSeconds()),
            Decisions.EndOf(appeal.Id, Decisions.Lapsed, now.ToUnixTimeSeconds()),
            .. Notice.To(appeal.MemberId, NoticeKind.AppealDecided, appeal.Id, now),
            mandate.Write(appeal.Id, now.ToUnixTimeSeconds(), appeal.Digest),
        ];
    }

    /// <summary>Whether another decision than one keeps somebody out, that was neither undone nor followed by a reinstatement.</summary>
    private async Task<bool> IsOutOtherwiseAsync(string memberId, string exceptId)
    {
        var undone = (await Appeals.OfMemberAsync(database, memberId)).Where(appeal => appeal.HasUndone()).Select(appeal => appeal.DecisionId).ToHashSet();
        var done = (await Decisions.OfMemberAsync(database, memberId)).Where(row => row.State == Decisions.Done).ToList();
        var since = done.Where(row => row.Act == Act.Reinstate).Select(row => row.EndedAt!.Value).DefaultIfEmpty(0).Max();
        return done.Any(row => row.Act is Act.Revoke or Act.Merge && row.Id != exceptId && !undone.Contains(row.Id) && row.EndedAt >= since);
    }

    private async Task<bool> IsMemberAsync(string memberId) =>
        (await Credentials.ListAsync(database, memberId)).Any(row => row.Type == CredentialType.Membership && row.RevokedAt is null);

    private async Task<bool> CommitAsync(Mandate mandate, Statement[] act)
    {
        var broken = await database.CommitAsync([.. mandate.Conditions, .. act]);
        mandate.Check(broken);
        return broken is null or "moved" ? broken is null : throw NationRefusal.NotAppealable();
    }
}
