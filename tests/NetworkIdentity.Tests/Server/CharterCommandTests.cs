using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid charter</c>, on files, and the format as it is served.</summary>
public sealed class CharterCommandTests : IDisposable
{
    private static readonly string Example = Path.Combine(Tree.Root, "docs", "charters", "co-living.json");

    private readonly TestFolder _folder = new();

    private NetidProcess Netid => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_charter_is_read_and_two_are_compared_without_a_nation()
    {
        var read = await Netid.RunAsync(["charter", "check", Example, "--json"]);
        Assert.True(read.ExitCode == 0, read.Error);
        var revoke = JsonNode.Parse(read.Output)!.AsArray().Single(rule => (string?)rule!["act"] == Act.Revoke)!;
        Assert.Equal((4, "nation_stewards", 30, true), (revoke["approvals"]!.GetValue<int>(), revoke["by"]!.GetValue<string>(), revoke["open_days"]!.GetValue<int>(), revoke["prove_again"]!.GetValue<bool>()));

        await File.WriteAllTextAsync(_folder.File("next.json"), (await File.ReadAllTextAsync(Example)).Replace("\"notice_days\": 21", "\"notice_days\": 28", StringComparison.Ordinal));
        var diff = await Netid.RunAsync(["charter", "diff", Example, "next.json", "--json"]);
        Assert.Equal("""[{"path":"/revocation/notice_days","before":"21","after":"28"}]""", diff.Output.Trim());
        Assert.Contains("They say the same", (await Netid.RunAsync(["charter", "diff", Example, Example])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_charter_is_refused_with_its_place_and_what_is_no_file_is_said()
    {
        await File.WriteAllTextAsync(_folder.File("alone.json"), (await File.ReadAllTextAsync(Example)).Replace("\"approvals\": 4", "\"approvals\": 1", StringComparison.Ordinal));
        var alone = await Netid.RunAsync(["charter", "check", "alone.json"]);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("/acts/revoke/approvals", alone.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Netid.RunAsync(["charter", "check", "none.json"])).ExitCode);
        await File.WriteAllBytesAsync(_folder.File("long.json"), new byte[Charter.MaxBytes + 1]);
        Assert.Equal(2, (await Netid.RunAsync(["charter", "diff", Example, "long.json"])).ExitCode);
    }

    [Fact]
    public async Task The_format_is_served()
    {
        await using var server = await TestServer.StartAsync();
        using var schema = await server.Http.GetAsync(server.Url("/schemas/charter.schema.json"));
        Assert.Equal("application/schema+json", schema.Content.Headers.ContentType?.MediaType);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Tree.Root, "schemas", "charter.schema.json")), await schema.Content.ReadAsByteArrayAsync());
    }
}
