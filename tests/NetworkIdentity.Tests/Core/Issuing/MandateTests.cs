using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>Once the founding phase is over, no act is done on one person's word: each asks for its mandate first, and changes nothing without.</summary>
public sealed class MandateTests
{
    private static readonly IReadOnlyDictionary<string, CredentialType> Types = CredentialType.LoadAll();

    private static readonly Dictionary<string, Func<Database, KeyRing, TimeProvider, Task>> Acts = new()
    {
        ["add-node"] = (database, _, time) => Node.AddAsync(database, time, "Lisbon", "Europe"),
        ["admit"] = (database, keys, time) => new Offering(database, keys, null, Types, time).MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false),
        ["appoint"] = (database, _, time) => Steward.AppointAsync(database, time, "nobody", null, ["admit"], DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(9))),
        ["revoke"] = (database, keys, time) => new Revoker(database, keys, time).RevokeAsync("nothing", "a reason"),
        ["suspend"] = (database, keys, time) => new Suspensions(database, keys, time).SuspendAsync("nothing", "a reason", time.GetUtcNow().AddDays(1)),
        ["resume"] = (database, keys, time) => new Suspensions(database, keys, time).ResumeAsync("nothing", "a reason"),
        ["erase"] = (database, _, time) => new Eraser(database, time).EraseAsync("nobody"),
    };

    public static TheoryData<string> Names => [.. Acts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_the_founding_phase_no_act_is_one_persons(string act)
    {
        await using var nation = await TestNation.FoundAsync();
        Assert.Null(await nation.Database.CommitAsync(new Statement("UPDATE nation SET phase = 'governed'", new { })));
        var keys = (await Founding.OpenAsync(nation.Database, nation.Time, TestNation.Secret))!;
        Assert.Equal(act == "erase" ? "erasure_not_asked" : "mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => Acts[act](nation.Database, keys, nation.Time))).Code);
        Assert.Empty(await Nodes.AllAsync(nation.Database));
    }
}
