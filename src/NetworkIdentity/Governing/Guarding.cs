using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Guardians: members who act for one who can't, in a few things and by a decision of others (decision 0050).</summary>
/// <remarks>
/// A guardian has no vote more, no wallet of the ward's, and no word in what is decided about them. Each thing that they do is a leaf of the log with their own id, written before it is
/// done: the commit of that leaf breaks where they are no guardian any more.
/// </remarks>
public sealed class Guarding(Database database, TimeProvider time)
{
    /// <summary>The things that a guardian does for a ward. Leaving is none of them: nobody leaves in another's name.</summary>
    public static readonly IReadOnlyList<string> Acts = ["renew", "appeal", "object", "card", "end-card", "export"];

    /// <summary>What can be looked at before it is decided.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>, <c>not_a_member</c>.</exception>
    internal static async Task CheckAsync(Database database, Proposal proposal, DateTimeOffset now)
    {
        if (proposal.Act == Act.EndGuardian)
        {
            if (await Guardianships.FindAsync(database, proposal.Subject) is not { } row || row.MemberId != proposal.MemberId || !row.IsOpen(now.ToUnixTimeSeconds()))
                throw NationRefusal.InvalidProposal("there is no such guardian, or it has ended");
            return;
        }

        var (ward, guardian) = (proposal.MemberId!, proposal.Content.RequiredString("guardian"));
        if (ward == guardian) throw NationRefusal.InvalidProposal("nobody is their own guardian");
        foreach (var id in (string[])[ward, guardian])
            if (!await Credentials.BelongsAsync(database, id, now.ToUnixTimeSeconds())) throw NationRefusal.NotAMember();
        var (until, longest) = (UntilOf(proposal), (await Rules.InForceAsync(database)).Terms.Mandate);
        if (until <= now || until > now + longest) throw NationRefusal.InvalidProposal($"by the charter a guardian is named for {(int)longest.TotalDays} days at most, and not for a day that is past");
        if ((await Guardianships.OfAsync(database, ward, now.ToUnixTimeSeconds())).Any(row => row.MemberId == ward && row.GuardianId == guardian)) throw NationRefusal.InvalidProposal("they are their guardian already");
    }

    /// <summary>What carries it out.</summary>
    internal static async Task<IReadOnlyList<Statement>> EnactedAsync(Database database, Proposal proposal, Mandate mandate, DateTimeOffset now)
    {
        await CheckAsync(database, proposal, now);
        var seconds = now.ToUnixTimeSeconds();
        if (proposal.Act == Act.EndGuardian)
        {
            var ended = (await Guardianships.FindAsync(database, proposal.Subject))!;
            return [Guardianships.End(ended.Id, seconds), .. Told(ended, now), mandate.Write(ended.Id, seconds)];
        }

        var row = new Guardianships.Row
        {
            Id = mandate.Actor,
            MemberId = proposal.MemberId!,
            GuardianId = proposal.Content.RequiredString("guardian"),
            Until = UntilOf(proposal).ToUnixTimeSeconds(),
            NamedAt = seconds,
        };
        return [Credentials.Belongs(row.GuardianId, seconds), Guardianships.EndOver(row.MemberId, row.GuardianId, seconds), Guardianships.Insert(row), .. Told(row, now), mandate.Write(row.Id, seconds)];
    }

    /// <summary>Those who are too near to decide: who accepted to act for whom it is about, and who would be named. Who was named and has not accepted can do nothing by it, and loses no word by others' naming them.</summary>
    internal static async Task<IEnumerable<string>> BarredAsync(Database database, string act, string? memberId, Proposal? proposal, DateTimeOffset now)
    {
        var guardians = memberId is null ? [] : (await Guardianships.OfAsync(database, memberId, now.ToUnixTimeSeconds())).Where(row => row.MemberId == memberId && row.AcceptedAt is not null).Select(row => row.GuardianId);
        return act == Act.NameGuardian && proposal?.Content.OptionalString("guardian") is { } named ? guardians.Append(named) : guardians;
    }

    /// <summary>The guardians of a member, and the members whose guardian they are.</summary>
    public Task<IReadOnlyList<Guardianships.Row>> OfAsync(string memberId) => Guardianships.OfAsync(database, memberId, Now());

    /// <summary>Who was named accepts: before that, nothing can be done by it.</summary>
    /// <exception cref="Refusal"><c>unknown_guardian</c>.</exception>
    public Task AcceptAsync(string id, string guardianId) => CommitAsync(id, guardianId, "accept-guardian", Guardianships.Accept(id, guardianId, Now()));

    /// <summary>The ward, or the guardian, ends it: neither needs the other's word, nor anybody else's.</summary>
    /// <exception cref="Refusal"><c>unknown_guardian</c>: there is none, or it is of neither.</exception>
    public async Task EndAsync(string id, string memberId)
    {
        if (await Guardianships.FindAsync(database, id) is not { } row || (row.MemberId != memberId && row.GuardianId != memberId)) throw NationRefusal.UnknownGuardian();
        await CommitAsync(id, null, "leave-guardian", [Guardianships.End(id, Now()), .. Told(row, time.GetUtcNow())], memberId);
    }

    /// <summary>A guardian does something for their ward.</summary>
    /// <param name="id">The guardianship.</param>
    /// <param name="guardianId">Who acts.</param>
    /// <param name="act">One of <see cref="Acts"/>.</param>
    /// <param name="done">Does it, for a ward's id.</param>
    /// <exception cref="Refusal"><c>unknown_guardian</c>: they are none, have not accepted, don't belong, or it has ended; and what the act itself refuses.</exception>
    public async Task<T> ActAsync<T>(string id, string guardianId, string act, Func<string, Task<T>> done)
    {
        if (!Acts.Contains(act) || await Guardianships.FindAsync(database, id) is not { } row || await Members.FindAsync(database, row.MemberId) is not { State: Member.Active }) throw NationRefusal.UnknownGuardian();
        await CommitAsync(id, guardianId, $"guard-{act}", Guardianships.Holds(id, guardianId, Now()));
        return await done(row.MemberId);
    }

    private Task CommitAsync(string id, string? guardianId, string act, params Statement[] statements) => CommitAsync(id, guardianId, act, statements, guardianId!);

    private async Task CommitAsync(string id, string? guardianId, string act, Statement[] statements, string actor)
    {
        var version = (await Nations.FindAsync(database))!.CharterVersion;
        var broken = await database.CommitAsync(
            [.. statements, .. guardianId is null ? Array.Empty<Statement>() : [Credentials.Belongs(guardianId, Now())], Journal.Write(act, id, actor, version, Now())]);
        if (broken is not null) throw NationRefusal.UnknownGuardian();
    }

    private static IEnumerable<Statement> Told(Guardianships.Row row, DateTimeOffset now) =>
        [.. Notice.To(row.MemberId, NoticeKind.GuardianChanged, row.Id, now), .. Notice.To(row.GuardianId, NoticeKind.GuardianChanged, row.Id, now)];

    private static DateTimeOffset UntilOf(Proposal proposal) => new(
        DateOnly.ParseExact(proposal.Content.RequiredString("until"), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
