using System.Diagnostics;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A process of its own that issues, revokes and writes the log, and says each act that was acknowledged, under strace.</summary>
internal static class IssuingChild
{
    public const string Verb = "--issue-until-killed";

    /// <summary>The same that founds a nation instead, in a folder that is empty.</summary>
    public const string FoundingVerb = "--found-until-killed";

    public const int Killed = 128 + 9;

    /// <summary>In the child.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        // From here on all is done by the one thread of the pool: strace counts calls for each thread.
        await Task.Yield();
        await using var output = Console.OpenStandardOutput();
        await using (var run = await ActsRun.OpenAsync(folder)) await run.GoAsync(line => output.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n")));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools(); // Not left to the thread that ends the process.
        return 0;
    }

    /// <summary>In the child that founds.</summary>
    public static async Task<int> FoundAsync(string folder)
    {
        await Task.Yield();
        await ActsRun.FoundAsync(folder);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        return 0;
    }

    /// <summary>In the test: runs a child on a copy of a founded nation, to its end.</summary>
    /// <param name="template">The folder with the nation.</param>
    /// <param name="folder">The folder to copy it to.</param>
    /// <param name="strace">What strace is to trace and to break.</param>
    /// <returns>How it ended, the whole lines that it said, and what strace wrote.</returns>
    public static Task<(int ExitCode, List<string> Said, string[] Trace)> RunAsync(string template, string folder, params string[] strace)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(template)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return StartAsync(Verb, folder, strace);
    }

    /// <summary>In the test: runs a child that does what a verb says in a folder, to its end.</summary>
    public static async Task<(int ExitCode, List<string> Said, string[] Trace)> StartAsync(string verb, string folder, params string[] strace)
    {
        var trace = folder + ".trace";
        string[] arguments = ["-f", "-qq", "-y", "-o", trace, .. strace, Path.Combine(AppContext.BaseDirectory, "NetworkIdentity.Tests"), verb, folder];
        var start = new ProcessStartInfo("strace", arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return (child.ExitCode, [.. said[..(said.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)], await File.ReadAllLinesAsync(trace));
    }

    /// <summary>The calls of an unbroken run, each with the file it was for; each kind by one thread, so that the n-th of a thread is the n-th of the run.</summary>
    public static async Task<IReadOnlyList<(string Name, string File)>> CallsAsync(string template, string folder, string calls)
    {
        var (exitCode, said, trace) = await RunAsync(template, folder, "-e", $"trace={calls}");
        Assert.Equal(0, exitCode);
        Assert.Equal(10, said.Count);
        await ActsRun.HoldsAsync(folder, said);
        var made = trace.Select(line => Regex.Match(line, @"^(?<thread>\d+) +(?<call>\w+)\((?<file>\d+<[^>]*>)?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)).Where(match => match.Success).ToList();
        foreach (var call in made.GroupBy(match => match.Groups["call"].Value)) Assert.Single(call.Select(match => match.Groups["thread"].Value).Distinct());
        return [.. made.Select(match => (match.Groups["call"].Value, match.Groups["file"].Value))];
    }
}
