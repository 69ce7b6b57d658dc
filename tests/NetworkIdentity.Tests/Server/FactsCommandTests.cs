using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid facts</c>, and the format as it is served.</summary>
public sealed class FactsCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private NetidProcess Netid => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bands_are_made_of_files_without_a_nation()
    {
        var vectors = JsonNode.Parse(Tree.Read("docs/reputation/vectors.json"))!.AsArray();
        await File.WriteAllTextAsync(_folder.File("one.json"), vectors[0]!["document"]!.ToJsonString());
        await File.WriteAllTextAsync(_folder.File("ring.json"), vectors[2]!["document"]!.ToJsonString());
        var bands = (await Netid.RunAsync("facts", "bands", "one.json", "ring.json", "--on", (string)vectors[0]!["day"]!, "--json")).Json.AsArray();
        Assert.Equal(
            [("one.json", "ana", "emerging"), ("ring.json", "ana", null), ("ring.json", "ben", null), ("ring.json", "dee", null), ("ring.json", "eli", null)],
            bands.Select(one => ((string)one!["file"]!, (string)one["member"]!, (string?)one["band"])));
        Assert.All(bands, one => Assert.Equal(("bands", "1"), ((string?)one!["method"], (string?)one["method_version"])));

        // A day on which nothing had been witnessed; a file that is none; no file.
        Assert.Contains("None yet", (await Netid.RunAsync("facts", "bands", "one.json", "--on", "2025-01-01")).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("wrong.json"), "{}");
        var wrong = await Netid.RunAsync("facts", "bands", "wrong.json");
        Assert.Equal(1, wrong.ExitCode);
        Assert.StartsWith("invalid_facts:", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Netid.RunAsync("facts", "bands", "none.json")).ExitCode);
    }

    [Fact]
    public async Task An_export_is_read_by_whoever_makes_the_bands_again()
    {
        await using var server = await TestServer.StartAsync();
        var (ana, ben, cyd) = (await MemberAsync(), await MemberAsync(), await MemberAsync());
        var book = new FactBook(server.Nation.Database, server.Nation.Keys, server.Nation.Time);
        var (today, mandate) = (DateOnly.FromDateTime(server.Nation.Time.GetUtcNow().UtcDateTime), new Mandate(Act.Witness, "a-steward", "2026-1", []));
        foreach (var by in (string[])[ben, cyd])
            await book.WitnessAsync(await book.RecordAsync(new(FactKind.Hosting, ana, today, today, "Had guests"), 1, mandate), by, mandate);

        var netid = NetidProcess.Beside(server);
        var made = (await netid.RunAsync("facts", "export", "facts.json", "--json")).Json;
        Assert.Equal((2, null), ((int)made["facts"]!, (string?)made["about"]));
        var own = (await netid.RunAsync("facts", "export", "own.json", "--member", ana, "--json")).Json;
        foreach (var file in (string[])["facts.json", "own.json"])
        {
            var text = await File.ReadAllTextAsync(Path.Combine(netid.Folder, file));
            Assert.DoesNotContain(ana, text, StringComparison.Ordinal);
            Assert.DoesNotContain("guests", text, StringComparison.Ordinal);
            var band = (await netid.RunAsync("facts", "bands", file, "--json")).Json.AsArray().Single()!;
            Assert.Equal(("hosting", "emerging", 2), ((string)band["domain"]!, (string?)band["band"], (int)band["facts"]!));
            if (file == "own.json") Assert.Equal((string?)own["about"], (string?)band["member"]);
        }

        Assert.StartsWith("file_exists:", (await netid.RunAsync("facts", "export", "facts.json")).Error, StringComparison.Ordinal);
        Assert.StartsWith("unknown_member:", (await netid.RunAsync("facts", "export", "other.json", "--member", "nobody")).Error, StringComparison.Ordinal);

        using var schema = await server.Http.GetAsync(server.Url("/schemas/facts.schema.json"));
        Assert.Equal("application/schema+json", schema.Content.Headers.ContentType?.MediaType);
        Assert.Equal(FactDocument.SchemaFile, await schema.Content.ReadAsByteArrayAsync());

        async Task<string> MemberAsync() => (await server.RecordOfAsync(await server.MemberAsync())).MemberId;
    }
}
