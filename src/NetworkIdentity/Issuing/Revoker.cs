using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Revokes credentials: the records, their slots and the journal in one transaction. Nothing takes it back.</summary>
public sealed class Revoker(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Revokes a credential, and with it every copy that its wallet took from the same offer: they say the same of the same person.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <returns>The records that are revoked now, the named one first.</returns>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>reason_missing</c>, <c>mandate_missing</c>.</exception>
    public async Task<IReadOnlyList<Credentials.Row>> RevokeAsync(string credentialId, string reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw NationRefusal.ReasonMissing();
        var mandate = await Mandate.OfFounderAsync(database, Act.Revoke);
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var record = await Credentials.FindAsync(database, credentialId) ?? throw NationRefusal.UnknownCredential();
            if (record.RevokedAt is not null) throw NationRefusal.AlreadyRevoked();
            List<Statement> act = [.. await OfOfferAsync(record.MemberId, record.OfferId, reason, mandate, await Offers.StandingAsync(database, record.MemberId))];

            // A card says that they belong, too; and so does an account that is a member's.
            foreach (var type in record.Type == CredentialType.Membership ? CredentialType.Following : [])
                act.AddRange([.. await AllOfTypeAsync(record.MemberId, type, reason, mandate), Offers.NoOtherOfType(record.MemberId, type, "")]);
            if (record.Type == CredentialType.Membership) act.Add(BoundAccounts.DeleteOf(record.MemberId));
            var broken = await database.CommitAsync([.. mandate.Conditions, Credentials.NotRevoked(record.Id), .. act]);
            mandate.Check(broken);
            if (broken is not null) continue;
            var revoked = await Credentials.OfOfferAsync(database, record.OfferId);
            return [.. revoked.OrderByDescending(row => row.Id == record.Id)];
        }

        throw new InvalidOperationException("the act broke 16 times: its slot or list is missing, or copies were issued all the while");
    }

    /// <summary>Revokes all that a member holds, and what they were offered and have not taken; their mandates end, and their sign-ins.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="mandate">The decision.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public Task RevokeMemberAsync(string memberId, string reason, Mandate mandate, params Statement[] alsoInTheAct) =>
        RevokeMemberAsync(memberId, reason, mandate, () => Task.FromResult<(IReadOnlyList<Statement>, IReadOnlyList<Statement>)>(([], alsoInTheAct)));

    /// <summary>The same, where what is to be committed with it is read anew at each attempt: what goes before, and what after.</summary>
    internal async Task RevokeMemberAsync(string memberId, string reason, Mandate mandate, Func<Task<(IReadOnlyList<Statement> Before, IReadOnlyList<Statement> After)>> alsoInTheAct)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var offers = await Offers.StandingAsync(database, memberId);
            var also = await alsoInTheAct();
            List<Statement> act = [.. mandate.Conditions, Members.Hold(memberId), .. also.Before];

            // What stands of an offer that gives nothing any more, too.
            var held = (await Credentials.ListAsync(database, memberId)).Where(row => row.RevokedAt is null).Select(row => row.OfferId);
            foreach (var offer in offers.Union(held)) act.AddRange(await OfOfferAsync(memberId, offer, reason, mandate, offers));
            var broken = await database.CommitAsync(
                [.. act, Offers.NoneStands(memberId), Decisions.EndOf(memberId, Decisions.Lapsed, now, Governing.Act.Renew), MembershipGrants.EndOfMember(memberId, now), Guardianships.EndOfGuardian(memberId, now), BoundAccounts.DeleteOf(memberId), Stewards.EndOfMember(memberId, now), Sessions.EndOfMember(memberId, null, Sessions.CredentialEnded, now), .. also.After]);
            mandate.Check(broken);
            if (broken is null) return;
        }

        throw new InvalidOperationException("the act broke 16 times: the member was offered or given something all the while");
    }

    /// <summary>Ends a steward's mandate before its day, and with it the credential that says it.</summary>
    /// <param name="stewardId">The mandate that ends.</param>
    /// <param name="memberId">Whose it is.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="mandate">The decision.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <exception cref="Refusal"><c>invalid_proposal</c>: it has ended. <c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public async Task EndStewardAsync(string stewardId, string memberId, string reason, Mandate mandate, params IReadOnlyList<Statement> alsoInTheAct)
    {
        if (await EndRestingAsync(stewardId, memberId, reason, mandate, now => Stewards.End(stewardId, now), null, alsoInTheAct) == Stewards.HoldsCondition)
            throw NationRefusal.InvalidProposal("what it is about is not there any more");
    }

    /// <summary>Ends what credentials rest on, a mandate or a binding, and with it all that was offered on it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="memberId">Whose it is.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="mandate">By whose word.</param>
    /// <param name="end">Ends it; its condition is what this returns where it is not there any more.</param>
    /// <param name="detail">What its leaf says of it.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <returns>Null where it was ended.</returns>
    internal async Task<string?> EndRestingAsync(string id, string memberId, string reason, Mandate mandate, Func<long, Statement> end, string? detail, params IReadOnlyList<Statement> alsoInTheAct)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var ending = end(now);
            var broken = await database.CommitAsync([.. await RestingAsync(id, memberId, reason, mandate, ending, detail, now), .. alsoInTheAct]);
            mandate.Check(broken);
            if (broken is null || broken == ending.Condition) return broken;
        }

        throw new InvalidOperationException("the act broke 16 times: what rests on it was issued all the while");
    }

    /// <summary>The same as what goes into a commit: it breaks with the condition of what ends it, or with <c>moved</c> where something was offered or issued on it since this was read.</summary>
    internal async Task<IReadOnlyList<Statement>> RestingAsync(string id, string memberId, string reason, Mandate mandate, Statement ending, string? detail, long now)
    {
        // What they rest on first: who makes an offer on it meanwhile is before this, and seen below, or finds it ended.
        var offers = await Offers.RestingOnAsync(database, id);
        List<Statement> act = [.. mandate.Conditions, ending, mandate.Write(id, now, detail)];
        foreach (var offer in offers) act.AddRange(await OfOfferAsync(memberId, offer, reason, mandate, offers));
        return [.. act, Offers.NoneRestsOn(id)];
    }

    /// <summary>
    /// What revokes all that a member holds or was offered but by one offer, and ends their sign-ins: they hold it in another wallet from then on. Their mandates stay. Where something
    /// was offered or issued since this was read, the act breaks with <c>moved</c>.
    /// </summary>
    internal async Task<IReadOnlyList<Statement>> AllButAsync(string memberId, string offerId, string reason, Mandate mandate)
    {
        var standing = await Offers.StandingAsync(database, memberId);
        var held = (await Credentials.ListAsync(database, memberId)).Where(row => row.RevokedAt is null).Select(row => row.OfferId);
        List<Statement> act = [];
        foreach (var offer in standing.Union(held).Where(offer => offer != offerId)) act.AddRange(await OfOfferAsync(memberId, offer, reason, mandate, standing));
        return [.. act, Offers.NoOtherStands(memberId, offerId), SignIns.EndOfMember(memberId, SignIn.CredentialEnded), Sessions.EndOfMember(memberId, null, Sessions.CredentialEnded, time.GetUtcNow().ToUnixTimeSeconds())];
    }

    /// <summary>What revokes all that a member holds of a type; nothing where they hold none.</summary>
    internal async Task<IReadOnlyList<Statement>> AllOfTypeAsync(string memberId, string type, string reason, Mandate mandate)
    {
        var standing = await Offers.StandingOfTypeAsync(database, memberId, type);
        List<Statement> act = [];
        foreach (var offer in standing) act.AddRange(await OfOfferAsync(memberId, offer, reason, mandate, standing));
        return act;
    }

    /// <summary>Revokes the memberships that a member holds beside the one of an offer, which took their place.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="offerId">The offer whose membership stays.</param>
    /// <param name="reason">Why, in words that the member may read; kept under the member's own key.</param>
    /// <param name="mandate">The decision.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public async Task ReplaceAsync(string memberId, string offerId, string reason, Mandate mandate)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var offers = await Offers.StandingAsync(database, memberId);
            List<Statement> act = [.. mandate.Conditions];
            var replaced = (await Credentials.ListAsync(database, memberId)).Where(row => row.Type == CredentialType.Membership && row.RevokedAt is null && row.OfferId != offerId);
            foreach (var offer in replaced.Select(row => row.OfferId).Distinct()) act.AddRange(await OfOfferAsync(memberId, offer, reason, mandate, offers));
            var broken = await database.CommitAsync([.. act]);
            mandate.Check(broken);
            if (broken is null) return;
        }

        throw new InvalidOperationException("the act broke 16 times: the member was given something all the while");
    }

    /// <summary>
    /// What revokes everything of an offer. The offer is closed in the same act, and its token ended: no fresh copy can follow. Where one came since this was read, the act breaks
    /// with <c>moved</c>.
    /// </summary>
    private async Task<IEnumerable<Statement>> OfOfferAsync(string memberId, string offerId, string reason, Mandate mandate, IReadOnlyList<string> standing)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var copies = (await Credentials.OfOfferAsync(database, offerId)).Where(copy => copy.RevokedAt is null).ToList();
        return
        [
            .. standing.Contains(offerId) ? (Statement[])[Offers.Revoke(offerId, now)] : [],
            Credentials.RevokeOfOffer(offerId, copies.Count, await Reasons.SealAsync(database, keys, memberId, offerId, reason, Act.Revoke), now),
            .. copies.Count > 0 ? (Statement[])[StatusLists.SetOfOffer(offerId, (long)TokenStatus.Invalid), StatusLists.TouchOfOffer(offerId)] : [],
            AccessTokens.RevokeOf(AccessTokens.ForCredential, offerId, now),
            Sessions.EndOfOffer(offerId, Sessions.CredentialEnded, now),
            .. copies.Select(copy => mandate.Write(copy.Id, now, copy.ToBeSignedDigest, Act.Revoke)),
        ];
    }

    /// <summary>Why a credential was revoked; null where it was not.</summary>
    public Task<string?> ReasonOfAsync(Credentials.Row record) => Reasons.OpenAsync(database, keys, record, record.RevokedReason, "revoke");
}
