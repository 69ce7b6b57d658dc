using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Carries out what was decided: each act by one commit, which has the mandate's conditions in it.</summary>
public sealed class Enacting(Database database, KeyRing keys, Revoker revoker, Suspensions suspensions, Witnessing witnessing, TimeProvider time)
{
    private readonly Undoing _undoing = new(database, keys, suspensions, time);

    /// <summary>Looks, before it is proposed, whether it could be carried out.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>, <c>unknown_node</c>, <c>invalid_mandate</c>, <c>invalid_charter</c>, <c>charter_exists</c>.</exception>
    public async Task CheckAsync(Proposal proposal)
    {
        switch (proposal.Act)
        {
            case Act.Appoint:
                await Steward.CheckAsync(database, Acts(proposal), Until(proposal), time.GetUtcNow());
                break;
            case Act.Witness:
                await witnessing.CheckAsync(proposal);
                break;
            case Act.ChangeCharter:
                if (await Charters.FindAsync(database, proposal.Subject) is not null) throw NationRefusal.CharterExists(proposal.Subject);
                break;
            case Act.AddNode:
                Node.Check(proposal.Content.RequiredString("name"), proposal.Content.RequiredString("region"));
                break;
            case Act.Refuse:
                if (await Applications.FindAsync(database, proposal.Subject) is not { State: Applications.Review }) throw NationRefusal.UnknownApplication();
                break;
            case Act.UpholdAppeal:
                if (await Appeals.FindAsync(database, proposal.Subject) is not { State: Appeals.Open }) throw NationRefusal.NotAppealable();
                break;
            case Act.Reinstate:
                await Granting.CheckAsync(database, proposal.MemberId!, time.GetUtcNow().ToUnixTimeSeconds());
                break;
            case Act.Merge:
                await Merging.CheckAsync(database, proposal);
                break;
            case Act.SuspendAtOnce:
                await CheckAtOnceAsync(proposal.MemberId!);
                break;
            case Act.Issue:
                Giving.Check(proposal);
                break;
            case Act.RotateKeys:
                _ = KeyRotation.Purpose(proposal.Subject);
                break;
            case Act.NameGuardian or Act.EndGuardian:
                await Guarding.CheckAsync(database, proposal, time.GetUtcNow());
                break;
            case Act.Recognise or Act.EndRecognition:
                await RecognitionActs.CheckAsync(database, keys.Nation, proposal, time.GetUtcNow());
                break;
            case Act.Dismiss or Act.Suspend or Act.Revoke:
                break;
            default:
                throw NationRefusal.InvalidProposal($"{proposal.Act} can't be decided here yet");
        }
    }

    /// <summary>Carries it out.</summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>: what the mandate rests on is so no more. Others: what it is about is not there any more.</exception>
    public async Task EnactAsync(Proposal proposal, Mandate mandate)
    {
        var now = time.GetUtcNow();
        var content = proposal.Content;

        // Nothing is done to who has left, whatever was decided meanwhile.
        if (proposal is { MemberId: { } about, Act: Act.Suspend or Act.SuspendAtOnce or Act.Revoke } && await Members.FindAsync(database, about) is { State: Member.Left }) throw NationRefusal.HasLeft();
        switch (proposal.Act)
        {
            case Act.Admit or Act.Refuse:
                await DecideApplicationAsync(proposal, mandate, now);
                break;
            case Act.Suspend or Act.SuspendAtOnce:
                if (proposal.Act == Act.SuspendAtOnce) await CheckAtOnceAsync(proposal.MemberId!);
                await suspensions.SuspendMemberAsync(proposal.MemberId!, content.RequiredString("reason"), now.AddDays(content.RequiredInt64("days")), mandate,
                    [.. Notice.To(proposal.MemberId!, NoticeKind.Suspended, mandate.Actor, now)]);
                break;
            case Act.Revoke:
                await revoker.RevokeMemberAsync(proposal.MemberId!, content.RequiredString("reason"), mandate, [.. Notice.To(proposal.MemberId!, NoticeKind.Revoked, mandate.Actor, now)]);
                break;
            case Act.Rebind:
                await Rebinding.GrantAsync(database, proposal.Subject, mandate, now);
                break;
            case Act.Appoint:
                await Steward.AppointAsync(database, time, proposal.MemberId!, content.OptionalString("node"), Acts(proposal), Until(proposal), mandate);
                break;
            case Act.Dismiss:
                await revoker.EndStewardAsync(proposal.Subject, proposal.MemberId!, content.RequiredString("reason"), mandate, [.. Notice.To(proposal.MemberId!, NoticeKind.Dismissed, mandate.Actor, now)]);
                break;
            case Act.Witness:
                await witnessing.EnactAsync(proposal, mandate);
                break;
            case Act.DecideAppeal or Act.UpholdAppeal:
                await _undoing.DecideAsync(proposal, mandate);
                break;
            case Act.Reinstate:
                await Granting.CheckAsync(database, proposal.MemberId!, now.ToUnixTimeSeconds());
                await CommitAsync(mandate, [.. Granting.Reinstated(proposal.MemberId!, mandate, await Rules.InForceAsync(database), now)]);
                break;
            case Act.Renew:
                await Granting.CheckRenewalAsync(database, proposal.MemberId!);
                await CommitAsync(mandate, [.. Granting.Renewed(proposal.MemberId!, mandate, await Rules.InForceAsync(database), now)]);
                break;
            case Act.NameGuardian or Act.EndGuardian:
                await CommitAsync(mandate, [.. await Guarding.EnactedAsync(database, proposal, mandate, now)]);
                break;
            case Act.Recognise or Act.EndRecognition:
                await CommitAsync(mandate, [.. await RecognitionActs.EnactedAsync(database, keys.Nation, proposal, mandate, now)]);
                break;
            case Act.Merge:
                await Merging.EnactAsync(database, revoker, proposal, mandate, now);
                break;
            case Act.Issue:
                await CommitAsync(mandate, [.. Giving.Granted(proposal, mandate, now)]);
                break;
            case Act.AddNode:
                await Node.AddAsync(database, time, content.RequiredString("name"), content.RequiredString("region"), mandate);
                break;
            case Act.RotateKeys:
                await new KeyRotation(database, keys, time).RotateAsync(KeyRotation.Purpose(proposal.Subject), content.OptionalBoolean("at_once") == true, mandate);
                break;
            case Act.ChangeCharter:
                var next = Charter.Parse(StrictJson.Write(content));
                if (await Rules.OutOfReachAsync(database, next, now) is { Count: > 0 } missing) throw NationRefusal.QuorumOutOfReach(missing);
                await CommitAsync(mandate, [.. Rules.Adopted(mandate, next, now)]);
                break;
            default:
                throw NationRefusal.InvalidProposal($"{proposal.Act} can't be carried out");
        }
    }

    /// <summary>
    /// What may be one person's word is for an emergency alone: it takes no place of what was decided with notice, and does not follow upon itself.
    /// </summary>
    /// <exception cref="Refusal"><c>already_suspended</c>; <c>invalid_proposal</c>: there was one not long ago.</exception>
    private async Task CheckAtOnceAsync(string memberId)
    {
        var now = time.GetUtcNow();
        if ((await Credentials.ListAsync(database, memberId)).Any(row => row.RevokedAt is null && row.IsSuspended(now.ToUnixTimeSeconds()))) throw NationRefusal.AlreadySuspended();
        var apart = (await Rules.InForceAsync(database)).Terms.LongestAtOnce * 2;
        if ((await Decisions.OfMemberAsync(database, memberId)).Any(row => row is { Act: Act.SuspendAtOnce, State: Decisions.Done, EndedAt: { } ended } && ended > (now - apart).ToUnixTimeSeconds()))
            throw NationRefusal.InvalidProposal($"they were suspended at once within the last {(int)apart.TotalDays} days: what follows is decided with notice");
    }

    /// <summary>Somebody who asked to join is admitted or refused: who vouched for them is free again.</summary>
    private async Task DecideApplicationAsync(Proposal proposal, Mandate mandate, DateTimeOffset now)
    {
        var (isAdmitted, seconds) = (proposal.Act == Act.Admit, now.ToUnixTimeSeconds());
        var charter = await Rules.InForceAsync(database);

        // Who speaks for the person is looked at again in the commit, as those are who decided.
        var counted = isAdmitted ? await Applying.CountedAsync(database, charter, proposal.Subject, now) : [];
        if (isAdmitted && !Applying.IsEnough(charter, counted)) throw NationRefusal.InvalidProposal("not enough members speak for the person any more");
        var person = isAdmitted && charter.Vouching.Personhood.Count > 0
            ? await Personhood.CountedAsync(database, charter, proposal.Subject) ?? throw NationRefusal.InvalidProposal("the person is not proven to be one any more")
            : null;
        await CommitAsync(
            mandate,
            [
                .. person is null ? [] : (Statement[])[Personhoods.Stands(person) with { Condition = Mandate.Condition }],
                .. counted.Select(one => one.MemberId).Order(StringComparer.Ordinal).Select(voucher => Credentials.Belongs(voucher, seconds) with { Condition = Mandate.Condition }),
                Applications.Decide(
                    proposal.Subject, isAdmitted ? Applications.Admitted : Applications.Refused, mandate.Actor, (now + charter.Terms.Application).ToUnixTimeSeconds(), isAdmitted ? null : seconds),
                .. await Applying.FreedAsync(database, proposal.Subject, now),
                Decisions.EndOf(proposal.Subject, Decisions.Lapsed, seconds),
                isAdmitted ? Members.Admit(proposal.MemberId!) : Personhoods.FreeOf(proposal.Subject),
                .. isAdmitted ? [] : (Statement[])[Offers.EndOfMember(proposal.MemberId!, seconds)],
                .. Notices.Withdraw(NoticeKind.ApplicationEndsSoon.Name, proposal.Subject, seconds),
                .. Notice.To(proposal.MemberId!, NoticeKind.ApplicationDecided, proposal.Subject, now),
                mandate.Write(proposal.Subject, seconds),
            ]);
    }

    private async Task CommitAsync(Mandate mandate, params Statement[] act)
    {
        var broken = await database.CommitAsync([.. mandate.Conditions, .. act]);
        mandate.Check(broken);
        if (broken is not null) throw NationRefusal.InvalidProposal("what it is about is not there any more");
    }

    private static List<string> Acts(Proposal proposal) => [.. proposal.Content.OptionalStrings("acts") ?? []];

    private static DateOnly Until(Proposal proposal) =>
        DateOnly.ParseExact(proposal.Content.RequiredString("until"), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
