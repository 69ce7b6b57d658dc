using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>
/// How a member who lost their wallet gets another: those whom they named attest that it is them, stewards decide, a delay runs in which the member can object, and the new wallet takes
/// the membership, which ends all that the old one held (decision 0041).
/// </summary>
/// <remarks>
/// A recovery is opened by one who can attest, so that no stranger learns who is a member. It is opened, attesting, in review and granted, and ends as done, objected, withdrawn or lapsed. Neither
/// those who attest nor the stewards can do it alone, and who attested decides nothing in it.
/// </remarks>
public sealed class Recovering(Database database, Offering offering, Deciding deciding, TimeProvider time)
{
    /// <summary>How long the code that begins a recovery is good.</summary>
    public static readonly TimeSpan StartLifetime = TimeSpan.FromDays(1);

    private const int MaxAttempts = 32;

    /// <summary>A recovery that the person has begun.</summary>
    /// <param name="Id">The recovery's id.</param>
    /// <param name="Secret">Opens it: part of the person's own link. It can't be had again.</param>
    public sealed record Begun(string Id, string Secret);

    /// <summary>What the person reads out to who can attest: made from the secret of their link.</summary>
    public static string CodeOf(string secret) => RandomId.Spoken(secret);

    /// <summary>One who can attest opens a recovery for somebody who called them.</summary>
    /// <returns>The code that the person begins it with.</returns>
    /// <exception cref="Refusal">
    /// <c>unknown_recovery</c>: they can't attest for that member. <c>recovery_closed</c>: there are too few who can, the member objected not long ago, doesn't belong any more, or they have opened one
    /// that goes on.
    /// </exception>
    public async Task<string> OpenAsync(string contactId, string memberId)
    {
        var (charter, now) = (await Rules.InForceAsync(database), time.GetUtcNow());
        var seconds = now.ToUnixTimeSeconds();
        var list = await RecoveryContacts.HoldingAsync(database, memberId, seconds);
        var circle = await Rebinding.CircleAsync(database, memberId, list?.Id);
        if (!circle.Contains(contactId) || !await Credentials.BelongsAsync(database, contactId, seconds)) throw NationRefusal.UnknownRecovery();
        if (await MembershipAsync(memberId, seconds) is null) throw NationRefusal.RecoveryClosed("they are not a member any more");
        var able = 0;
        foreach (var contact in circle)
            if (await Credentials.BelongsAsync(database, contact, seconds)) able++;
        if (able < charter.Terms.RecoveryVouchers) throw NationRefusal.RecoveryClosed($"by the charter {charter.Terms.RecoveryVouchers} must attest, and only {able} can");
        var before = await Recoveries.OfMemberAsync(database, memberId);
        if (before.Any(row => row.State == Recoveries.Objected && row.EndedAt > (now - charter.Terms.RecoveryDelay).ToUnixTimeSeconds()))
            throw NationRefusal.RecoveryClosed($"the member objected to one within the last {(int)charter.Terms.RecoveryDelay.TotalDays} days");

        // One that nobody has begun takes no place.
        var own = before.FirstOrDefault(row => row.EndedAt is null && row.OpenedBy == contactId);
        if (own is { State: not Recoveries.Opened }) throw NationRefusal.RecoveryClosed("you have opened one for them already, and it goes on");
        var code = RandomId.Spoken(RandomId.Secret());
        var opened = new Recoveries.Row
        {
            Id = RandomId.New(),
            MemberId = memberId,
            OpenedBy = contactId,
            ListId = list?.Id,
            StartDigest = RandomId.Digest(code),
            CharterVersion = charter.Version,
            State = Recoveries.Opened,
            Revision = 1,
            OpenedAt = seconds,
            OpenUntil = (now + StartLifetime).ToUnixTimeSeconds(),
        };
        var broken = await database.CommitAsync(
        [
            Nations.IsUnder(charter.Version),
            Credentials.Belongs(contactId, seconds),
            .. own is null ? [] : Rebinding.Ended(own, Recoveries.Lapsed, "lapse-recovery", seconds),
            Recoveries.Insert(opened),
            .. Notice.To(memberId, NoticeKind.RecoveryBegun, opened.Id, now),
            Journal.Write("open-recovery", opened.Id, contactId, charter.Version, seconds),
        ]);
        return broken is null ? code : throw NationRefusal.DecisionMoved();
    }

    /// <summary>The person begins what was opened for them, once.</summary>
    /// <param name="code">As they typed it.</param>
    /// <exception cref="Refusal"><c>unknown_recovery</c>: the code is none, or was used, or is too old.</exception>
    public async Task<Begun> BeginAsync(string code)
    {
        var now = time.GetUtcNow();
        if (await Recoveries.FindByStartAsync(database, RandomId.Digest(RandomId.Heard(code))) is not { State: Recoveries.Opened } row || row.OpenUntil <= now.ToUnixTimeSeconds())
            throw NationRefusal.UnknownRecovery();
        var charter = await Rules.InForceAsync(database);
        var secret = RandomId.Secret();
        var broken = await database.CommitAsync(
        [
            Recoveries.Begin(row, RandomId.Digest(secret), RandomId.Digest(CodeOf(secret)), (now + charter.RuleOf(Act.Rebind).Open).ToUnixTimeSeconds()),
            .. (await Rebinding.CircleAsync(database, row.MemberId, row.ListId)).SelectMany(contact => Notice.To(contact, NoticeKind.RecoveryAsked, row.Id, now)),
            Journal.Write("begin-recovery", row.Id, row.Id, row.CharterVersion, now.ToUnixTimeSeconds()),
        ]);
        return broken is null ? new(row.Id, secret) : throw NationRefusal.UnknownRecovery();
    }

    /// <summary>The person's own view; null where the secret is none.</summary>
    public async Task<Recovery?> OfSecretAsync(string secret)
    {
        if (await Recoveries.FindBySecretAsync(database, RandomId.Digest(secret)) is not { } row) return null;
        await MoveAsync(row.Id);
        return await ReadAsync((await Recoveries.FindAsync(database, row.Id))!);
    }

    /// <summary>What one who can attest sees by the code that they were read out; null where it is none for them, or nobody attests any more.</summary>
    /// <param name="code">As they typed it.</param>
    /// <param name="contactId">Who asks.</param>
    public async Task<Recovery?> AskedAsync(string code, string contactId) => await FindAskedAsync(code, contactId) is { } row ? await ReadAsync(row) : null;

    /// <summary>All recoveries of a member, newest first: what they can object to, and what became of them.</summary>
    public Task<IReadOnlyList<Recoveries.Row>> OfMemberAsync(string memberId) => Recoveries.OfMemberAsync(database, memberId);

    /// <summary>Somebody attests that they spoke with the member, and that it is them.</summary>
    /// <exception cref="Refusal"><c>unknown_recovery</c>, <c>already_attested</c>; <c>recovery_not_ready</c>: enough have.</exception>
    public async Task AttestAsync(string code, string contactId)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = Now();
            var row = await FindAskedAsync(code, contactId) ?? throw NationRefusal.UnknownRecovery();

            // Once enough have, it is decided by others: whoever attests then could count there too.
            if (row.State != Recoveries.Attesting && !(await RecoveryAttestations.OfAsync(database, row.Id)).Contains(contactId)) throw NationRefusal.RecoveryNotReady("enough have attested it already, so nobody needs to");
            switch (await database.CommitAsync(
                Recoveries.Touch(row), Credentials.Belongs(contactId, now), RecoveryAttestations.Insert(row.Id, contactId, now), Journal.Write("attest", row.Id, contactId, row.CharterVersion, now)))
            {
                case null:
                    await MoveAsync(row.Id);
                    return;
                case RecoveryAttestations.OnceCondition: throw NationRefusal.AlreadyAttested();
                case Credentials.BelongsCondition: throw NationRefusal.UnknownRecovery();
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>Somebody takes it back, as long as no wallet was bound: where they are too few then, what was decided ends.</summary>
    /// <exception cref="Refusal"><c>unknown_recovery</c>: also where they did not attest.</exception>
    public async Task TakeBackAsync(string code, string contactId)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = Now();
            var row = await FindAskedAsync(code, contactId) ?? throw NationRefusal.UnknownRecovery();
            switch (await database.CommitAsync(
                Recoveries.Touch(row), RecoveryAttestations.Delete(row.Id, contactId), Journal.Write("take-back-attest", row.Id, contactId, row.CharterVersion, now)))
            {
                case null:
                    await MoveAsync(row.Id);
                    return;
                case RecoveryAttestations.OnceCondition: throw NationRefusal.UnknownRecovery();
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>The member, who still has their wallet, objects: whatever was asked for in their name ends, and nobody opens another for the charter's delay.</summary>
    /// <returns>How many it ended: none where there was none, or it was done in the same moment.</returns>
    public async Task<int> ObjectAsync(string memberId)
    {
        var ended = 0;
        foreach (var open in (await Recoveries.OfMemberAsync(database, memberId)).Where(row => row.EndedAt is null))
            if (await EndAsync(open.Id, Recoveries.Objected, "object-recovery", memberId)) ended++;
        return ended;
    }

    /// <summary>The person takes it back.</summary>
    /// <exception cref="Refusal"><c>unknown_recovery</c>: the secret is none, or it has ended.</exception>
    public async Task WithdrawAsync(string secret)
    {
        var row = await Recoveries.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownRecovery();
        if (!await EndAsync(row.Id, Recoveries.Withdrawn, "withdraw-recovery", row.Id)) throw NationRefusal.UnknownRecovery();
    }

    /// <summary>Offers the person their membership for a new wallet, as often as they ask until one has taken it: what was offered before gives nothing any more.</summary>
    /// <exception cref="Refusal"><c>unknown_recovery</c>; <c>recovery_not_ready</c>: it is not granted, or the member is suspended.</exception>
    public async Task<Offering.Made> CollectAsync(string secret)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var recovery = await OfSecretAsync(secret) ?? throw NationRefusal.UnknownRecovery();
            if (recovery.Row is not { State: Recoveries.Granted, DecisionId: { } decisionId } row) throw NationRefusal.RecoveryNotReady($"there is nothing to take: the recovery is {recovery.Row.State}");
            var now = Now();
            if (await MembershipAsync(row.MemberId, now) is { SuspendedUntil: { } until } held && held.IsSuspended(now))
                throw NationRefusal.RecoveryNotReady($"the membership is suspended until {DateTimeOffset.FromUnixTimeSeconds(until):yyyy-MM-dd HH:mm} UTC, and can be taken then");
            var decision = (await Decisions.FindAsync(database, decisionId))!;
            List<Statement> conditions = [Recoveries.Touch(row), Credentials.Belongs(row.MemberId, now)];
            var mandate = new Mandate(
                Act.Rebind, decision.Id, decision.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition }), Offers.EndOfDecision(decisionId, now)])
            {
                DecisionId = decision.Id,
            };
            try
            {
                return await offering.MakeAsync(CredentialType.Membership, row.MemberId, new Dictionary<string, string>(), mandate, Offering.NewTransactionCode());
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
            {
                // It has moved, or the member was suspended in this moment: it is looked at again.
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>Goes on with all that are not at an end. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of one that broke, which holds no other up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        foreach (var row in await Recoveries.OpenAsync(database))
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

    /// <summary>Does what follows from where it stands: puts the question, takes it back, or ends it.</summary>
    private async Task MoveAsync(string id)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await Recoveries.FindAsync(database, id) is not { EndedAt: null } row) return;
            var now = time.GetUtcNow();
            var seconds = now.ToUnixTimeSeconds();
            var charter = await Rules.InForceAsync(database);
            var open = (now + charter.RuleOf(Act.Rebind).Open).ToUnixTimeSeconds();

            // 1. Nobody is a member any more whom it was about.
            if (await MembershipAsync(row.MemberId, seconds) is not { } membership)
            {
                if (await EndAsync(row.Id, Recoveries.Lapsed, "lapse-recovery", row.Id)) return;
                continue;
            }

            // 2. Its time is over; but what was decided waits for its day, and what can't be taken for a suspension waits for its end.
            if (row.OpenUntil <= seconds && (row.State != Recoveries.Review || await DueAtAsync(row) is null))
            {
                if (row.State == Recoveries.Granted && membership.IsSuspended(seconds))
                    await database.CommitAsync(Recoveries.Move(row, row.State, open));
                else if (await EndAsync(row.Id, Recoveries.Lapsed, "lapse-recovery", row.Id)) return;
                continue;
            }

            if (row.State is not (Recoveries.Attesting or Recoveries.Review)) return;

            // 3. Enough attest, or no more.
            var counted = await Rebinding.CountedAsync(database, row, now);
            var isEnough = counted.Count >= charter.Terms.RecoveryVouchers;
            if (isEnough && row.State == Recoveries.Review)
            {
                var node = (await Members.FindAsync(database, row.MemberId))?.NodeId;
                await deciding.PutAsync(Proposal.Rebind(row, node, await RecoveryAttestations.OfAsync(database, row.Id)), row.OpenUntil);
                return;
            }

            if (!isEnough && row.State == Recoveries.Attesting) return;
            await database.CommitAsync(
            [
                isEnough ? Recoveries.Move(row, Recoveries.Review, open) : Recoveries.Move(row, Recoveries.Attesting, row.OpenUntil),
                Decisions.EndOf(row.Id, Decisions.Lapsed, seconds),
                .. isEnough ? Notice.To(row.MemberId, NoticeKind.RecoveryAttested, row.Id, now) : [],
                Journal.Write(isEnough ? "review-recovery" : "attest-again", row.Id, row.Id, row.CharterVersion, seconds),
            ]);
        }
    }

    /// <summary>Ends it; false where it has ended already.</summary>
    private async Task<bool> EndAsync(string id, string state, string act, string actor)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await Recoveries.FindAsync(database, id) is not { EndedAt: null } row) return false;
            var now = time.GetUtcNow();
            if (await database.CommitAsync(
                [.. Rebinding.Ended(row, state, act, now.ToUnixTimeSeconds(), actor), .. Notice.To(row.MemberId, NoticeKind.RecoveryEnded, row.Id, now)]) is null)
            {
                return true;
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>The recovery of a code, for one who can attest it and as long as nothing was bound; null for everybody else. All that differs is answered alike.</summary>
    private async Task<Recoveries.Row?> FindAskedAsync(string code, string contactId) =>
        await Recoveries.FindByAttestAsync(database, RandomId.Digest(RandomId.Heard(code))) is { State: Recoveries.Attesting or Recoveries.Review } row
        && (await Rebinding.CircleAsync(database, row.MemberId, row.ListId)).Contains(contactId)
            ? row
            : null;

    private async Task<Recovery> ReadAsync(Recoveries.Row row) => new(
        row,
        await offering.NameOfAsync(row.MemberId),
        await RecoveryAttestations.OfAsync(database, row.Id),
        (await Rebinding.CountedAsync(database, row, time.GetUtcNow())).Count,
        (await Rules.InForceAsync(database)).Terms.RecoveryVouchers,
        await DueAtAsync(row) is { } due ? DateTimeOffset.FromUnixTimeSeconds(due) : null);

    /// <summary>When what was decided takes effect; null where nothing was decided, or it has.</summary>
    private async Task<long?> DueAtAsync(Recoveries.Row row) =>
        (await Decisions.OfSubjectAsync(database, row.Id)).FirstOrDefault(decision => decision is { Act: Act.Rebind, State: Decisions.Open })?.DueAt;

    /// <summary>The membership that a member holds, suspended or not; null where it was revoked, or has ended.</summary>
    private async Task<Credentials.Row?> MembershipAsync(string memberId, long now) => (await Credentials.ListAsync(database, memberId))
        .Where(row => row.Type == CredentialType.Membership && row.RevokedAt is null && row.ExpiresAt > now).OrderBy(row => row.IsSuspended(now)).FirstOrDefault();

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
