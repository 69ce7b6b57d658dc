using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

public sealed class WitnessingTests
{
    [Fact]
    public async Task A_stay_is_attested_by_the_steward_who_decides_it_and_the_member_is_told()
    {
        await using var nation = await FoundAsync();
        var decision = await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -12, -2));
        Assert.Equal(Decisions.Done, decision.Row.State);
        var fact = (await nation.Witnessing.Book.OfAsync(nation.People["fay"])).Single();
        Assert.Equal((FactKind.Stay, 1, 10L), (fact.Kind, fact.Needed, fact.Amount));
        Assert.Equal(nation.People["ana"], fact.Witnesses.Single().By);
        Assert.Equal([("fact", decision.Row.Id), ("witness", decision.Row.Id)], (await nation.JournalAsync(fact.Id)).OrderBy(leaf => leaf.Act));
        Assert.Contains((NoticeKind.FactWitnessed.Name, fact.Id), (await Notices.OfMemberAsync(nation.Database, nation.People["fay"], long.MaxValue)).Select(row => (row.Kind, row.About)));
    }

    [Fact]
    public async Task Where_the_charter_wants_two_both_attest_it_and_one_alone_records_nothing()
    {
        await using var nation = await FoundAsync(witnesses: 2);
        var decision = await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -12, -2));
        Assert.Empty(await nation.Witnessing.Book.AllAsync());
        await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People["cyd"]);
        var fact = (await nation.Witnessing.Book.AllAsync()).Single();
        Assert.Equal((2, People(nation, "ana", "cyd")), (fact.Needed, fact.Witnesses.Select(witness => witness.By).ToHashSet()), Comparer);
    }

    [Fact]
    public async Task A90_nobody_attests_of_themselves_and_nobody_of_another_node()
    {
        await using var nation = await FoundAsync();
        await RefusedAsync("own_fact", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "ana", -3, 0)));
        await RefusedAsync("not_eligible", async () => await ProposeAsync(nation, "ben", await StayAsync(nation, "fay", -3, 0)));
        await RefusedAsync("not_eligible", async () => await ProposeAsync(nation, "fay", await StayAsync(nation, "dee", -3, 0)));

        // Nor does anybody take away at their node what was attested at another, or put something else in its place.
        await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -9, -5));
        var stay = (await nation.Witnessing.Book.AllAsync()).Single().Id;
        foreach (var (kind, node) in ((string, string?)[])[(FactKind.Stay, "Austin"), (FactKind.Contribution, "Austin"), (FactKind.Contribution, "Lisbon"), (FactKind.Contribution, null)])
        {
            var other = Witnessing.Propose(
                new(kind, nation.People["fay"], Day(nation, -2), Day(nation, -1), "Was elsewhere"), node is null ? null : await Node.FindAsync(nation.Database, node), stay);
            foreach (var name in (string[])["ben", "ana"]) await RefusedAsync("invalid_fact", () => ProposeAsync(nation, name, other));
        }

        // Where it was attested it can be.
        await RefusedAsync("not_eligible", async () => await ProposeAsync(nation, "ben", Witnessing.ProposeAnnulment((await nation.Witnessing.Book.AllAsync()).Single(), "Never there")));
        await ProposeAsync(nation, "ana", Witnessing.ProposeAnnulment((await nation.Witnessing.Book.AllAsync()).Single(), "Never there"));
        Assert.Equal(2, (await nation.Witnessing.Book.AllAsync()).Count);
        await nation.Database.CommitAsync(new Statement("DELETE FROM fact_witness", new { }), new Statement("DELETE FROM fact", new { }));

        // What was at no node is for the stewards of the member's own.
        var course = Witnessing.Propose(new(FactKind.Contribution, nation.People["fay"], Day(nation, -1), Day(nation, -1), "Gave a course"), null);
        await RefusedAsync("not_eligible", () => ProposeAsync(nation, "ben", course));
        await ProposeAsync(nation, "ana", course);
        Assert.Null((await nation.Witnessing.Book.AllAsync()).Single().NodeId);
    }

    [Fact]
    public async Task What_cannot_be_a_fact_is_refused_before_anything_is_written()
    {
        await using var nation = await FoundAsync();
        var fay = nation.People["fay"];
        await RefusedAsync("invalid_fact", () => ProposeAsync(nation, "cyd", Witnessing.Propose(new(FactKind.Stay, fay, Day(nation, -3), Day(nation, 0), "A stay"), null)));
        await RefusedAsync("invalid_fact", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -3, -3)));
        await RefusedAsync("invalid_fact", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -3, 1)));
        await RefusedAsync("invalid_fact", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -3, 0, " ")));
        await RefusedAsync("unknown_member", async () => await ProposeAsync(nation, "ana", Witnessing.Propose(new(FactKind.Stay, "nobody", Day(nation, -3), Day(nation, 0), "A stay"), await Node.FindAsync(nation.Database, "Lisbon"))));
        await RefusedAsync("unknown_fact", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -3, 0, corrects: "nothing")));
        var left = (await nation.Issuing.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), false)).MemberId;
        await RefusedAsync("not_a_member", async () => await ProposeAsync(nation, "cyd", Witnessing.Propose(new(FactKind.Stay, left, Day(nation, -3), Day(nation, 0), "A stay"), await Node.FindAsync(nation.Database, "Lisbon"))));
        Assert.Empty(await Decisions.NewestAsync(nation.Database, 10));

        // Who presses twice has said it once; other days are another stay.
        await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -3, 0));
        await RefusedAsync("invalid_fact", async () => await ProposeAsync(nation, "cyd", await StayAsync(nation, "fay", -3, 0, "In other words")));
        await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -4, 0));
        Assert.Equal(2, (await nation.Witnessing.Book.AllAsync()).Count);
    }

    [Fact]
    public async Task A90_a_fact_that_is_contested_is_decided_by_others_than_who_attested_it()
    {
        await using var nation = await FoundAsync();
        var fay = nation.People["fay"];
        await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -12, -2));
        var fact = (await nation.Witnessing.Book.AllAsync()).Single();
        await RefusedAsync("unknown_fact", () => ContestAsync(nation, fact.Id, nation.People["dee"], -20, -2));
        await RefusedAsync("unknown_fact", () => ContestAsync(nation, "nothing", fay, -20, -2));
        await RefusedAsync("invalid_fact", () => ContestAsync(nation, fact.Id, fay, -20, 5));
        Assert.Null(await nation.Witnessing.ContestOfAsync(fact.Id));
        var contest = await ContestAsync(nation, fact.Id, fay, -20, -2);
        await RefusedAsync("already_contested", () => ContestAsync(nation, fact.Id, fay, -30, -2));

        // Neither who attested it nor whom it is about; nor is it corrected past the contest.
        foreach (var name in (string[])["ana", "fay", "ben"]) await RefusedAsync("unknown_decision", () => nation.Deciding.ApproveAsync(contest, nation.People[name]));
        await RefusedAsync("already_contested", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -11, -2, corrects: fact.Id)));
        await RefusedAsync("already_contested", () => ProposeAsync(nation, "ana", Witnessing.ProposeAnnulment(fact, "Never there")));
        Assert.Single(await nation.Witnessing.Book.AllAsync());

        // Another steward finds it so: then the new fact stands, in their word.
        await nation.Elsewhere.ApproveAsync(contest, nation.People["cyd"]);
        var facts = await nation.Witnessing.Book.OfAsync(fay);
        var corrected = facts.Single(one => one.Corrects == fact.Id);
        Assert.Equal((18L, nation.People["cyd"]), (corrected.Amount, corrected.Witnesses.Single().By));
        Assert.Equal(18, (await nation.Earning.ResidenciesAsync(fay)).Single().Nights);
        await RefusedAsync("fact_corrected", () => ContestAsync(nation, fact.Id, fay, -30, -2));
        await RefusedAsync("fact_corrected", async () => await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -11, -2, corrects: fact.Id)));

        // The new one can be contested, and did not happen.
        var again = await nation.Witnessing.ContestAsync(nation.Deciding, corrected.Id, fay, null, null, "I was not there at all");
        await RefusedAsync("unknown_decision", () => nation.Deciding.ApproveAsync(again, nation.People["cyd"]));
        await nation.Deciding.ApproveAsync(again, nation.People["ana"]);
        Assert.True((await nation.Witnessing.Book.OfAsync(fay)).Single(one => one.Corrects == corrected.Id).IsAnnulment);
        Assert.Empty(await nation.Earning.ResidenciesAsync(fay));
    }

    [Fact]
    public async Task A_contest_that_nobody_decides_lapses_and_can_be_made_again()
    {
        await using var nation = await FoundAsync();
        await ProposeAsync(nation, "ana", await StayAsync(nation, "fay", -12, -2));
        var fact = (await nation.Witnessing.Book.AllAsync()).Single();
        await ContestAsync(nation, fact.Id, nation.People["fay"], -20, -2);
        nation.Time.Move(TimeSpan.FromDays(31));
        await nation.Deciding.GoOnAsync();
        Assert.Null(await nation.Witnessing.ContestOfAsync(fact.Id));
        await ContestAsync(nation, fact.Id, nation.People["fay"], -20, -2);
        Assert.Single(await nation.Witnessing.Book.AllAsync());
    }

    private static readonly IEqualityComparer<(int, HashSet<string>)> Comparer =
        EqualityComparer<(int, HashSet<string>)>.Create((one, other) => one.Item1 == other.Item1 && one.Item2.SetEquals(other.Item2), one => one.Item1);

    /// <summary>ana and dee of Lisbon, ben of Austin, cyd of the nation are stewards who may witness; fay is a member of Lisbon.</summary>
    private static async Task<TestGovernment> FoundAsync(int? witnesses = null)
    {
        var nation = await TestGovernment.FoundAsync(("ana", "Lisbon", [Act.Witness]), ("ben", "Austin", [Act.Witness]), ("cyd", null, [Act.Witness]), ("dee", "Lisbon", [Act.Admit]));
        await nation.JoinAsync("fay", "Lisbon");
        if (witnesses is null) return nation;
        var json = CharterTests.CoLiving.ToJson();
        (json["version"], json["acts"]!["witness"]!["approvals"]) = ("2026-2", witnesses);
        await Rules.AdoptAsync(nation.Database, nation.Time, Charter.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString())));
        return nation;
    }

    private static Task<Decision> ProposeAsync(TestGovernment nation, string name, Proposal proposal) => nation.Deciding.ProposeAsync(proposal, nation.People[name]);

    private static async Task<Proposal> StayAsync(TestGovernment nation, string name, int from, int until, string text = "A stay", string? corrects = null) => Witnessing.Propose(
        Witnessing.WithNights(new(FactKind.Stay, nation.People[name], Day(nation, from), Day(nation, until), text)), await Node.FindAsync(nation.Database, "Lisbon"), corrects);

    private static Task<string> ContestAsync(TestGovernment nation, string fact, string member, int from, int until) =>
        nation.Witnessing.ContestAsync(nation.Deciding, fact, member, Day(nation, from), Day(nation, until), "I was there for longer");

    private static DateOnly Day(TestGovernment nation, int days) => DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(days);

    private static HashSet<string> People(TestGovernment nation, params string[] names) => [.. names.Select(name => nation.People[name])];

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(act)).Code);
}
