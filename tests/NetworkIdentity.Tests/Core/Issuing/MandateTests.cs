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
        ["add-node"] = (database, keys, time) => Node.AddAsync(database, keys.Nation, time, "Lisbon", "Europe"),
        ["admit"] = (database, keys, time) => new Offering(database, keys, null, Types, time).MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false),
        ["appoint"] = (database, keys, time) => Steward.AppointAsync(database, keys, time, "nobody", null, ["admit"], DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(9))),
        ["revoke"] = (database, keys, time) => new Revoker(database, keys, time).RevokeAsync("nothing", "a reason"),
        ["suspend"] = (database, keys, time) => new Suspensions(database, keys, time).SuspendAsync("nothing", "a reason", time.GetUtcNow().AddDays(1)),
        ["resume"] = (database, keys, time) => new Suspensions(database, keys, time).ResumeAsync("nothing", "a reason"),
        ["erase"] = (database, keys, time) => new Eraser(database, keys, time).EraseAsync("nobody"),
    };

    public static TheoryData<string> Names => [.. Acts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_the_founding_phase_no_act_is_one_persons(string act)
    {
        await using var nation = await TestNation.FoundAsync();
        Assert.Null(await nation.Database.CommitAsync(new Statement("UPDATE nation SET phase = 'governed'", new { })));
        var keys = (await Founding.OpenAsync(nation.Database, nation.Time, TestNation.Secret))!;
        Assert.Equal("mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => Acts[act](nation.Database, keys, nation.Time))).Code);
        Assert.Empty(await Nodes.AllAsync(nation.Database));
    }

    [Fact]
    public async Task Nor_is_the_issue_of_what_was_offered_before()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = new TestWallet(server);
        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var (token, proof) = (await wallet.TokenAsync(made.Id), await wallet.ProofAsync(await wallet.NonceAsync()));
        Assert.Null(await server.Nation.Database.CommitAsync(new Statement("UPDATE nation SET phase = 'governed'", new { })));
        await using var later = await server.StartBesideAsync();
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"credential_configuration_id":"membership","proofs":{"jwt":["{{proof}}"]} }""");
        Assert.Equal("mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => later.Nation.Issuer.IssueAsync(token, body))).Code);
        Assert.Empty(await Credentials.OfOfferAsync(server.Nation.Database, made.Id));
    }
}
