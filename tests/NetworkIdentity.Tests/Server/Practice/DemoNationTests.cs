using NetworkIdentity.Registry;
using NetworkIdentity.Server.Practice;
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
            await DemoNation.FoundAsync(server.Nation);
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
        await DemoNation.FoundAsync(server.Nation);
        Assert.Equal((1, 0, 0), (await server.CountAsync("member"), await server.CountAsync("node"), await server.CountAsync("steward")));
        await server.GiveResidencyAsync(wallet, 0, 30);
    }

    [Fact]
    public async Task A_nation_with_houses_keeps_those()
    {
        await using var server = await TestServer.StartAsync();
        await Node.AddAsync(server.Nation.Database, server.Time, "Porto", "Europe");
        await DemoNation.FoundAsync(server.Nation);
        Assert.Equal(["Porto"], (await Nodes.AllAsync(server.Nation.Database)).Select(node => node.Name));
        Assert.Equal((4, 0), (await server.CountAsync("member"), await server.CountAsync("steward")));
    }
}
