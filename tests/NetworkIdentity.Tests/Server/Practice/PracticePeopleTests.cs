using NetworkIdentity.Server.Practice;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Practice;

/// <summary>Who acts on the tour: those whom the practice nation was founded with, and nobody by a name.</summary>
public sealed class PracticePeopleTests
{
    [Fact]
    public async Task They_are_founded_once_and_known_again_by_their_ids()
    {
        await using var server = await TestServer.StartAsync();
        var founded = await PracticePeople.OpenAsync(server.Nation, server.Folder);
        var opened = await PracticePeople.OpenAsync(server.Nation, server.Folder);
        Assert.Equal(4, founded.All.Count);
        Assert.Equal(founded.All, opened.All);
        Assert.Equal(founded.All[0], opened.Find("Dele"));
        Assert.Null(opened.Find("Ada"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[{\"Name\":\"Dele\",")]
    public async Task Where_the_file_is_lost_or_cut_short_nobody_is_one(string? content)
    {
        await using var server = await TestServer.StartAsync();
        await PracticePeople.OpenAsync(server.Nation, server.Folder);
        var file = Path.Combine(server.Folder, "practice-people.json");
        File.Delete(file);
        if (content is not null) await File.WriteAllTextAsync(file, content);
        Assert.Empty((await PracticePeople.OpenAsync(server.Nation, server.Folder)).All);
    }

    [Fact]
    public async Task Whom_the_nation_does_not_have_is_not_asked()
    {
        await using var server = await TourTests.PracticeAsync();
        var browser = TestServer.NewBrowser();
        await TourTests.PressAsync(server, browser, "join", ("name", "Ada"), ("statement", "To see."));
        var application = (await server.Nation.Applying.FindAsync((await NetworkIdentity.Registry.Applications.OpenAsync(server.Nation.Database))[0].Id))!;
        var known = server.The<PracticePeople>().All[1];
        Assert.Null(await new PracticePeople([new("Dele", RandomId.New(), "I know them.")]).NextToVouchAsync(server.Nation, application));
        Assert.Equal(known, await new PracticePeople([new("Dele", RandomId.New(), "I know them."), known]).NextToVouchAsync(server.Nation, application));
    }
}
