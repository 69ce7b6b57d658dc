using System.Globalization;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>How a member leaves: at once, on their own word alone, and with what they are owed afterwards (decision 0040).</summary>
/// <remarks>
/// Nothing keeps a member: not a suspension, not a decision that is open about them, no quorum that is out of reach without them. What is open about them lapses, since nobody is left
/// whom it is about; what was carried out stays as it was.
/// </remarks>
public sealed class Leaving(Database database, Offering offering, Revoker revoker, Eraser eraser, TimeProvider time)
{
    /// <summary>The act of who leaves.</summary>
    public const string Act = "leave";

    /// <summary>How long the link of who left gives the exit certificate and the export.</summary>
    public static readonly TimeSpan OpenFor = TimeSpan.FromDays(30);

    /// <summary>Why their credentials are revoked.</summary>
    public const string Reason = "left";

    /// <summary>A member leaves. Their credentials, mandates, sign-ins and offers end, their vouches are free, and what is open about them lapses, all in one commit.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="secret">What their link holds from now on: <see cref="RandomId.Secret"/>, that who leaves was given before, so that no lost answer loses it.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>; <c>has_left</c>: they have before, or never belonged.</exception>
    public async Task LeaveAsync(string memberId, string secret)
    {
        if (await Members.FindAsync(database, memberId) is not { State: not Member.Erased } row) throw NationRefusal.UnknownMember();
        if (row.State != Member.Active) throw NationRefusal.HasLeft();
        var mandate = new Mandate(Act, memberId, (await Nations.FindAsync(database))!.CharterVersion, []);
        try
        {
            await revoker.RevokeMemberAsync(memberId, Reason, mandate, () => AlsoAsync(memberId, secret, mandate));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
        {
            throw NationRefusal.HasLeft();
        }
    }

    /// <summary>What a link shows; null where it opens nothing: it is none, or they were erased or came back.</summary>
    public async Task<Departure?> FindAsync(string secret)
    {
        if (await Departures.FindBySecretAsync(database, RandomId.Digest(secret)) is not { } row) return null;
        if (await Members.FindAsync(database, row.MemberId) is not { State: Member.Left } member) return null;
        var held = await Credentials.ListAsync(database, member.Id);
        var ended = held.Where(one => one.Type == CredentialType.Membership).Select(one => Math.Min(one.RevokedAt ?? row.LeftAt, one.ExpiresAt)).DefaultIfEmpty(row.LeftAt).Max();
        return new(
            row,
            member.JoinedAt is { } joined ? DateTimeOffset.FromUnixTimeSeconds(joined) : null,
            DateTimeOffset.FromUnixTimeSeconds(Math.Min(ended, row.LeftAt)),
            row.OpenUntil > time.GetUtcNow().ToUnixTimeSeconds(),
            await TakenAsync(row, held));
    }

    /// <summary>Offers who left their exit certificate, as often as they ask until a wallet has taken it: what was offered before gives nothing any more.</summary>
    /// <exception cref="Refusal"><c>unknown_departure</c>, <c>certificate_taken</c>.</exception>
    public async Task<Offering.Made> CertifyAsync(string secret)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            if (await FindAsync(secret) is not { IsOpen: true } departure) throw NationRefusal.UnknownDeparture();
            if (departure.IsTaken) throw NationRefusal.CertificateTaken();
            var (memberId, now) = (departure.Row.MemberId, time.GetUtcNow().ToUnixTimeSeconds());
            var before = await Offers.StandingAsync(database, memberId);

            // Where one of these is taken meanwhile, the act breaks.
            List<Statement> conditions = [Departures.IsOpen(departure.Row.Id, now), .. before.SelectMany(offer => (Statement[])[Offers.Revoke(offer, now), Credentials.RevokeOfOffer(offer, 0, [], now)])];
            var mandate = new Mandate(Act, departure.Row.Id, (await Nations.FindAsync(database))!.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })])
            {
                DecisionId = departure.Row.Id,
            };
            try
            {
                return await offering.MakeAsync(CredentialType.Exit, memberId, await ClaimsAsync(departure), mandate);
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
            {
                // Another device asked or took in the same moment.
            }
        }

        throw NationRefusal.UnknownDeparture();
    }

    /// <summary>Who left is erased, as they ask. Nothing takes it back.</summary>
    /// <exception cref="Refusal"><c>unknown_departure</c>.</exception>
    public async Task<Eraser.Erased> EraseAsync(string secret)
    {
        // 1. What they ask is kept, whatever happens then: it is what the erasure rests on, and an operator can go on with it.
        if (await FindAsync(secret) is not { Row: var row }) throw NationRefusal.UnknownDeparture();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (row.EraseAskedAt is null && await database.CommitAsync(
            Members.HasLeft(row.MemberId),
            Departures.Ask(row.Id, now),
            MembershipGrants.EndOfMember(row.MemberId, now),
            Journal.Write("ask-erase", row.MemberId, row.MemberId, (await Nations.FindAsync(database))!.CharterVersion, now, row.Id)) == Members.HereCondition) throw NationRefusal.UnknownDeparture();

        // 2. It is done.
        return await eraser.EraseAsync(row.MemberId);
    }

    private async Task<(IReadOnlyList<Statement> Before, IReadOnlyList<Statement> After)> AlsoAsync(string memberId, string secret, Mandate mandate)
    {
        var now = time.GetUtcNow();
        var seconds = now.ToUnixTimeSeconds();
        List<Statement> before = [];

        // 1. What is open about them lapses.
        foreach (var open in (await Decisions.OfMemberAsync(database, memberId)).Where(open => open.State == Decisions.Open))
            before.AddRange([Decisions.End(open.Id, open.Revision, Decisions.Lapsed, seconds), Journal.Write("lapse", open.Id, open.Id, open.CharterVersion, seconds, open.Digest)]);

        // 2. Whom they vouch for needs another: the question whether these are enough is put anew.
        foreach (var id in (await Vouches.BoundAsync(database, memberId)).Order(StringComparer.Ordinal))
        {
            if (await Applications.FindAsync(database, id) is { EndedAt: null } application)
                before.AddRange([Applications.Move(application, Applications.Vouching), Vouches.Delete(id, memberId), Journal.Write("take-back-vouch", id, memberId, application.CharterVersion, seconds)]);
        }

        // 3. They have left, and are told nothing any more by mail. Whatever of 1 and 2 came meanwhile breaks the act, and it is read anew.
        var departure = new Departures.Row
        {
            Id = RandomId.New(),
            MemberId = memberId,
            SecretDigest = RandomId.Digest(secret),
            LeftAt = seconds,
            OpenUntil = (now + OpenFor).ToUnixTimeSeconds(),
        };
        return (before,
        [
            Decisions.NoneAbout(memberId),
            Vouches.NoneOf(memberId),
            Contacts.Delete(memberId),
            Recoveries.EndOfMember(memberId, seconds),
            Departures.Insert(departure),
            Members.Leave(memberId) with { Condition = Mandate.Condition },
            mandate.Write(memberId, seconds, departure.Id),
        ]);
    }

    /// <summary>From when to when, and as far as it is known where, and under which name: the holder shows of it what they like.</summary>
    private async Task<Dictionary<string, string>> ClaimsAsync(Departure departure)
    {
        var claims = new Dictionary<string, string> { ["member_until"] = departure.Until.ToString("yyyy-MM", CultureInfo.InvariantCulture) };
        if (await offering.NameOfAsync(departure.Row.MemberId) is { } name) claims["display_name"] = name;
        var member = (await Members.FindAsync(database, departure.Row.MemberId))!;
        if ((await Node.AllAsync(database)).FirstOrDefault(node => node.Id == member.NodeId) is { } home) claims[Node.Claim] = home.Name;
        return claims;
    }

    private async Task<bool> TakenAsync(Departures.Row row, IEnumerable<Credentials.Row> held)
    {
        foreach (var offer in held.Where(one => one.Type == CredentialType.Exit).Select(one => one.OfferId).Distinct())
            if ((await Offers.FindAsync(database, offer))?.DecisionId == row.Id) return true;
        return false;
    }
}
