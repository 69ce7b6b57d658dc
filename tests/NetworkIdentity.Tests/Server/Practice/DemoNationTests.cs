using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>What a practice nation begins with, and what it leaves alone.</summary>
public sealed class DemoNationTests
{
    [Fact]
    public async Task An_empty_nation_gets_houses_members_and_stewards_once()
    {
        await using var server = await TestServer.StartAsync();
        for (var start = 0; start < 2; start++)
        {
            Assert.Equal(start == 0 ? ["Dele", "Esra", "Benedita", "Cormac"] : [], (await DemoNation.FoundAsync(server.Nation)).Select(person => person.Name));
            Assert.Equal(["Austin", "Lisbon"], (await Nodes.AllAsync(server.Nation.Database)).Select(node => node.Name));
            Assert.All(await Members.AllAsync(server.Nation.Database), member => Assert.Equal(Member.Active, member.State));
            Assert.Equal((4, 4, 2), (await server.CountAsync("member"), await server.CountAsync("credential"), await server.CountAsync("steward")));
        }
    }

    [Fact]
    public async Task A_nation_with_members_is_left_as_it_is()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync(null, ("node", "a house of before there were nodes"));
        Assert.Empty(await DemoNation.FoundAsync(server.Nation));
        Assert.Equal((1, 0, 0, 0), (await server.CountAsync("member"), await server.CountAsync("node"), await server.CountAsync("steward"), await server.CountAsync("charter")));
        await server.GiveResidencyAsync(wallet, 0, 30);
    }

    [Fact]
    public async Task The_charter_of_practice_wants_two_vouches_and_two_approvals_of_whoever_has_just_come()
    {
        await using var server = await TestServer.StartAsync();
        await DemoNation.FoundAsync(server.Nation);
        var charter = await Rules.InForceAsync(server.Nation.Database);
        Assert.Equal(DemoNation.Charter.Digest, charter.Digest);
        Assert.Equal((2, TimeSpan.Zero, 2), (charter.Vouching.Needed, charter.Vouching.MemberFor, charter.RuleOf(Act.Admit).Approvals));
        Assert.DoesNotContain(Act.Admit, await Rules.OutOfReachAsync(server.Nation.Database, charter, server.Time.GetUtcNow()));

        // They can admit, and nothing else: no button of the tour is for more.
        Assert.All(await Steward.InForceAsync(server.Nation.Database, server.Time.GetUtcNow()), steward => Assert.Equal((null, "admit"), (steward.NodeId, Assert.Single(steward.Acts))));
    }

    [Fact]
    public async Task A_nation_with_houses_and_a_charter_keeps_those()
    {
        await using var server = await TestServer.StartAsync();
        await Node.AddAsync(server.Nation.Database, server.Time, "Porto", "Europe");
        await Rules.AdoptAsync(server.Nation.Database, server.Time, CharterTests.CoLiving);
        await DemoNation.FoundAsync(server.Nation);
        Assert.Equal(["Porto"], (await Nodes.AllAsync(server.Nation.Database)).Select(node => node.Name));
        Assert.Equal((4, 2), (await server.CountAsync("member"), await server.CountAsync("steward")));
        Assert.Equal(CharterTests.CoLiving.Version, (await Rules.InForceAsync(server.Nation.Database)).Version);
    }
}
