using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid desk</c>: a native app, which signs its person in by their browser.</summary>
public sealed class DeskCommandTests : IAsyncLifetime
{
    private TestDesk _desk = null!;
    private TestDeskCommand _command = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await TestDesk.GovernedAsync(days: 0);
        _command = await TestDeskCommand.RegisterAsync(_desk);
    }

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        _command.Dispose();
    }

    [Fact]
    public async Task A_member_decides_at_the_command_line_and_signs_in_once_for_each_token()
    {
        var file = await _command.FileAsync("""{"act":"add_node","name":"Porto","region":"Europe"}""");
        var (proposed, signIns) = await _command.RunAsync("ana", "propose", file, "--key", "k1", "--json");
        Assert.Equal(1, signIns);
        var id = (string)proposed.Json["id"]!;
        (var again, signIns) = await _command.RunAsync("ana", "propose", file, "--key", "k1", "--json");
        Assert.Equal((0, proposed.Output), (signIns, again.Output));
        var (other, _) = await _command.RunAsync("ana", "propose", file);
        Assert.Equal((1, ""), (other.ExitCode, other.Output));
        Assert.StartsWith("already_proposed: ", other.Error, StringComparison.Ordinal);

        var (listed, _) = await _command.RunAsync("ben", "list", "--json");
        Assert.Equal((id, false), ((string)listed.Json[0]!["id"]!, (bool)listed.Json[0]!["approved"]!));
        var (shown, _) = await _command.RunAsync("ben", "show", id, "--json");
        Assert.Equal("Porto", (string)shown.Json["content"]!["name"]!);
        var seen = (string)shown.Json["seen"]!;
        Assert.Equal(2, (await _command.NetidOf("ben").RunAsync("desk", "approve", id, "--issuer", _desk.Server.Issuer, "--client", _command.ClientId)).ExitCode);
        var (approved, _) = await _command.RunAsync("ben", "approve", id, "--seen", seen, "--json");
        Assert.True((bool)approved.Json["approved"]!);
        var (stale, _) = await _command.RunAsync("ben", "take-back", id, "--seen", seen);
        Assert.Equal(1, stale.ExitCode);
        Assert.StartsWith("decision_moved: ", stale.Error, StringComparison.Ordinal);
        var (back, _) = await _command.RunAsync("ben", "take-back", id, "--seen", (string)approved.Json["seen"]!, "--json");
        Assert.Equal(1, (long)back.Json["counted"]!);
        var (gone, _) = await _command.RunAsync("ana", "withdraw", id, "--seen", (string)back.Json["seen"]!);
        Assert.Contains("withdrawn", gone.Output, StringComparison.Ordinal);
        Assert.Equal(Decisions.Withdrawn, (await Decisions.FindAsync(_desk.Server.Nation.Database, id))!.State);
        var (none, _) = await _command.RunAsync("fay", "show", id);
        Assert.StartsWith("unknown_decision: ", none.Error[none.Error.IndexOf("unknown", StringComparison.Ordinal)..], StringComparison.Ordinal);

        // Nobody else on the machine reads the key, and the token without it is nothing.
        var kept = Assert.Single(Directory.GetFiles(Path.Combine(_command.HomeOf("ana"), "netid")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        await File.WriteAllTextAsync(kept, "half a fi");
        (var anew, signIns) = await _command.RunAsync("ana", "list", "--json");
        Assert.Equal(("[]", 1), (anew.Output.Trim(), signIns));
    }

    [Fact]
    public async Task Where_the_charter_says_so_the_command_has_the_member_prove_anew_with_their_steward_credential()
    {
        var file = await _command.FileAsync(new JsonObject { ["act"] = "suspend", ["member"] = _desk.People["fay"], ["ground"] = "harm", ["reason"] = "Broke a door.", ["days"] = 10 }.ToJsonString());

        // The first sign-in asks no more than a membership; the nation says what this act wants, and the command has that proven.
        List<string> scopes = [];
        var (proposed, _) = await _command.RunAsync("ana", ["propose", file, "--json"], (_, authorize) =>
        {
            scopes.Add(Uri.UnescapeDataString(TestWallet.Parameter(authorize, "scope")));
            return Task.CompletedTask;
        });
        Assert.Equal(["openid desk", "openid desk steward"], scopes);
        Assert.Contains("with their steward credential", proposed.Error, StringComparison.Ordinal);
        var id = (string)proposed.Json["id"]!;
        var (shown, _) = await _command.RunAsync("ben", "show", id, "--json");
        var seen = (string)shown.Json["seen"]!;
        var (approved, signIns) = await _command.RunAsync("ben", "approve", id, "--seen", seen, "--json");
        Assert.Equal((1, 2L), (signIns, (long)approved.Json["counted"]!));

        // Too long ago.
        (var back, signIns) = await _command.RunAsync("ben", "take-back", id, "--seen", (string)approved.Json["seen"]!, "--json");
        Assert.Equal(0, signIns);
        await _desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE session SET proven_at = proven_at - 600", new { }));
        (approved, signIns) = await _command.RunAsync("ben", "approve", id, "--seen", (string)back.Json["seen"]!, "--json");
        Assert.Equal((1, 2L), (signIns, (long)approved.Json["counted"]!));

        // Who has not taken their credential is told where, and not sent to sign in once more.
        await _desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE credential SET expires_at = 1 WHERE type = 'steward' AND member_id = @id", new { id = _desk.People["cyd"] }));
        (var refused, signIns) = await _command.RunAsync("cyd", "approve", id, "--seen", (string)approved.Json["seen"]!);
        Assert.Equal((1, 1), (refused.ExitCode, signIns));
        Assert.Contains("steward_credential_missing: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains(_desk.Server.Url("/account/steward"), refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_nation_or_no_client_of_it_is_said_and_a_strangers_request_ends_no_sign_in()
    {
        var server = _desk.Server;
        Assert.Equal(2, (await _command.NetidOf("ana").RunAsync("desk", "list", "--issuer", "nation", "--client", _command.ClientId)).ExitCode);
        var nowhere = await _command.NetidOf("ana").RunAsync("desk", "list", "--issuer", $"http://localhost:{TestServer.FreePort()}", "--client", _command.ClientId);
        Assert.Equal(1, nowhere.ExitCode);
        Assert.StartsWith("desk_unreachable: ", nowhere.Error, StringComparison.Ordinal);
        var other = await _command.NetidOf("ana").RunAsync("desk", "list", "--issuer", server.Issuer.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), "--client", _command.ClientId);
        Assert.StartsWith("sign_in_failed: ", other.Error, StringComparison.Ordinal);

        var (listed, signIns) = await _command.RunAsync("ana", ["list", "--json"], async (browser, authorize) =>
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
        var (mixed, _) = await _command.RunAsync("ben", ["list"], async (browser, authorize) =>
        {
            using var answered = await browser.GetAsync($"{TestWallet.Parameter(authorize, "redirect_uri")}?code=c&iss=https%3A%2F%2Fother.example&state={TestWallet.Parameter(authorize, "state")}");
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }, isSignedIn: false);
        Assert.Equal(1, mixed.ExitCode);
        Assert.Contains("sign_in_failed: another issuer answered", mixed.Error, StringComparison.Ordinal);
    }
}
