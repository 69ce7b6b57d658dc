using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid census</c>, and <c>/census</c>.</summary>
public sealed class CensusCommandTests
{
    [Fact]
    public async Task Before_the_first_the_page_says_when_it_is_due_and_how_far_the_log_has_come()
    {
        await using var server = await TestServer.StartAsync();
        await server.Nation.Log.SequenceAsync();
        var page = await server.Http.GetStringAsync(server.Url("/census"), TestContext.Current.CancellationToken);
        Assert.Contains("No census was taken yet", page);
        Assert.Contains($"<dd>{(await server.Nation.Log.HeadAsync())!.Size}</dd>", page);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(server.Url("/census.json"), TestContext.Current.CancellationToken)).StatusCode);

        // Who has the machine takes none before its time, and there is nothing to show or to hand over.
        var netid = NetidProcess.Beside(server);
        foreach (var (arguments, code) in ((string[], string)[])[(["take"], "census_not_due"), (["show"], "no_census"), (["openings", "--out", "none.jsonl"], "no_census")])
        {
            var refused = await netid.RunAsync(["census", .. arguments]);
            Assert.True(refused.ExitCode == 1 && refused.Error.StartsWith($"{code}:", StringComparison.Ordinal), refused.Error);
        }

        Assert.False(File.Exists(Path.Combine(netid.Folder, "none.jsonl")));
    }

    [Fact]
    public async Task What_is_published_is_what_was_signed_and_an_auditor_counts_it_again_with_the_log_alone()
    {
        await using var server = await TestServer.StartAsync();
        var node = await Node.AddAsync(server.Nation.Database, server.Time, "Lisbon", "Europe");
        for (var one = 0; one < 21; one++) await server.MemberAsync(null, ("node", "Lisbon"));
        server.Time.Move(TimeSpan.FromDays(31));
        await server.Nation.Log.SequenceAsync();
        await server.Nation.Census.TakeDueAsync();
        await server.Nation.Log.SequenceAsync();

        using var answer = await server.Http.GetAsync(server.Url("/census.json"), TestContext.Current.CancellationToken);
        var served = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var jwt = (string)served["jwt"]!;
        Assert.Equal($"\"{CensusTaking.DigestOf(jwt)}\"", answer.Headers.ETag!.Tag);
        var said = SignedStatement.Read(new IssuerCertificates(_ => server.Nation.Keys.Roots), jwt, CensusStatement.Type, server.Issuer, server.Time.GetUtcNow());
        Assert.True(JsonNode.DeepEquals(said, served["census"]));
        var cell = said["cells"]!.AsArray().Single(one => (string)one!["type"]! == "membership" && (string)one["node"]! == node.Id)!;
        Assert.Contains((long)cell["at_least"]!, (long[])[10, 20]);
        Assert.False((bool)cell["suppressed"]!);
        Assert.Equal(served.ToJsonString(), JsonNode.Parse(await server.Http.GetStringAsync(server.Url("/census.json?number=1"), TestContext.Current.CancellationToken))!.ToJsonString());
        foreach (var number in (string[])["2", "x"])
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(server.Url($"/census.json?number={number}"), TestContext.Current.CancellationToken)).StatusCode);
        var page = await server.Http.GetStringAsync(server.Url("/census"), TestContext.Current.CancellationToken);
        Assert.Contains($"{cell["at_least"]} or more", page);
        Assert.Contains("not shown", page);
        Assert.Contains("never more than there were when it was made", page);
        Assert.Contains("Fewer than 10 of those it was made of may have left or moved since", page);

        // The operator hands the openings over; the auditor has no database.
        var netid = NetidProcess.Beside(server);
        var shown = (await netid.RunAsync("census", "show", "--json")).Json;
        Assert.Equal((1, (long)cell["at_least"]!), ((int)shown["census"]!, (long)shown["at_least"]!["membership"]!));
        var made = (await netid.RunAsync("census", "openings", "--out", "openings.jsonl", "--json")).Json;
        Assert.Equal(21, (int)made["leaves"]!);
        Assert.StartsWith("file_exists:", (await netid.RunAsync("census", "openings", "--out", "openings.jsonl")).Error, StringComparison.Ordinal);
        using var folder = new TestFolder();
        File.Copy(Path.Combine(netid.Folder, "openings.jsonl"), folder.File("openings.jsonl"));
        await File.WriteAllTextAsync(folder.File("census.json"), served.ToJsonString(), TestContext.Current.CancellationToken);
        var auditor = new NetidProcess(folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));
        var found = await auditor.RunAsync("census", "check", "openings.jsonl", "--census", "census.json", "--log", server.Url("/log"), "--local", "--json");
        Assert.Equal((0, 21, 21, 0), (found.ExitCode, (int)found.Json["leaves"]!, (int)found.Json["opened"]!, found.Json["faults"]!.AsArray().Count));

        // Again without a network, by the copy that is there now; and with a leaf kept back.
        await File.WriteAllTextAsync(folder.File("census.jwt"), jwt, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await auditor.RunAsync("census", "check", "openings.jsonl", "--census", "census.jwt")).ExitCode);
        var lines = await File.ReadAllLinesAsync(folder.File("openings.jsonl"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(folder.File("fewer.jsonl"), lines[..^1], TestContext.Current.CancellationToken);
        var fewer = await auditor.RunAsync("census", "check", "fewer.jsonl", "--census", "census.json", "--json");
        Assert.Equal((1, 1, 1), (fewer.ExitCode, JsonNode.Parse(fewer.Output)!["missing"]!.AsArray().Count, JsonNode.Parse(fewer.Output)!["unchecked"]!.AsArray().Count));
        Assert.Equal(2, (await auditor.RunAsync("census", "check", "openings.jsonl", "--census", "census.json", "--keep", "nowhere")).ExitCode);
        await File.WriteAllTextAsync(folder.File("none.json"), "{}", TestContext.Current.CancellationToken);
        Assert.StartsWith("census_unfit:", (await auditor.RunAsync("census", "check", "openings.jsonl", "--census", "none.json")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_checked_is_said_and_the_command_ends_with_3()
    {
        await using var server = await TestServer.StartAsync();
        await server.MemberAsync();

        // Issued before leaves said what is counted.
        Assert.Null(await server.Nation.Database.CommitAsync(new Statement("UPDATE journal SET counts = NULL", new { })));
        server.Time.Move(TimeSpan.FromDays(31));
        await server.Nation.Log.SequenceAsync();
        var census = await server.Nation.Census.TakeAsync();
        await server.Nation.Log.SequenceAsync();
        var netid = NetidProcess.Beside(server);
        await netid.RunAsync("census", "openings", "--out", "openings.jsonl");
        await File.WriteAllTextAsync(Path.Combine(netid.Folder, "census.jwt"), census.Statement, TestContext.Current.CancellationToken);
        var found = await netid.RunAsync("census", "check", "openings.jsonl", "--census", "census.jwt", "--log", server.Url("/log"), "--local", "--json");
        var report = JsonNode.Parse(found.Output)!;
        Assert.Equal((3, 0, 1), (found.ExitCode, report["faults"]!.AsArray().Count, (int)report["uncommitted"]!));
        Assert.StartsWith("1 issues up to ", (string)report["unchecked"]![0]!, StringComparison.Ordinal);
        Assert.Equal("""{"issues_older":1}""", report["reasons"]!.ToJsonString());
    }
}
