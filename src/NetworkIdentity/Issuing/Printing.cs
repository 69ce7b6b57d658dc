using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Issuing;

/// <summary>Printed cards, for members who have no wallet at hand (decision 0048).</summary>
/// <remarks>
/// A card is a credential of its own: recorded before it is signed, with a status slot, and nobody's key's. It follows from the membership, lasts no longer, and ends with it. A member has one:
/// another takes its place. It proves what the nation says, and never who bears it.
/// </remarks>
public sealed class Printing(Database database, KeyRing keys, StatusSlots slots, Revoker revoker, Offering offering, Issuer issuer, Granting granting, TimeProvider time)
{
    /// <summary>The act of who prints one.</summary>
    public const string Act = "print";

    /// <summary>The act of who ends one.</summary>
    public const string EndAct = "end-card";

    /// <summary>What the mandate of a steward must be for, who prints for members.</summary>
    public const string StewardAct = Governing.Act.Issue;

    /// <summary>What is said of a card that another took the place of.</summary>
    internal const string Replaced = "Another card was printed in its place.";

    /// <summary>What is said of a card that was ended.</summary>
    internal const string Ended = "The card was reported as lost.";

    /// <summary>How many cards of one member are printed in a day: each takes a slot of a status list for good.</summary>
    internal const int MostADay = 20;

    private const int MaxAttempts = 16;

    private readonly Drafting _drafting = new(keys, null, slots, time);

    /// <summary>A card that stands.</summary>
    /// <param name="Record">Its record.</param>
    /// <param name="Text">What its QR code holds: an SD-JWT VC without a holder's key; null where the key that signed it signs nothing any more, so that it can't be shown again.</param>
    /// <param name="Name">What the member is called; null where the membership says no name.</param>
    /// <param name="Since">When they became a member.</param>
    /// <param name="Node">The node they belong to; null for none.</param>
    /// <param name="Until">The last day on which it is good.</param>
    public sealed record Card(Credentials.Row Record, string? Text, string? Name, DateTimeOffset Since, string? Node, DateOnly Until);

    /// <summary>The card of a member, once more; null where none stands.</summary>
    public async Task<Card?> FindAsync(string memberId) =>
        (await Credentials.ListAsync(database, memberId)).LastOrDefault(row => row.Type == CredentialType.Card.Name && row.Stands(Now())) is { } record
        && await Member.FindAsync(database, keys, memberId) is { } member ? await ShownAsync(record, member) : null;

    /// <summary>A member has a card printed. The one they had gives nothing any more.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>not_a_member</c>, <c>too_many_cards</c>.</exception>
    public Task<Card> PrintAsync(string memberId) => PrintAsync(memberId, memberId, []);

    /// <summary>A steward prints a card for a member who is present.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="stewardId">The steward's own member id.</param>
    /// <param name="takesGranted">Whether a membership that they may take is taken for them, who have no wallet: it is on record and in force then, and nobody's key's.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>: there is none, or none for whom this steward has a mandate. <c>not_a_member</c>, <c>nothing_granted</c>, <c>has_wallet</c>, <c>no_did</c>.</exception>
    public async Task<Card> PrintAsync(string memberId, string stewardId, bool takesGranted)
    {
        var conditions = await MandateAsync(memberId, stewardId);
        return takesGranted ? await TakeGrantedAsync(memberId, stewardId, conditions) : await PrintAsync(memberId, stewardId, conditions);
    }

    /// <summary>A guardian takes the membership that was granted to a ward who has no wallet, and has a card of it printed.</summary>
    /// <param name="wardId">The ward.</param>
    /// <param name="guardianId">The guardian's own member id.</param>
    /// <exception cref="Refusal"><c>nothing_granted</c>, <c>has_wallet</c>, <c>no_did</c>, and as for another.</exception>
    public Task<Card> TakeForWardAsync(string wardId, string guardianId) => TakeGrantedAsync(wardId, guardianId, []);

    /// <summary>Who was admitted takes their membership without a wallet, and has a card of it.</summary>
    /// <param name="offer">The offer that they collected.</param>
    /// <exception cref="Refusal"><c>no_did</c>, and as for another.</exception>
    public async Task<Card> TakeAsync(Offering.Made offer)
    {
        await issuer.TakeOnPaperAsync(offer.Id, offer.MemberId, []);
        return await PrintAsync(offer.MemberId);
    }

    /// <summary>A member ends their card, which they have lost.</summary>
    /// <exception cref="Refusal"><c>no_card</c>: none stands.</exception>
    public Task EndAsync(string memberId) => EndAsync(memberId, memberId, []);

    /// <summary>A steward ends the card of a member who says that it is lost.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>: there is none, or none for whom this steward has a mandate. <c>no_card</c>.</exception>
    public async Task EndAsync(string memberId, string stewardId) => await EndAsync(memberId, stewardId, await MandateAsync(memberId, stewardId));

    /// <summary>Whether a steward prints for members at all.</summary>
    public async Task<bool> MayPrintAsync(string stewardId) => (await Steward.InForceAsync(database, time.GetUtcNow(), stewardId)).Any(one => one.Acts.Contains(StewardAct));

    /// <summary>
    /// Takes what was granted for who has no wallet. Who ever had one takes it themselves: nobody else takes its place, or brings back who has left.
    /// </summary>
    private async Task<Card> TakeGrantedAsync(string memberId, string actor, IReadOnlyList<Statement> conditions)
    {
        issuer.CheckPaper(CredentialType.Membership);
        if (await Members.FindAsync(database, memberId) is not { State: Member.Active }) throw NationRefusal.NothingGranted();
        if ((await Credentials.ListAsync(database, memberId)).Any(row => row.Type == CredentialType.Membership && row.HolderThumbprint.Length > 0)) throw NationRefusal.HasWallet();
        await issuer.TakeOnPaperAsync((await granting.CollectAsync(memberId)).Id, actor, conditions);
        return await PrintAsync(memberId, actor, conditions);
    }

    /// <summary>What must be so of a steward's mandate for a member: for the act, and of the whole nation or of the member's node. To everybody else the member is not there.</summary>
    private async Task<IReadOnlyList<Statement>> MandateAsync(string memberId, string stewardId)
    {
        var node = (await Members.FindAsync(database, memberId))?.NodeId;
        var steward = (await Steward.InForceAsync(database, time.GetUtcNow(), stewardId)).FirstOrDefault(one => one.Acts.Contains(StewardAct) && (one.NodeId is null || one.NodeId == node));
        return steward is null
            ? throw NationRefusal.UnknownMember()
            : [Stewards.Holds(steward.Id, Now()) with { Condition = Mandate.Condition }, Credentials.Belongs(stewardId, Now()) with { Condition = Mandate.Condition }];
    }

    private async Task<Card> PrintAsync(string memberId, string actor, IReadOnlyList<Statement> conditions)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // 1. The member belongs: the card lasts no longer than the membership that it follows from.
            var now = time.GetUtcNow();
            var member = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.UnknownMember();
            var held = await Credentials.ListAsync(database, memberId);
            if (held.Count(row => row.Type == CredentialType.Card.Name && row.RecordedAt > Now() - (24 * 3600)) >= MostADay) throw NationRefusal.TooManyCards(MostADay);
            var membership = held.Where(row => row.Type == CredentialType.Membership && row.Stands(Now())).MaxBy(row => row.ExpiresAt);
            var days = membership is null ? 0 : (DateTimeOffset.FromUnixTimeSeconds(membership.ExpiresAt).UtcDateTime.Date - now.UtcDateTime.Date).Days;
            if (days < 1) throw NationRefusal.NotAMember();

            // 2. What it says.
            var version = (await Nations.FindAsync(database))!.CharterVersion;
            var type = CredentialType.Card.Lasting(days);
            var claims = type.ClaimsFor(null, await SaidAsync(memberId), member.JoinedAt ?? now, version);

            // 3. The record, in one act with the end of the card before it. It is an offer that was taken in the moment in which it was made.
            var id = RandomId.New();
            var mandate = new Mandate(Act, actor, version, [Nations.IsUnder(version) with { Condition = Mandate.Condition }, .. conditions]);
            var record = Record(type, member, id, claims, (await slots.PickAsync(1)).Dequeue());
            var broken = await database.CommitAsync(
            [
                .. mandate.Conditions,
                Credentials.Stands(membership!.Id, now.ToUnixTimeSeconds()),
                .. await revoker.AllOfTypeAsync(memberId, type.Name, Replaced, mandate),
                Offers.Insert(Offer(id, member, claims)),
                Offers.NoOtherOfType(memberId, type.Name, id),
                StatusLists.Take(record.ListId, record.Idx, record.Id),
                Credentials.Insert(record),
                mandate.Write(id, now.ToUnixTimeSeconds()),
                Journal.Write("issue", record.Id, id, version, now.ToUnixTimeSeconds(), record.ToBeSignedDigest, Issuer.CountedAs(record, (await Members.FindAsync(database, memberId))?.NodeId)),
                .. Notice.To(memberId, NoticeKind.CardPrinted, id, now),
            ]);
            mandate.Check(broken);

            // 4. Only then the signature.
            if (broken is null) return await ShownAsync(record, member);
        }

        throw new InvalidOperationException("the act broke 16 times: another card was printed, or the membership moved all the while");
    }

    private async Task EndAsync(string memberId, string actor, IReadOnlyList<Statement> conditions)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var version = (await Nations.FindAsync(database))!.CharterVersion;
            var mandate = new Mandate(EndAct, actor, version, [Nations.IsUnder(version) with { Condition = Mandate.Condition }, .. conditions]);
            var act = await revoker.AllOfTypeAsync(memberId, CredentialType.Card.Name, Ended, mandate);
            if (act.Count == 0) throw NationRefusal.NoCard();
            var broken = await database.CommitAsync([.. mandate.Conditions, .. act]);
            mandate.Check(broken);
            if (broken is null) return;
        }

        throw new InvalidOperationException("the act broke 16 times: cards were printed all the while");
    }

    /// <summary>The name and the node, as far as they are known.</summary>
    private async Task<Dictionary<string, string>> SaidAsync(string memberId)
    {
        Dictionary<string, string> said = [];
        if (await offering.NameOfAsync(memberId) is { } name) said["display_name"] = name;
        var node = (await Members.FindAsync(database, memberId))?.NodeId;
        if ((await Node.AllAsync(database)).FirstOrDefault(one => one.Id == node) is { } home) said[Node.Claim] = home.Name;
        return said;
    }

    private Offers.Row Offer(string id, Member member, System.Text.Json.Nodes.JsonObject claims)
    {
        // A code that nobody is told.
        var code = RandomId.Secret();
        return new()
        {
            Id = id,
            MemberId = member.Id,
            Type = CredentialType.Card.Name,
            DecisionId = id,
            Claims = member.Data.Seal(StrictJson.Write(claims), Offering.Owner(id)),
            Code = keys.Sealing.Seal(Encoding.ASCII.GetBytes(code), Offering.Owner(id)),
            CodeDigest = RandomId.Digest(code),
            CreatedAt = Now(),
            ExpiresAt = Now(),
            RedeemedAt = Now(),
        };
    }

    private Credentials.Row Record(CredentialType type, Member member, string offerId, System.Text.Json.Nodes.JsonObject claims, StatusSlots.Slot slot)
    {
        var draft = _drafting.Of(new(type, SdJwtVc.Format), claims, null, slot);
        var (issuedAt, _, expiresAt) = type.Rules.TimesOf(claims, time.GetUtcNow());
        var id = RandomId.New();
        return new()
        {
            Id = id,
            MemberId = member.Id,
            OfferId = offerId,
            Ordinal = 0,
            Type = type.Name,
            Format = SdJwtVc.Format,
            ListId = slot.ListId,
            Idx = slot.Index,
            Kid = draft.KeyId,
            HolderThumbprint = "",
            ToBeSigned = draft.Committed,
            ToBeSignedDigest = Base64Url.Encode(SHA256.HashData(draft.Committed)),
            Disclosures = member.Data.Seal(draft.Sealed, Issuer.Owner(id)),
            NotificationId = RandomId.New(),
            RecordedAt = Now(),
            IssuedAt = issuedAt.ToUnixTimeSeconds(),
            ExpiresAt = expiresAt.ToUnixTimeSeconds(),
        };
    }

    /// <summary>What is on it; where it is shown again, signed again: it says the same.</summary>
    private async Task<Card> ShownAsync(Credentials.Row record, Member member)
    {
        var offer = (await Offers.FindAsync(database, record.OfferId))!;
        var claims = StrictJson.ParseObject(member.Data.Open(offer.Claims, Offering.Owner(offer.Id)));
        return new(
            record, (await issuer.AgainAsync(record, member))?.GetValue<string>(), claims.OptionalString("display_name"), member.JoinedAt ?? DateTimeOffset.FromUnixTimeSeconds(record.IssuedAt),
            claims.OptionalString(Node.Claim), DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(record.ExpiresAt).UtcDateTime).AddDays(-1));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
