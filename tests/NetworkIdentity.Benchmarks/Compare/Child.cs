using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A process that is measured: on one processor alone where that is asked, its time and memory read from /proc.</summary>
internal sealed class Child : IAsyncDisposable
{
    /// <summary>The kernel counts a process's time in hundredths of a second, for whoever reads /proc.</summary>
    private const double Tick = 1 / 100.0;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = [];
    private bool _ended;

    private Child(Process process) => _process = process;

    public TextWriter Input => _process.StandardInput;

    public TextReader Output => _process.StandardOutput;

    /// <summary>Processor time it has used, in seconds.</summary>
    public double Seconds
    {
        get
        {
            // The name in parentheses may hold spaces; utime and stime are the 12th and 13th behind it.
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[^1].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * Tick;
        }
    }

    /// <summary>Resident memory in KiB.</summary>
    public long Resident => Status("VmRSS:");

    /// <summary>Its threads.</summary>
    public long Threads => Status("Threads:");

    /// <summary>What it holds open: files, sockets, and the like.</summary>
    public long Handles => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Starts a program.</summary>
    /// <param name="processor">The one processor it may use; null for all.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">Variables beside this process's own.</param>
    /// <param name="program">The program and its arguments.</param>
    public static Child Start(int? processor, string folder, IReadOnlyDictionary<string, string>? environment, params string[] program)
    {
        string[] command = processor is { } one ? ["taskset", "-c", one.ToString(CultureInfo.InvariantCulture), .. program] : program;
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var child = new Child(Process.Start(start)!);
        child._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) child._said.Enqueue(text);
        };
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(string folder, IReadOnlyDictionary<string, string>? environment, params string[] program)
    {
        await using var child = Start(null, folder, environment, program);
        var said = await child.Output.ReadToEndAsync();
        await child._process.WaitForExitAsync();
        if (child._process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', program)} failed:\n{said}\n{child.Errors}");
    }

    /// <summary>What it wrote to its error stream.</summary>
    public string Errors => string.Join('\n', _said);

    private long Status(string name) => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Throws where it has ended.</summary>
    public void MustRun()
    {
        if (_process.HasExited) throw new InvalidOperationException($"a measured process ended with {_process.ExitCode}:\n{Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, true)) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
