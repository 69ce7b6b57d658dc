using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The real command <c>netid</c>, as a process of its own in a folder of its own.</summary>
internal sealed class NetidProcess(string folder, params (string Name, string? Value)[] settings)
{
    /// <summary>What a process said, and how it ended.</summary>
    public sealed record Ended(int ExitCode, string Output, string Error)
    {
        /// <summary>Its output as JSON; it must have ended well.</summary>
        public JsonNode Json => ExitCode == 0 ? JsonNode.Parse(Output)! : throw new InvalidOperationException($"{ExitCode}: {Error}");
    }

    /// <summary>The command beside a test's server, on the same file.</summary>
    public static NetidProcess Beside(TestServer server) => new(
        server.Folder,
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("NETID__Storage__ConnectionString", server.Settings.ConnectionString),
        ("NETID__Keys__Secret", server.Settings.Secret));

    private string[] _under = [];

    public string Folder => folder;

    /// <summary>The same, with other settings on top; null takes one away.</summary>
    public NetidProcess With(params (string Name, string? Value)[] more) => new(folder, [.. settings, .. more]);

    /// <summary>The same, in a network namespace of its own that has no route and not even a loopback interface that is up.</summary>
    public NetidProcess WithoutNetwork() => Under("unshare", "--map-root-user", "--net");

    /// <summary>The same, started by another command, which gets it as its last arguments.</summary>
    public NetidProcess Under(params string[] command) => new(folder, settings) { _under = command };

    /// <summary>Runs a command to its end.</summary>
    public Task<Ended> RunAsync(params string[] arguments) => RunOnAsync(null, arguments);

    /// <summary>Runs a command to its end, with this as what comes in.</summary>
    public async Task<Ended> RunOnAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments, input is not null);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"netid {string.Join(' ', arguments)} did not end: {await output}{await error}", exception);
        }

        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>Starts <c>netid serve</c> and waits until it says that it is open.</summary>
    public async Task<Running> ServeAsync()
    {
        var process = Start("serve");
        var error = process.StandardError.ReadToEndAsync();
        var said = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            said.AppendLine(line);
            if (!line.Contains(" is open at ", StringComparison.Ordinal)) continue;
            var running = new Running(process, said);
            _ = running.HearAsync();
            return running;
        }

        throw new InvalidOperationException(await error);
    }

    /// <summary>Starts a command and leaves it alone.</summary>
    public Process Start(params string[] arguments) => Start(arguments, hasInput: false);

    private Process Start(string[] arguments, bool hasInput)
    {
        string[] command = [.. _under, "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "netid.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = hasInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NETID__", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in settings)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>A server that runs as a process.</summary>
    internal sealed class Running(Process process, System.Text.StringBuilder said) : IAsyncDisposable
    {
        /// <summary>What it said until now.</summary>
        public string Said
        {
            get
            {
                lock (said) return said.ToString();
            }
        }

        public async Task HearAsync()
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                lock (said) said.AppendLine(line);
        }

        /// <summary>Asks it to stop, as an operator does; returns its exit code.</summary>
        public async Task<int> StopAsync()
        {
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()])) await kill.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            return process.ExitCode;
        }

        /// <summary>The memory that it has, and how many files and sockets are open, by the system's account.</summary>
        public (int Megabytes, int Handles) Usage()
        {
            var resident = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return (int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024, Directory.GetFiles($"/proc/{process.Id}/fd").Length);
        }

        public ValueTask DisposeAsync()
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
