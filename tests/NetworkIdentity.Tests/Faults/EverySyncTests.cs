using System.Text.RegularExpressions;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>
/// A run of issuing, revoking and log writing that is killed, or whose disk fails, at each point where something goes to the disk. In the suite at some of
/// them; with <c>NETID_EXHAUSTIVE=1</c> at all syncs and renames, and at sixty of the writes between them.
/// </summary>
[Trait("Engine", "SQLite")]
public sealed class EverySyncTests : IAsyncLifetime, IDisposable
{
    private static readonly bool IsExhaustive = Environment.GetEnvironmentVariable("NETID_EXHAUSTIVE") == "1";

    private readonly TestFolder _folder = new();

    private string Template => _folder.File("template");

    public async ValueTask InitializeAsync()
    {
        Strace.SkipWhereAbsent();
        Directory.CreateDirectory(Template);
        await ActsRun.FoundAsync(Template);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F1_I1_I2_I3_I8_I9_I14_a_kill_at_any_sync_of_issuing_revoking_and_log_writing_loses_and_halves_nothing()
    {
        var counts = await IssuingChild.CountAsync(Template, _folder.File("count"), ["fdatasync", "fsync", "rename", "pwrite64"]);
        Assert.InRange(counts["fdatasync"], 20, 200);
        var ends = 0;
        foreach (var (call, at) in Points(counts, few: 4))
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
    public async Task F3_after_a_sync_that_fails_nothing_is_acknowledged_that_is_not_kept_and_the_run_goes_on()
    {
        var counts = await IssuingChild.CountAsync(Template, _folder.File("count"), ["fdatasync", "fsync"]);
        var (ends, failures) = (0, 0);
        foreach (var (call, at) in Points(counts, few: 2))
        {
            var folder = _folder.File($"{call}-{at}");
            var (exitCode, said, _) = await IssuingChild.RunAsync(Template, folder, "-e", $"trace={call}", "-e", $"inject={call}:error=EIO:when={at}");
            Assert.True(exitCode == 0, $"{call} {at}: {exitCode}");
            try
            {
                // Every act was done in the end, and the one of this sync, where it was one of an act, was said to have failed before.
                Assert.Equal(10, said.Count(line => !line.StartsWith("failed", StringComparison.Ordinal)));
                failures += said.Count(line => line.StartsWith("failed", StringComparison.Ordinal));
                await ActsRun.HoldsAsync(folder, said);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"failed at {call} {at}", exception);
            }

            ends++;
        }

        Assert.NotEqual(0, failures);
        TestContext.Current.TestOutputHelper!.WriteLine($"{ends} failed syncs, {failures} acts that were told so");
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
            .Select(line => Regex.Match(line, @"pwrite64\(\d+<[^>]*nation\.db-wal>, .*, (\d+)\) +=", RegexOptions.NonBacktracking))
            .Where(match => match.Success).Select(match => long.Parse(match.Groups[1].Value)).First();
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

    /// <summary>Every time that a call is made, of the writes sixty; in the suite a few of the syncs and one of the rest, spread over the run.</summary>
    private static IEnumerable<(string Call, int At)> Points(Dictionary<string, int> counts, int few)
    {
        foreach (var (call, count) in counts)
        {
            var points = (IsExhaustive, call) switch
            {
                (true, "pwrite64") => 60,
                (true, _) => count,
                (false, "fdatasync") => few,
                _ => 1,
            };
            for (var i = 0; i < points; i++) yield return (call, 1 + (i * count / points) + (points < count ? count / points / 2 : 0));
        }
    }
}
