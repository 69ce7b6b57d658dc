using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary><c>netid doctor</c>: what it looks at, and its exit codes.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    private NetidProcess Netid => NetidProcess.Beside(_server);

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_is_well_after_a_backup_and_what_was_looked_at_is_named()
    {
        await _server.MemberAsync();
        Assert.Equal("look", State(await FindingsAsync(), "backup"));
        Assert.Equal(0, (await Netid.RunAsync("backup", _folder.File("b.db"))).ExitCode);
        var findings = await FindingsAsync();
        Assert.Equal(
            ["backup", "database", "did", "durability", "key", "list", "log", "migrations"],
            findings.Select(one => (string)one["check"]!).Where(check => check != "disk").Distinct().Order(StringComparer.Ordinal));
        Assert.All(findings.Where(one => (string)one["check"]! != "disk"), one => Assert.Equal("well", (string)one["state"]!));

        await _server.Nation.Database.CommitAsync(Nations.BackUp(_server.Time.GetUtcNow().AddDays(-8).ToUnixTimeSeconds()));
        Assert.Equal("look", State(await FindingsAsync(), "backup"));
    }

    [Fact]
    public async Task An_app_that_could_not_be_told_of_a_logout_is_to_be_looked_at()
    {
        var signIn = await TestSignIn.BeginAsync(_server);
        await signIn.SignInAsync(await _server.MemberAsync());
        await _server.Nation.Database.CommitAsync(new Statement("UPDATE session SET ended_at = 1, tell_at = NULL, tell_fault = 'it redirected, which is not followed'", new { }));
        var found = (await FindingsAsync()).Single(one => (string)one["check"]! == "logout");
        Assert.Equal("look", (string)found["state"]!);
        Assert.StartsWith($"app {signIn.ClientId} was not told that 1 of its sessions ended", (string)found["said"]!);
        Assert.EndsWith("it redirected, which is not followed", (string)found["said"]!);
    }

    [Fact]
    public async Task Notices_that_could_not_be_sent_are_to_be_looked_at()
    {
        var member = (await _server.RecordOfAsync(await _server.MemberAsync())).MemberId;
        await _server.Nation.Database.CommitAsync(
        [
            .. Notice.To(member, NoticeKind.Suspended, "case-1", _server.Time.GetUtcNow(), _server.Time.GetUtcNow().AddDays(1)),
            .. Notice.To(member, NoticeKind.Suspended, "case-2", _server.Time.GetUtcNow(), _server.Time.GetUtcNow().AddDays(1)),
            new Statement("UPDATE notice_delivery SET fault = 'the mail server can''t be reached' WHERE channel = 'mail'", new { }),
            new Statement("UPDATE notice_delivery SET send_at = NULL WHERE channel = 'mail' AND notice_id = (SELECT min(id) FROM notice)", new { }),
        ]);
        var found = (await FindingsAsync()).Single(one => (string)one["check"]! == "notices");
        Assert.Equal("look", (string)found["state"]!);
        Assert.StartsWith("by mail, 2 could not be sent, of which 1 are tried again; the first was due ", (string)found["said"]!);
        Assert.EndsWith(": the mail server can't be reached", (string)found["said"]!);
    }

    [Fact]
    public async Task A_charter_by_which_too_few_could_decide_is_to_be_looked_at_before_it_is_so()
    {
        var (database, time) = (_server.Nation.Database, _server.Time);
        await Rules.AdoptAsync(database, time, CharterTests.Changed(
            "short", [.. ((string[])["change_charter", "recognise"]).Select(act => ($"/acts/{act}", """{"approvals":5,"by":"members","open_days":30}"""))]));
        Assert.StartsWith("too few people could decide now: admit, ", await SaidAsync(), StringComparison.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            var member = (await _server.RecordOfAsync(await _server.MemberAsync(null, ("display_name", $"Somebody {i}")))).MemberId;
            await Steward.AppointAsync(database, time, member, null, [.. Act.All], DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(10)));
        }

        Assert.StartsWith("too few people could decide in 30 days, as mandates and memberships end: admit, ", await SaidAsync(), StringComparison.Ordinal);

        async Task<string> SaidAsync() => (string)(await FindingsAsync()).Single(one => (string)one["check"]! == "quorum")["said"]!;
    }

    [Fact]
    public async Task F8_a_key_that_is_not_in_its_time_is_wrong_and_the_exit_code_is_1()
    {
        await _server.Nation.Database.CommitAsync(new Statement(
            "UPDATE signing_key SET not_before = not_before + 30 * 86400, retire_after = retire_after + 30 * 86400 WHERE purpose = 'id-token' AND algorithm = 'ES256'", new { }));
        var ended = await Netid.RunAsync("doctor", "--json");
        Assert.Equal(1, ended.ExitCode);
        var wrong = Assert.Single(JsonNode.Parse(ended.Output)!.AsArray(), one => (string)one!["state"]! == "wrong")!;
        Assert.Equal("id-token ES256: none is in its time", (string)wrong["said"]!);
    }

    [Fact]
    public async Task A_database_that_can_t_be_looked_at_is_the_configurations_fault_and_the_exit_code_is_2() =>
        Assert.Equal(2, (await Netid.With(("NETID__Keys__Secret", "another secret, of more than 32 characters too")).RunAsync("doctor")).ExitCode);

    private async Task<List<JsonNode>> FindingsAsync() => [.. (await Netid.RunAsync("doctor", "--json")).Json.AsArray().OfType<JsonNode>()];

    private static string State(List<JsonNode> findings, string check) => (string)findings.Single(one => (string)one["check"]! == check)["state"]!;
}
