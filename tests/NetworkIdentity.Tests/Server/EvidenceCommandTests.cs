using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Faults;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid evidence</c>, and <c>netid verify</c> of what it wrote.</summary>
public sealed class EvidenceCommandTests
{
    private const int Killed = 128 + 9;

    [Fact]
    public async Task The_file_is_its_owners_alone_and_is_accepted_by_the_DID_that_one_has_and_by_no_address()
    {
        await using var server = await TestServer.StartAsync();
        var netid = await BesideAsync(server);

        // Whatever lay there could be read by others.
        var file = Path.Combine(netid.Folder, "evidence.json");
        await File.WriteAllTextAsync(file, "old", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var made = await netid.RunAsync("evidence", "credential", "--out", "evidence.json", "--json");
        Assert.True(made.ExitCode == 0, $"{made.Output}{made.Error}");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var did = (string)made.Json["did"]!;
        Assert.Equal(((string?)"accepted", did), ((string?)made.Json["verdict"], (string)JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!["did"]!));

        Assert.Matches("^the status lists stood from .* to ", (string?)made.Json["lists"]);

        // The plainest question, on the day on which it was made: was it true on this day?
        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(0, (await netid.RunAsync("verify", "evidence.json", "--offline", "--issuer", did, "--on", today)).ExitCode);
        foreach (var (named, code, reason) in ((string[], int, string?)[])[(["--issuer", did], 0, null), ([], 3, "issuer_not_pinned"), (["--issuer", server.Issuer], 3, "issuer_not_pinned"), (["--issuer", did.Replace("did:webvh:Q", "did:webvh:R", StringComparison.Ordinal)], 2, null)])
        {
            var read = await netid.RunAsync(["verify", "evidence.json", "--offline", "--json", .. named]);
            Assert.True(read.ExitCode == code, $"{string.Join(' ', named)}: {read.ExitCode} {read.Output}{read.Error}");
            if (code != 2) Assert.Equal(reason, (string?)JsonNode.Parse(read.Output)!["reason"]);
        }
    }

    [Theory]
    [InlineData("2026-05-04", "on 2026-05-04 at 23:59:59 UTC, the end of that day")]
    [InlineData("2026-05-04T12:30:00+02:00", "on 2026-05-04 at 10:30 UTC")]
    [InlineData("2026-05-04T10:30:07", "on 2026-05-04 at 10:30:07 UTC")]
    public async Task Which_moment_was_judged_stands_beside_the_verdict_and_a_day_alone_is_its_end_in_UTC_wherever_one_is(string on, string words)
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "evidence.json"), """{"format":"network-identity-evidence:1"}""", TestContext.Current.CancellationToken);
        var netid = new NetidProcess(folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"), ("TZ", "America/New_York"));
        var judged = await netid.RunAsync("verify", "evidence.json", "--offline", "--on", on);
        Assert.Contains($"judged       {words}\n", judged.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.Parse(words.Split(" UTC")[0][3..].Replace(" at ", "T", StringComparison.Ordinal) + "Z", CultureInfo.InvariantCulture), DateTimeOffset.Parse((string)JsonNode.Parse((await netid.RunAsync("verify", "evidence.json", "--offline", "--on", on, "--json")).Output)!["judged_at"]!, CultureInfo.InvariantCulture));
        var now = await netid.RunAsync("verify", "evidence.json", "--offline");
        Assert.Matches("judged       on [0-9-]+ at [0-9:]+ UTC.* \\(now\\)\n", now.Output.ReplaceLineEndings("\n"));
        foreach (var wrong in (string[])["yesterday", "2026/05/04", "05/04/2026", "15:00"])
        {
            var neither = await netid.RunAsync("verify", "evidence.json", "--offline", "--on", wrong);
            Assert.Contains($"--on is a day or a time, as 2026-11-22 or 2026-11-22T15:00:00Z, and not {wrong}", neither.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_lay_there_stays_where_the_new_file_cant_be_written_whole()
    {
        await using var server = await TestServer.StartAsync();
        var netid = await BesideAsync(server);

        // No name may be longer than 255 characters: beside it nothing can be written.
        var name = new string('e', 250);
        var old = Path.Combine(netid.Folder, name);
        await File.WriteAllTextAsync(old, "of a day that is past", TestContext.Current.CancellationToken);
        var made = await netid.RunAsync("evidence", "credential", "--out", name, "--json");
        Assert.NotEqual(0, made.ExitCode);
        Assert.Equal("of a day that is past", await File.ReadAllTextAsync(old, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Directory.GetFiles(netid.Folder), file => Path.GetFileName(file).StartsWith($"{name}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task F1_a_kill_before_the_move_leaves_the_old_file_whole_and_the_next_run_takes_away_what_lay_beside()
    {
        Strace.SkipWhereAbsent();
        await using var server = await TestServer.StartAsync();
        var netid = await BesideAsync(server);
        var (file, trace) = (Path.Combine(netid.Folder, "evidence.json"), Path.Combine(netid.Folder, "trace"));
        await File.WriteAllTextAsync(file, "of a day that is past", TestContext.Current.CancellationToken);

        // As one without the nation's database, which has files of its own to move.
        var id = await server.Nation.Database.ReadAsync(connection => Dapper.SqlMapper.ExecuteScalarAsync<string>(connection, "SELECT notification_id FROM credential"));
        string[] make = ["evidence", "credential", "--out", "evidence.json", "--issuer", server.Issuer, "--local", "--notification-id", id!];
        var killed = await netid.Under("strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,rename", "-e", "inject=rename:signal=SIGKILL:when=1").RunAsync(make);
        Assert.Equal(Killed, killed.ExitCode);
        Assert.Equal("of a day that is past", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        // All of it was on the disk before it could take the old one's place: where the power goes after the move, there is the one or the other.
        var draft = Assert.Single(DraftsIn(netid.Folder));
        var calls = (await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken)).Where(line => line.Contains(draft, StringComparison.Ordinal)).ToList();
        Assert.Contains(" fsync(", calls[0], StringComparison.Ordinal);
        Assert.Contains(" rename(", calls[^1], StringComparison.Ordinal); // between them one that was interrupted may stand twice
        Assert.Equal(Outcome.Accepted, await VerdictAsync(draft));

        Assert.Equal(0, (await netid.RunAsync(make)).ExitCode);
        Assert.Empty(DraftsIn(netid.Folder));
        Assert.Equal(Outcome.Accepted, await VerdictAsync("evidence.json"));

        async Task<Outcome> VerdictAsync(string name)
        {
            var evidence = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(netid.Folder, name), TestContext.Current.CancellationToken))!.AsObject();
            return (await EvidenceVerifier.VerifyAsync(evidence, (string)evidence["did"]!, server.Time.GetUtcNow(), server.Time)).Verdict.Outcome;
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_is_taken_away_and_not_what_is_being_written_or_is_anything_else()
    {
        await using var server = await TestServer.StartAsync();
        var netid = await BesideAsync(server);
        string In(string name) => Path.Combine(netid.Folder, name);
        var left = In($"evidence.json.{RandomId.New()}.draft");
        string[] others = [In($"evidence.json.{RandomId.New()}.draft"), In($"other.json.{RandomId.New()}.draft"), In("evidence.json.draft"), In("evidence.json.mine.draft"), In($"evidence.json.{RandomId.New()}")];
        foreach (var one in (string[])[left, .. others]) await File.WriteAllTextAsync(one, "half", TestContext.Current.CancellationToken);

        // The first of the others is another's who writes the same file now.
        await using (new FileStream(others[0], FileMode.Open, FileAccess.Write, FileShare.Read))
        {
            var made = await netid.RunAsync("evidence", "credential", "--out", "evidence.json");
            Assert.True(made.ExitCode == 0, $"{made.Output}{made.Error}");
        }

        Assert.False(File.Exists(left));
        Assert.All(others, one => Assert.True(File.Exists(one), one));
    }

    /// <summary>The command beside a nation that has published all of a member's credential, which lies there as a file.</summary>
    private static async Task<NetidProcess> BesideAsync(TestServer server)
    {
        var wallet = await server.MemberAsync();
        var record = await server.RecordOfAsync(wallet);
        _ = await server.Nation.StatusLists.FindAsync(record.ListId);
        await server.Nation.Log.SequenceAsync();
        var netid = NetidProcess.Beside(server);
        await File.WriteAllTextAsync(Path.Combine(netid.Folder, "credential"), wallet.Credential, TestContext.Current.CancellationToken);
        return netid;
    }

    private static IEnumerable<string> DraftsIn(string folder) => Directory.GetFiles(folder, "*.draft").Select(path => Path.GetFileName(path));
}
