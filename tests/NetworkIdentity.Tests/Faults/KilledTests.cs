using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A process that is killed has kept all that it said it kept (I8, F1).</summary>
[Trait("Engine", "SQLite")]
public sealed class KilledTests
{
    private const int Killed = 128 + 9;

    [Fact]
    public async Task F1_what_was_acknowledged_before_a_kill_at_any_moment_is_kept_and_every_act_is_whole()
    {
        using var folder = new TestFolder();
        var file = folder.File("killed.db");
        var said = new List<string>();
        for (var round = 0; round < 8; round++)
        {
            // Killed after so many answers, with other acts under way: 1, 5, 9 ... of them.
            using var child = WritingChild.Start(file, acts: 100_000, writers: 4);
            for (var i = 0; i <= round * 4; i++) said.Add((await child.StandardOutput.ReadLineAsync())!);
            child.Kill();
            said.AddRange(await WritingChild.SaidAsync(child));
            await child.WaitForExitAsync();
            Assert.Equal(Killed, child.ExitCode);
            Assert.InRange(WritingChild.HoldsAll(file, said), said.Count, long.MaxValue);
        }

        // And the next one goes on as if nothing had been.
        await using var database = Database.Open($"Data Source={file}", TimeProvider.System);
        Assert.Equal("fault", await database.CommitAsync(Spent.Use("fault", said[0], 1)));
        Assert.Null(await database.CommitAsync(Spent.Use("fault", "after", 1)));
    }

    [Fact]
    public async Task F1_a_kill_at_the_very_sync_of_a_commit_loses_nothing_that_was_acknowledged()
    {
        Strace.SkipWhereAbsent();
        using var folder = new TestFolder();
        var file = folder.File("killed.db");
        await Database.Open($"Data Source={file}", TimeProvider.System).DisposeAsync();
        var said = new List<string>();
        var kills = 0;
        foreach (var sync in (int[])[1, 2, 3, 4, 7, 12])
        {
            using var child = WritingChild.Start(
                file, acts: 400, writers: 2, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", $"inject=fsync,fdatasync:signal=SIGKILL:when={sync}");
            said.AddRange(await WritingChild.SaidAsync(child));
            await child.WaitForExitAsync();
            if (child.ExitCode == Killed) kills++;
            WritingChild.HoldsAll(file, said);
        }

        Assert.Equal(6, kills);
        Assert.NotEmpty(said);
    }

    [Fact]
    public async Task I8_every_acknowledged_commit_was_synced_to_the_disk_first()
    {
        Strace.SkipWhereAbsent();
        using var folder = new TestFolder();
        var file = folder.File("synced.db");
        await Database.Open($"Data Source={file}", TimeProvider.System).DisposeAsync();
        var trace = folder.File("trace");

        // -y names the file behind each descriptor; one writer, so that no two acts share a commit.
        using var child = WritingChild.Start(file, acts: 60, writers: 1, "strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,write");
        var said = await WritingChild.SaidAsync(child);
        await child.WaitForExitAsync();
        Assert.Equal(60, said.Count);

        // Between two answers on the output there is a sync of the log.
        var synced = false;
        var answers = 0;
        foreach (var line in await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken))
        {
            if (Regex.IsMatch(line, @"\bf(?:data)?sync\(\d+<[^>]*synced\.db-wal>", RegexOptions.NonBacktracking)) synced = true;
            if (!Regex.IsMatch(line, """\bwrite\(\d+<pipe:[^>]*>, "[a-z2-9]{26}\\n", 27""", RegexOptions.NonBacktracking)) continue;
            Assert.True(synced, $"answer {answers} came before its sync");
            (synced, answers) = (false, answers + 1);
        }

        Assert.Equal(60, answers);
    }
}
