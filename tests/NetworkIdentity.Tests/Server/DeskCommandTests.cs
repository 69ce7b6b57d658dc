using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid desk</c>: a native app, which signs its person in by their browser.</summary>
public sealed class DeskCommandTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestDesk _desk = null!;
    private string _client = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await TestDesk.GovernedAsync(days: 0);
        var server = _desk.Server;
        var netid = NetidProcess.Beside(server);
        Assert.Equal(0, (await netid.RunAsync("resource", "add", server.Issuer + "/api/desk", "--name", "The desk", "--scope", "desk")).ExitCode);
        _client = (string)(await netid.RunAsync("client", "add", "--name", "netid desk", "--redirect-uri", "http://127.0.0.1/callback", "--auth", "none", "--scope", "desk", "--json")).Json["client_id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_member_decides_at_the_command_line_and_signs_in_once_for_each_token()
    {
        await File.WriteAllTextAsync(_folder.File("node.json"), """{"act":"add_node","name":"Porto","region":"Europe"}""");
        var (proposed, signIns) = await RunAsync("ana", "propose", _folder.File("node.json"), "--key", "k1", "--json");
        Assert.Equal(1, signIns);
        var id = (string)proposed.Json["id"]!;
        (var again, signIns) = await RunAsync("ana", "propose", _folder.File("node.json"), "--key", "k1", "--json");
        Assert.Equal((0, proposed.Output), (signIns, again.Output));
        var (other, _) = await RunAsync("ana", "propose", _folder.File("node.json"));
        Assert.Equal((1, ""), (other.ExitCode, other.Output));
        Assert.StartsWith("already_proposed: ", other.Error, StringComparison.Ordinal);

        var (listed, _) = await RunAsync("ben", "list", "--json");
        Assert.Equal((id, false), ((string)listed.Json[0]!["id"]!, (bool)listed.Json[0]!["approved"]!));
        var (shown, _) = await RunAsync("ben", "show", id, "--json");
        Assert.Equal("Porto", (string)shown.Json["content"]!["name"]!);
        var seen = (string)shown.Json["seen"]!;
        Assert.Equal(2, (await NetidAsync("ben").RunAsync("desk", "approve", id, "--issuer", _desk.Server.Issuer, "--client", _client)).ExitCode);
        var (approved, _) = await RunAsync("ben", "approve", id, "--seen", seen, "--json");
        Assert.True((bool)approved.Json["approved"]!);
        var (stale, _) = await RunAsync("ben", "take-back", id, "--seen", seen);
        Assert.Equal(1, stale.ExitCode);
        Assert.StartsWith("decision_moved: ", stale.Error, StringComparison.Ordinal);
        var (back, _) = await RunAsync("ben", "take-back", id, "--seen", (string)approved.Json["seen"]!, "--json");
        Assert.Equal(1, (long)back.Json["counted"]!);
        var (gone, _) = await RunAsync("ana", "withdraw", id, "--seen", (string)back.Json["seen"]!);
        Assert.Contains("withdrawn", gone.Output, StringComparison.Ordinal);
        Assert.Equal(Decisions.Withdrawn, (await Decisions.FindAsync(_desk.Server.Nation.Database, id))!.State);
        var (none, _) = await RunAsync("fay", "show", id);
        Assert.StartsWith("unknown_decision: ", none.Error[none.Error.IndexOf("unknown", StringComparison.Ordinal)..], StringComparison.Ordinal);

        // Nobody else on the machine reads the key, and the token without it is nothing.
        var file = Assert.Single(Directory.GetFiles(Path.Combine(HomeOf("ana"), "netid")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await File.WriteAllTextAsync(file, "half a fi");
        (var anew, signIns) = await RunAsync("ana", "list", "--json");
        Assert.Equal(("[]", 1), (anew.Output.Trim(), signIns));
    }

    [Fact]
    public async Task Where_the_charter_says_so_the_command_has_the_member_prove_anew()
    {
        await File.WriteAllTextAsync(_folder.File("suspend.json"), new JsonObject { ["act"] = "suspend", ["member"] = _desk.People["fay"], ["ground"] = "harm", ["reason"] = "Broke a door.", ["days"] = 10 }.ToJsonString());
        var (proposed, _) = await RunAsync("ana", "propose", _folder.File("suspend.json"), "--json");
        var (shown, _) = await RunAsync("ben", "show", (string)proposed.Json["id"]!, "--json");
        await _desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE session SET proven_at = proven_at - 600", new { }));
        var (approved, signIns) = await RunAsync("ben", "approve", (string)proposed.Json["id"]!, "--seen", (string)shown.Json["seen"]!, "--json");
        Assert.Equal((1, 2L), (signIns, (long)approved.Json["counted"]!));
    }

    [Fact]
    public async Task What_is_no_nation_or_no_client_of_it_is_said_and_a_strangers_request_ends_no_sign_in()
    {
        var server = _desk.Server;
        Assert.Equal(2, (await NetidAsync("ana").RunAsync("desk", "list", "--issuer", "nation", "--client", _client)).ExitCode);
        var nowhere = await NetidAsync("ana").RunAsync("desk", "list", "--issuer", $"http://localhost:{TestServer.FreePort()}", "--client", _client);
        Assert.Equal(1, nowhere.ExitCode);
        Assert.StartsWith("desk_unreachable: ", nowhere.Error, StringComparison.Ordinal);
        var other = await NetidAsync("ana").RunAsync("desk", "list", "--issuer", server.Issuer.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), "--client", _client);
        Assert.StartsWith("sign_in_failed: ", other.Error, StringComparison.Ordinal);

        var (listed, signIns) = await RunAsync("ana", ["list", "--json"], async (browser, authorize) =>
        {
            // Whoever finds the port: without the state, with another one, and one that another issuer answered is not taken.
            var redirect = TestWallet.Parameter(authorize, "redirect_uri");
            foreach (var query in (string[])["", "?code=c", "?code=c&state=s", "?error=access_denied&state="])
            {
                using var refused = await browser.GetAsync(redirect + query);
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            }
        });
        Assert.Equal(("[]", 1), (listed.Output.Trim(), signIns));
        var (mixed, _) = await RunAsync("ben", ["list"], async (browser, authorize) =>
        {
            using var answered = await browser.GetAsync($"{TestWallet.Parameter(authorize, "redirect_uri")}?code=c&iss=https%3A%2F%2Fother.example&state={TestWallet.Parameter(authorize, "state")}");
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }, isSignedIn: false);
        Assert.Equal(1, mixed.ExitCode);
        Assert.Contains("sign_in_failed: another issuer answered", mixed.Error, StringComparison.Ordinal);
    }

    private string HomeOf(string name) => _folder.File($"home-{name}");

    private NetidProcess NetidAsync(string name) => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"), ("XDG_CONFIG_HOME", HomeOf(name)));

    private Task<(NetidProcess.Ended Ended, int SignIns)> RunAsync(string name, params string[] arguments) => RunAsync(name, arguments, (_, _) => Task.CompletedTask);

    /// <summary>Runs a command of the desk; whenever it asks for a sign-in, its person opens the address in a browser and proves who they are.</summary>
    private async Task<(NetidProcess.Ended Ended, int SignIns)> RunAsync(string name, string[] arguments, Func<HttpClient, string, Task> before, bool isSignedIn = true)
    {
        using var process = NetidAsync(name).Start(["desk", .. arguments, "--issuer", _desk.Server.Issuer, "--client", _client]);
        var (output, error, signIns) = (process.StandardOutput.ReadToEndAsync(), new System.Text.StringBuilder(), 0);
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
}
