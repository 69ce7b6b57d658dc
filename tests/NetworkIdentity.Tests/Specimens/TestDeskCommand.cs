using System.Text;

namespace NetworkIdentity.Tests.Specimens;

/// <summary><c>netid desk</c> at the machines of the people of a <see cref="TestDesk"/>: each has a home of their own, a browser, and the wallet to answer it.</summary>
internal sealed class TestDeskCommand : IDisposable
{
    private readonly TestDesk _desk;
    private readonly TestFolder _folder = new();

    private TestDeskCommand(TestDesk desk, string clientId) => (_desk, ClientId) = (desk, clientId);

    public string ClientId { get; }

    /// <summary>Opens the desk for programs and registers the command there, as docs/stewards.md says.</summary>
    public static async Task<TestDeskCommand> RegisterAsync(TestDesk desk)
    {
        var netid = NetidProcess.Beside(desk.Server);
        Assert.Equal(0, (await netid.RunAsync("resource", "add", desk.Server.Issuer + "/api/desk", "--name", "The desk", "--scope", "desk")).ExitCode);
        var added = await netid.RunAsync("client", "add", "--name", "netid desk", "--redirect-uri", "http://127.0.0.1/callback", "--auth", "none", "--scope", "desk", "--optional", "steward", "--json");
        return new(desk, (string)added.Json["client_id"]!);
    }

    /// <summary>Where a person keeps what programs keep for them.</summary>
    public string HomeOf(string name) => _folder.File($"home-{name}");

    /// <summary>A person's command line.</summary>
    public NetidProcess NetidOf(string name) => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"), ("XDG_CONFIG_HOME", HomeOf(name)));

    /// <summary>A file of theirs.</summary>
    public async Task<string> FileAsync(string text)
    {
        var file = _folder.File($"{RandomId.New()}.json");
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    /// <summary>Runs a command of the desk; whenever it asks for a sign-in, its person opens the address in a browser and proves who they are.</summary>
    public Task<(NetidProcess.Ended Ended, int SignIns)> RunAsync(string name, params string[] arguments) => RunAsync(name, arguments, (_, _) => Task.CompletedTask);

    /// <summary>Proposes a charter by its own command.</summary>
    public Task<(NetidProcess.Ended Ended, int SignIns)> RunCharterAsync(string name, string file) => RunAsync(name, ["propose", file, "--json"], (_, _) => Task.CompletedTask, noun: "charter");

    /// <summary>The same, and something is done before, in that browser and with that address; also instead, where nobody signs in.</summary>
    public async Task<(NetidProcess.Ended Ended, int SignIns)> RunAsync(string name, string[] arguments, Func<HttpClient, string, Task> before, bool isSignedIn = true, string noun = "desk")
    {
        using var process = NetidOf(name).Start([noun, .. arguments, "--issuer", _desk.Server.Issuer, "--client", ClientId]);
        var (output, error, signIns) = (process.StandardOutput.ReadToEndAsync(), new StringBuilder(), 0);
        while (await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (!line.StartsWith("http", StringComparison.Ordinal))
            {
                if (!line.StartsWith("To sign in", StringComparison.Ordinal)) error.AppendLine(line);
                continue;
            }

            signIns++;
            using var browser = TestServer.NewBrowser();
            await before(browser, line);
            if (!isSignedIn) continue;
            using var back = await browser.GetAsync(await _desk.ProveAsync(browser, name, line));
            Assert.Contains("go back to the command line", await back.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (new(process.ExitCode, await output, error.ToString()), signIns);
    }

    public void Dispose() => _folder.Dispose();
}
