using System.Text.RegularExpressions;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>
/// A run of issuing, revoking and log writing that is killed, or whose disk fails, at each point where something goes to the disk. In the suite at some of
/// them; with <c>NETID_TEST_EVERY_POINT=1</c> at all syncs and renames, and at sixty of the writes between them.
/// </summary>
[Trait("Engine", "SQLite")]
public sealed class EverySyncTests(EverySyncTests.Unbroken unbroken) : IClassFixture<EverySyncTests.Unbroken>, IDisposable
{
    private static readonly bool IsExhaustive = Environment.GetEnvironmentVariable("NETID_TEST_EVERY_POINT") == "1";

    private readonly TestFolder _folder = new();

    private string Template => unbroken.Template;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F1_I1_I2_I3_I8_I9_I14_a_kill_at_any_sync_of_issuing_revoking_and_log_writing_loses_and_halves_nothing()
    {
        var counts = unbroken.Calls.GroupBy(call => call.Name).ToDictionary(calls => calls.Key, calls => calls.Count());
        Assert.Equal(["fdatasync", "fsync", "pwrite64", "rename"], counts.Keys.Order());
        Assert.InRange(counts["fdatasync"], 20, 200);
        var ends = 0;
        foreach (var (call, at) in counts.SelectMany(of => Points(of.Key, of.Value)))
        {
            var folder = _folder.File($"{call}-{at}");
            var (exitCode, said, _) = await IssuingChild.RunAsync(Template, folder, "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={at}");

            // How many pages a run writes differs a little from run to run; how many syncs there are does not.
            Assert.True(exitCode == IssuingChild.Killed || call == "pwrite64", $"{call} {at}: {exitCode}");
            try
            {
                await ActsRun.HoldsAsync(folder, said);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"killed at {call} {at}, after: {string.Join("; ", said.Select(line => string.Join(' ', line.Split(' ')[..2])))}", exception);
            }

            if (exitCode == IssuingChild.Killed) ends++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{ends} kills; calls in a run: {string.Join(", ", counts)}");
    }

    [Fact]
    public async Task F3_after_a_sync_that_fails_its_act_is_told_nothing_is_acknowledged_that_is_not_kept_and_the_run_goes_on()
    {
        foreach (var (call, at, isOfAct) in Syncs())
        {
            var folder = _folder.File($"{call}-{at}");
            var (exitCode, said, _) = await IssuingChild.RunAsync(Template, folder, "-e", $"trace={call}", "-e", $"inject={call}:error=EIO:when={at}");
            Assert.True(exitCode == 0, $"{call} {at}: {exitCode}");
            try
            {
                // Every act was done in the end, and the one of this sync, where it was one of an act, was said to have failed before.
                Assert.Equal(10, said.Count(line => !IsFailure(line)));
                if (isOfAct) Assert.Single(said, IsFailure);
                await ActsRun.HoldsAsync(folder, said);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"failed at {call} {at}", exception);
            }
        }

        static bool IsFailure(string line) => line.StartsWith("failed", StringComparison.Ordinal);
    }

    [Fact]
    public async Task F3_a_disk_that_fails_from_some_moment_on_gets_no_acknowledgement_from_then_on_and_loses_none_from_before()
    {
        foreach (var at in IsExhaustive ? Enumerable.Range(1, 20) : [9])
        {
            var folder = _folder.File($"from-{at}");
            var (exitCode, said, _) = await IssuingChild.RunAsync(Template, folder, "-e", "trace=fdatasync,fsync", "-e", $"inject=fdatasync,fsync:error=EIO:when={at}+");
            Assert.NotEqual(0, exitCode);
            Assert.StartsWith("failed", said[^1]);
            await ActsRun.HoldsAsync(folder, said);
        }
    }

    [Fact]
    public async Task F3_what_a_failed_sync_may_have_lost_is_written_again()
    {
        // A kernel may drop what it could not write and report that once: a later sync of the same pages then says that all is well. So the same place of the log
        // must be written anew before anything is added behind it.
        var (exitCode, said, trace) = await IssuingChild.RunAsync(
            Template, _folder.File("again"), "-e", "trace=fdatasync,pwrite64", "-e", "inject=fdatasync:error=EIO:when=7");
        Assert.Equal(0, exitCode);
        Assert.Contains(said, line => line.StartsWith("failed", StringComparison.Ordinal));

        var failed = Array.FindIndex(trace, line => line.Contains("EIO", StringComparison.Ordinal));
        Assert.Contains("nation.db-wal", trace[failed]);
        var begun = Array.FindLastIndex(trace, failed - 1, line => line.Contains("fdatasync", StringComparison.Ordinal)) + 1;
        Assert.InRange(OffsetOf(trace[(failed + 1)..]), 0, OffsetOf(trace[begun..failed]));

        static long OffsetOf(IEnumerable<string> lines) => lines
            .Select(line => Regex.Match(line, @"pwrite64\(\d+<[^>]*nation\.db-wal>, .*, (?<offset>\d+)\) +=", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture))
            .Where(match => match.Success).Select(match => long.Parse(match.Groups["offset"].Value)).First();
    }

    [Fact]
    public async Task F3_what_a_killed_process_left_in_the_log_is_written_anew_at_the_start()
    {
        var folder = _folder.File("left");
        await IssuingChild.RunAsync(Template, folder, "-e", "trace=fdatasync", "-e", "inject=fdatasync:signal=SIGKILL:when=9");
        var log = new FileInfo(ActsRun.FileIn(folder) + "-wal");
        Assert.NotEqual(0, log.Length);
        await using var run = await ActsRun.OpenAsync(folder);
        log.Refresh();
        Assert.Equal(0, log.Length);
    }

    [Fact]
    public async Task F15_a_kill_at_any_sync_of_the_migrations_and_the_founding_is_taken_up_by_the_next_start()
    {
        // The first time, nobody kills it: how many syncs there are.
        var syncs = int.MaxValue;
        for (var at = 0; at <= syncs; at += IsExhaustive || at == 0 ? 1 : Math.Max(1, syncs / 3))
        {
            var folder = _folder.File($"founded-{at}");
            Directory.CreateDirectory(folder);
            var (exitCode, _, trace) = await IssuingChild.StartAsync(
                IssuingChild.FoundingVerb, folder, "-e", "trace=fdatasync", "-e", $"inject=fdatasync:signal=SIGKILL:when={(at == 0 ? 60_000 : at)}");
            if (at == 0) syncs = trace.Count(line => line.Contains("fdatasync(", StringComparison.Ordinal));
            else await ActsRun.FoundAsync(folder);
            Assert.Equal(at == 0 ? 0 : IssuingChild.Killed, exitCode);
            await using var run = await ActsRun.OpenAsync(folder);
            await run.GoAsync(_ => { });
        }

        Assert.InRange(syncs, 3, 1000);
    }

    /// <summary>Every time that a call is made, of the writes sixty; in the suite two of the syncs and one of the rest, spread over the run.</summary>
    private static IEnumerable<(string Call, int At)> Points(string call, int count)
    {
        var points = (IsExhaustive, call) switch
        {
            (true, "pwrite64") => 60,
            (true, _) => count,
            (false, "fdatasync") => 2,
            _ => 1,
        };
        for (var i = 0; i < points; i++) yield return (call, 1 + (i * count / points) + (points < count ? count / points / 2 : 0));
    }

    /// <summary>
    /// The syncs of a run, and which of them an act waits for: those of the log by the writer, unless the file itself is synced next, which is when the log is
    /// emptied. In the suite one for an act, one for none, and that of the file beside the database.
    /// </summary>
    private IEnumerable<(string Call, int At, bool IsOfAct)> Syncs()
    {
        var data = unbroken.Calls.Where(call => call.Name == "fdatasync").Select(call => call.File).ToList();
        var writer = data[0];
        Assert.EndsWith("nation.db-wal>", writer);
        var all = data.Select((file, at) => ("fdatasync", at + 1, file == writer && at + 1 < data.Count && data[at + 1].EndsWith("nation.db-wal>", StringComparison.Ordinal))).ToList();
        if (!IsExhaustive) all = [all.Where(sync => sync.Item3).ElementAt(6), all.Last(sync => !sync.Item3)];
        return all.Concat(unbroken.Calls.Where(call => call.Name == "fsync").Take(IsExhaustive ? int.MaxValue : 1).Select((_, at) => ("fsync", at + 1, false)));
    }

    /// <summary>A founded nation, and what a run in it that nothing breaks says to the system.</summary>
    public sealed class Unbroken : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();

        internal string Template => _folder.File("template");

        internal IReadOnlyList<(string Name, string File)> Calls { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Strace.SkipWhereAbsent();
            Directory.CreateDirectory(Template);
            await ActsRun.FoundAsync(Template);
            Calls = await IssuingChild.CallsAsync(Template, _folder.File("unbroken"), "fdatasync,fsync,rename,pwrite64");
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
