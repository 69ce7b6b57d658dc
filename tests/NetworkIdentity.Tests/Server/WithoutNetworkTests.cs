using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>What a trust bundle holds is enough to check whoever comes, where there is no network: <c>netid verify --offline</c> in a network namespace without a route.</summary>
public sealed class WithoutNetworkTests : IAsyncLifetime
{
    private const string Door = "redirect_uri:https://nation.example/station/answer";
    private const string Nonce = "of-this-door-and-moment";

    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    private NetidProcess Netid => new NetidProcess(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production")).WithoutNetwork();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A79_with_what_the_bundle_holds_a_valid_one_is_accepted_and_revoked_suspended_expired_another_issuers_replayed_and_copied_are_not()
    {
        Assert.SkipUnless(HasNamespaces(), "no network namespace can be made here: unshare --map-root-user --net");
        var (good, revoked, suspended) = (await _server.MemberAsync(), await _server.MemberAsync(), await _server.MemberAsync());
        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(revoked)).Id, "why");
        await _server.Nation.Suspensions.SuspendAsync((await _server.RecordOfAsync(suspended)).Id, "why", _server.Time.GetUtcNow().AddDays(5));
        await using var other = await TestServer.StartAsync();
        var stranger = await other.MemberAsync();
        _server.Time.Move(StatusListPublisher.Interval);
        await FetchAsync();

        // There is no network: what was not given is not had.
        var reached = await Netid.RunAsync(["verify", await ShownAsync(good), "--issuer", _server.Issuer, "--local", "--on", At(0), "--challenge", Nonce, "--domain", Door, "--json"]);
        Assert.Equal(3, reached.ExitCode);

        await IsAsync(0, "accepted", null, await ShownAsync(good));
        await IsAsync(1, "refused", "revoked", await ShownAsync(revoked));
        await IsAsync(1, "refused", "suspended", await ShownAsync(suspended));
        await IsAsync(1, "refused", "issuer_not_trusted", await ShownAsync(stranger));
        await IsAsync(1, "refused", "holder_invalid", await ShownAsync(good, "of-another-moment"));
        await IsAsync(1, "refused", "holder_invalid", await ShownAsync(good, key: TestWallet.NewKey()));
        await IsAsync(1, "refused", "holder_invalid", Write(good.Credential));

        // A list says how things stand for a day: later it is not known, and neither is it after the credential's own end.
        var day = await ShownAsync(good, days: 2);
        await IsAsync(3, "undetermined", "status_unknown", day, 2);
        var late = await ShownAsync(good, days: 800);
        await IsAsync(1, "refused", "expired", late, 800);
    }

    /// <summary>Puts what the command takes beside it, out of the bundle and of nothing else.</summary>
    private async Task FetchAsync()
    {
        var claims = Jws.Parse(await _server.Http.GetStringAsync(_server.Url("/station/bundle"))).Claims();
        await File.WriteAllTextAsync(_folder.File("did.jsonl"), claims["did_log"]!.GetValue<string>());
        var list = Assert.Single(claims["lists"]!.AsArray())!;
        await File.WriteAllTextAsync(_folder.File("list.jwt"), list["token"]!.GetValue<string>());
    }

    private async Task IsAsync(int code, string verdict, string? reason, string file, int days = 0)
    {
        var ran = await Netid.RunAsync(["verify", file, "--offline", "--did-log", "did.jsonl", "--list", "list.jwt", "--local", "--on", At(days), "--challenge", Nonce, "--domain", Door, "--json"]);
        Assert.True(ran.ExitCode == code, $"{verdict} {reason}: {ran.Output}{ran.Error}");
        var report = JsonNode.Parse(ran.Output)!;
        Assert.Equal((verdict, reason), (report["verdict"]!.GetValue<string>(), report["reason"]?.GetValue<string>()));
    }

    /// <summary>A file with what a wallet shows at the door.</summary>
    private async Task<string> ShownAsync(TestWallet wallet, string nonce = Nonce, SigningKey? key = null, int days = 0)
    {
        var issued = SdJwt.Parse(wallet.Credential);
        var shown = SdJwt.Compact(issued.IssuerSigned.Compact, issued.Disclosures.Where(one => one.Name is "tier"));
        return Write(await KeyBinding.CreateAsync(shown, key ?? wallet.Key, Door, nonce, _server.Time.GetUtcNow().AddDays(days)));
    }

    private string Write(string text)
    {
        var name = $"{RandomId.New()}.txt";
        File.WriteAllText(_folder.File(name), text);
        return name;
    }

    private string At(int days) => _server.Time.GetUtcNow().AddDays(days).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static bool HasNamespaces()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["--map-root-user", "--net", "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
