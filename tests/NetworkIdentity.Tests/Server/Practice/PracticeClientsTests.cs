using NetworkIdentity.Server;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>The sample apps are registered once, and keep what they were given.</summary>
public sealed class PracticeClientsTests
{
    private static readonly Places Here = new(null, "http://library.localhost:5081", "http://door.localhost:5082");

    [Fact]
    public async Task They_are_registered_once_and_found_again_in_a_file_for_its_owner_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TestFolder();
        var first = await PracticeClients.OpenAsync(server.Nation, Here, folder.Path);
        Assert.Equal(first, await PracticeClients.OpenAsync(server.Nation, Here, folder.Path));
        Assert.Equal(2, await server.CountAsync("partner"));
        Assert.Equal(["membership", "residency"], (await Partner.FindAsync(server.Nation.Database, first.Door!.ClientId))!.Policy.Credentials.Select(one => one.Type));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("practice-clients.json")));
    }

    [Fact]
    public async Task One_that_moved_is_registered_anew_and_one_without_a_place_is_not()
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TestFolder();
        var first = await PracticeClients.OpenAsync(server.Nation, Here, folder.Path);
        var moved = await PracticeClients.OpenAsync(server.Nation, new Places(null, "http://library.localhost:6081", null), folder.Path);
        Assert.NotEqual(first.Library!.ClientId, moved.Library!.ClientId);
        Assert.Null(moved.Door);
        Assert.Equal(3, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task A_door_is_named_after_the_node_that_is_there()
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TestFolder();
        Assert.Equal("Lisbon Node", (await PracticeClients.OpenAsync(server.Nation, Here, folder.Path)).Door!.Name);
        await Node.AddAsync(server.Nation.Database, server.Time, "Porto", "Europe");
        var renamed = await PracticeClients.OpenAsync(server.Nation, Here, folder.Path);
        Assert.Equal(("Porto Node", "Harbour Library"), (renamed.Door!.Name, renamed.Library!.Name));
        Assert.Equal(3, await server.CountAsync("partner"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Library\":{\"Cli")]
    [InlineData("null")]
    public async Task A_file_that_was_cut_short_is_made_anew(string content)
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("practice-clients.json"), content);
        var clients = await PracticeClients.OpenAsync(server.Nation, Here, folder.Path);
        Assert.Equal(clients, await PracticeClients.OpenAsync(server.Nation, Here, folder.Path));
    }
}
