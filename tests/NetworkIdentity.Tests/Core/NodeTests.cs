using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core;

/// <summary>The nation's nodes and stewards in the founding phase.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task A_node_claim_names_one_of_the_nation_s_nodes_once_it_has_any()
    {
        await using var server = await TestServer.StartAsync();
        var early = await server.MemberAsync(null, ("node", "Atlantis"));
        await AddAsync(server, "Lisbon", "Europe");
        await AddAsync(server, " Austin ", "North America");
        Assert.Equal([("Austin", "North America"), ("Lisbon", "Europe")], (await Node.AllAsync(server.Nation.Database)).Select(node => (node.Name, node.Region)));

        // Of either type; and what was said before there were nodes is not said again by itself.
        var member = (await server.RecordOfAsync(early)).MemberId;
        var offers = await server.CountAsync("offer");
        foreach (var act in (Func<Task>[])
        [
            () => server.MemberAsync(null, ("node", "lisbon")),
            () => server.MemberAsync(member),
            () => server.GiveAsync(early, "residency", ("residency_status", "visitor"), ("node", "Porto"), ("from", server.Day(0)), ("until", server.Day(1))),
        ])
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(act);
            Assert.Equal("unknown_node", refusal.Code);
            Assert.Contains("Austin, Lisbon", refusal.Description, StringComparison.Ordinal);
        }

        Assert.Equal(offers, await server.CountAsync("offer"));
        await server.MemberAsync(member, ("node", "Lisbon"));
        await server.GiveResidencyAsync(early, 0, 1);
        await server.MemberAsync();

        // The start page shows them to everyone.
        var page = await server.Http.GetStringAsync(server.Url("/"));
        foreach (var shown in (string[])["<h2>Nodes</h2>", "<bdi>Lisbon</bdi>", "<bdi>North America</bdi>"]) Assert.Contains(shown, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lisbon", "Europe", "node_exists")]
    [InlineData("", "Europe", "invalid_node")]
    [InlineData("Porto", " ", "invalid_node")]
    [InlineData("Por\u202Eto", "Europe", "invalid_node")]
    [InlineData("Porto", "Eu\nrope", "invalid_node")]
    public async Task A_node_has_a_name_of_its_own_and_a_region(string name, string region, string code)
    {
        await using var server = await TestServer.StartAsync();
        await AddAsync(server, "Lisbon", "Europe");
        var acts = await server.CountAsync("journal");
        Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(() => AddAsync(server, name, region))).Code);
        Assert.Equal((1, acts), (await server.CountAsync("node"), await server.CountAsync("journal")));
    }

    [Fact]
    public async Task A_member_has_a_mandate_of_a_node_or_of_the_nation_until_its_last_day_ends()
    {
        await using var server = await TestServer.StartAsync();
        var lisbon = await AddAsync(server, "Lisbon", "Europe");
        var member = (await server.RecordOfAsync(await server.MemberAsync())).MemberId;
        var acts = await server.CountAsync("journal");
        await AppointAsync(server, member, "Lisbon", 0, "admit", "revoke");
        server.Time.Move(TimeSpan.FromSeconds(1));
        await AppointAsync(server, member, null, 9, "issue");
        Assert.Equal(acts + 2, await server.CountAsync("journal"));
        var mandates = await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow(), member);
        Assert.Equal([(lisbon.Id, "admit,revoke"), (null, "issue")], mandates.Select(one => (one.NodeId, string.Join(',', one.Acts))));
        Assert.Empty(await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow(), "nobody"));

        server.Time.Move(TimeSpan.FromDays(1));
        Assert.Null(Assert.Single(await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow())).NodeId);
        server.Time.Move(TimeSpan.FromDays(9));
        Assert.Empty(await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("nobody", "Lisbon", 1, "admit", "unknown_member")]
    [InlineData("newcomer", "Lisbon", 1, "admit", "not_a_member")]
    [InlineData("revoked", "Lisbon", 1, "admit", "not_a_member")]
    [InlineData("member", "Porto", 1, "admit", "unknown_node")]
    [InlineData("member", "Lisbon", -1, "admit", "invalid_mandate")]
    [InlineData("member", "Lisbon", 1, "crown", "invalid_mandate")]
    [InlineData("member", "Lisbon", 1, "admit,admit", "invalid_mandate")]
    [InlineData("member", "Lisbon", 1, "", "invalid_mandate")]
    public async Task A_mandate_that_could_not_be_held_is_not_given(string who, string node, int days, string acts, string code)
    {
        await using var server = await TestServer.StartAsync();
        await AddAsync(server, "Lisbon", "Europe");
        var record = await server.RecordOfAsync(await server.MemberAsync());
        if (who == "revoked") await server.Nation.Revoker.RevokeAsync(record.Id, "a reason");
        var member = who switch
        {
            "nobody" => "nobody",
            "newcomer" => (await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false)).MemberId,
            _ => record.MemberId,
        };
        var journal = await server.CountAsync("journal");
        var refusal = await Assert.ThrowsAsync<Refusal>(() => AppointAsync(server, member, node, days, acts.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(code, refusal.Code);
        Assert.Equal((0, journal), (await server.CountAsync("steward"), await server.CountAsync("journal")));
    }

    [Fact]
    public async Task When_the_founding_phase_is_over_the_founder_s_word_is_not_enough()
    {
        await using var server = await TestServer.StartAsync();
        var member = (await server.RecordOfAsync(await server.MemberAsync())).MemberId;
        await AddAsync(server, "Lisbon", "Europe");
        await AppointAsync(server, member, "Lisbon", 1, "admit");
        Assert.Null(await server.Nation.Database.CommitAsync(new Statement("UPDATE nation SET phase = 'governed'", new { })));
        Assert.Equal("mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => AddAsync(server, "Porto", "Europe"))).Code);
        Assert.Equal("mandate_missing", (await Assert.ThrowsAsync<Refusal>(() => AppointAsync(server, member, "Lisbon", 1, "admit"))).Code);
    }

    [Theory]
    [InlineData("residency")]
    [InlineData("reputation")]
    public async Task A_type_for_members_is_offered_to_who_belongs_alone(string type)
    {
        await using var server = await TestServer.StartAsync();
        var offering = server.Nation.Offering;
        var claims = type == "residency"
            ? new Dictionary<string, string> { ["residency_status"] = "e-resident", ["node"] = "Lisbon", ["from"] = server.Day(0), ["until"] = server.Day(9) }
            : new() { ["domain"] = "contribution", ["band"] = "emerging", ["facts_at_least"] = "3", ["method"] = "witnessed-facts", ["method_version"] = "1", ["contest_at"] = "https://nation.example/contest" };
        var newcomer = (await offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false)).MemberId;
        var wallet = await server.MemberAsync();
        var record = await server.RecordOfAsync(wallet);
        var offers = await server.CountAsync("offer");

        Assert.Equal("member_missing", (await Assert.ThrowsAsync<Refusal>(() => offering.MakeAsync(type, null, claims, false))).Code);
        Assert.Equal("unknown_member", (await Assert.ThrowsAsync<Refusal>(() => offering.MakeAsync(type, "nobody", claims, false))).Code);
        Assert.Equal("not_a_member", (await Assert.ThrowsAsync<Refusal>(() => offering.MakeAsync(type, newcomer, claims, false))).Code);
        Assert.Equal(offers, await server.CountAsync("offer"));
        await offering.MakeAsync(type, record.MemberId, claims, withTransactionCode: false);

        // Who belonged once: revoked, or past the last day.
        await server.Nation.Revoker.RevokeAsync(record.Id, "a reason");
        Assert.Equal("not_a_member", (await Assert.ThrowsAsync<Refusal>(() => offering.MakeAsync(type, record.MemberId, claims, false))).Code);
        var other = await server.RecordOfAsync(await server.MemberAsync());
        Assert.Null(await server.Nation.Database.CommitAsync(new Statement("UPDATE credential SET expires_at = @now WHERE id = @id", new { now = server.Time.GetUtcNow().ToUnixTimeSeconds(), id = other.Id }, "record")));
        Assert.Equal("not_a_member", (await Assert.ThrowsAsync<Refusal>(() => offering.MakeAsync(type, other.MemberId, claims, false))).Code);
    }

    private static Task<Node> AddAsync(TestServer server, string name, string region) =>
        Node.AddAsync(server.Nation.Database, server.Time, name, region);

    private static Task<Steward> AppointAsync(TestServer server, string member, string? node, int days, params string[] acts) => Steward.AppointAsync(
        server.Nation.Database, server.Time, member, node, acts, DateOnly.FromDateTime(server.Time.GetUtcNow().UtcDateTime.AddDays(days)));
}
