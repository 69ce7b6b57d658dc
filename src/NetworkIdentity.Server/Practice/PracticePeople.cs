using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Practice;

/// <summary>
/// The practice people: members of a practice nation whom nobody is. On the tour they do by a button what members do by hand, each in their own name, by the same calls and held by the
/// same charter. Their ids are kept in a file beside the database: nobody is one by a name alone.
/// </summary>
/// <param name="All">They; who is asked first stands first.</param>
public sealed record PracticePeople(IReadOnlyList<PracticePeople.Person> All)
{
    /// <summary>One of them.</summary>
    /// <param name="Name">What they are called.</param>
    /// <param name="MemberId">The member that they are.</param>
    /// <param name="Words">What they say of whoever they vouch for.</param>
    public sealed record Person(string Name, string MemberId, string Words);

    /// <summary>Founds the practice nation where there is nobody yet; else reads who they are. A nation that has others alone has none.</summary>
    public static async Task<PracticePeople> OpenAsync(NationContext nation, string folder)
    {
        var file = Path.Combine(folder, "practice-people.json");
        var founded = await DemoNation.FoundAsync(nation);
        if (founded.Count == 0) return new(await PracticeFile.ReadAsync<Person[]>(file) ?? []);
        await PracticeFile.WriteAsync(file, founded);
        return new(founded);
    }

    /// <summary>The person of a name; null where none has it.</summary>
    public Person? Find(string name) => All.FirstOrDefault(person => person.Name == name);

    /// <summary>Who can vouch next for somebody; null where none of them can.</summary>
    public async Task<Person?> NextToVouchAsync(NationContext nation, Application application)
    {
        foreach (var person in All)
        {
            if (application.Vouches.Any(vouch => vouch.MemberId == person.MemberId)) continue;
            if (await nation.Applying.VoucherAsync(person.MemberId) is { IsEligible: true, Free: > 0 }) return person;
        }

        return null;
    }

    /// <summary>Who can approve next; null where none of them can.</summary>
    public Person? NextToApprove(Decision decision) => All.FirstOrDefault(person => decision.IsFor(person.MemberId) && !decision.Quorum!.Counted.Contains(person.MemberId));
}
