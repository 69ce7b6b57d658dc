using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>Whom members name, who can attest that it is them when they have lost their wallet (decision 0041).</summary>
public sealed class Naming(Database database, TimeProvider time)
{
    /// <summary>How many a member can name at most.</summary>
    public const int MostContacts = 30;

    /// <summary>A member names those who can attest for them. It holds when the charter's delay is over, so that who has found a wallet can't name others and lose it.</summary>
    /// <exception cref="Refusal"><c>no_charter</c>; <c>invalid_contacts</c>.</exception>
    public async Task NameAsync(string memberId, IReadOnlyList<string> contacts)
    {
        var charter = await Rules.InForceAsync(database);
        var (now, needed) = (time.GetUtcNow(), charter.Terms.RecoveryVouchers);
        if (contacts.Distinct(StringComparer.Ordinal).Count() != contacts.Count) throw NationRefusal.InvalidContacts("name each of them once");
        if (contacts.Count < needed || contacts.Count > MostContacts) throw NationRefusal.InvalidContacts($"name {needed} people at least, as so many must attest by the charter, and {MostContacts} at most");
        if (contacts.Contains(memberId)) throw NationRefusal.InvalidContacts("you can't attest for yourself: name others");
        foreach (var contact in contacts)
            if (!await Credentials.BelongsAsync(database, contact, now.ToUnixTimeSeconds())) throw NationRefusal.InvalidContacts($"there is no member of the id {contact}");
        var row = new RecoveryContacts.Row
        {
            Id = RandomId.New(),
            MemberId = memberId,
            NamedAt = now.ToUnixTimeSeconds(),
            HoldsFrom = (now + charter.Terms.RecoveryDelay).ToUnixTimeSeconds(),
        };
        var broken = await database.CommitAsync(
        [
            Credentials.Belongs(memberId, row.NamedAt),
            .. RecoveryContacts.Insert(row, contacts),
            .. Notice.To(memberId, NoticeKind.RecoveryListChanged, row.Id, now),
            .. contacts.SelectMany(contact => Notice.To(contact, NoticeKind.RecoveryNamed, row.Id, now)),
            Journal.Write("name-contacts", row.Id, memberId, charter.Version, row.NamedAt),
        ]);
        if (broken is not null) throw NationRefusal.NotEligible(Act.Rebind);
    }

    /// <summary>Who can attest for a member.</summary>
    /// <exception cref="Refusal"><c>no_charter</c>.</exception>
    public async Task<RecoveryCircle> CircleOfAsync(string memberId)
    {
        var (charter, now) = (await Rules.InForceAsync(database), Now());
        var holding = await RecoveryContacts.HoldingAsync(database, memberId, now);
        var waiting = await RecoveryContacts.WaitingAsync(database, memberId, now);
        return new(
            holding is not null,
            holding is not null ? await NamedAsync(holding) : [.. (await Rebinding.CircleAsync(database, memberId, null)).Select(contact => (contact, false))],
            waiting is not null ? await NamedAsync(waiting) : [],
            waiting is not null ? DateTimeOffset.FromUnixTimeSeconds(waiting.HoldsFrom) : null,
            charter.Terms.RecoveryVouchers);

        async Task<IReadOnlyList<(string, bool)>> NamedAsync(RecoveryContacts.Row list) =>
            [.. (await RecoveryContacts.OfAsync(database, list.Id)).Select(one => (one.MemberId, one.DeclinedAt is not null))];
    }

    /// <summary>For whom a member can attest, or could soon: who named them, or for whom they vouched and who named nobody.</summary>
    /// <returns>The members' ids; for each, whether it holds now, and whether the member named them.</returns>
    public async Task<IReadOnlyList<(string MemberId, bool Holds, bool IsNamed)>> ForAsync(string contactId)
    {
        var now = Now();
        var named = (await RecoveryContacts.NamingAsync(database, contactId, now)).Select(list => (list.MemberId, Holds: list.HoldsFrom <= now, IsNamed: true));
        var vouched = (await RecoveryContacts.VouchedForAsync(database, contactId, now)).Select(member => (member, true, false));
        return [.. named.Concat(vouched).GroupBy(one => one.Item1).Select(group => group.OrderByDescending(one => one.Item2).First())];
    }

    /// <summary>Somebody doesn't want to attest for a member who named them, in any list of theirs.</summary>
    /// <exception cref="Refusal"><c>unknown_recovery</c>: that member did not name them.</exception>
    public async Task DeclineAsync(string contactId, string memberId)
    {
        var lists = (await RecoveryContacts.NamingAsync(database, contactId, Now())).Where(list => list.MemberId == memberId).ToList();
        if (lists.Count == 0) throw NationRefusal.UnknownRecovery();
        foreach (var list in lists)
        {
            await database.CommitAsync(
            [
                RecoveryContacts.Decline(list.Id, contactId, Now()),
                .. Notice.To(memberId, NoticeKind.RecoveryDeclined, list.Id, time.GetUtcNow()),
                Journal.Write("decline-contact", list.Id, contactId, null, Now()),
            ]);
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
