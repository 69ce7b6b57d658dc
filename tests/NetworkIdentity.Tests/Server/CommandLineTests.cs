using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The command <c>netid</c> as an operator runs it: a process, its output and its exit code.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly NetidProcess _netid;

    public CommandLineTests() => _netid = new NetidProcess(
        _folder.Path,
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("NETID__Keys__Secret", TestNation.Secret),
        ("NETID__Storage__ConnectionString", "Data Source=nation.db"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_command_prints_json_and_what_one_gives_the_next_one_takes()
    {
        var nation = (await _netid.RunAsync("init", "--name", "Nation of Tests", "--issuer", "https://nation.example", "--json")).Json;
        Assert.Equal("Nation of Tests", Text(nation, "name"));
        Assert.Equal("https://nation.example", Text(nation, "issuer"));

        var pem = Text((await _netid.RunAsync("key", "export-root", "--json")).Json, "pem");
        Assert.StartsWith("did:webvh:", Text(nation, "did"), StringComparison.Ordinal);
        Assert.Equal(Text(nation, "root_sha256"), Convert.ToHexStringLower(SHA256.HashData(X509Certificate2.CreateFromPem(pem).RawData)));
        Assert.Contains(pem.Trim(), (await _netid.RunAsync("key", "export-root")).Output, StringComparison.Ordinal);
        var keys = (await _netid.RunAsync("key", "list", "--json")).Json.AsArray();
        Assert.Contains(keys, key => Text(key!, "purpose") == "credential" && Text(key!, "algorithm") == "ES256");
        var rotated = Assert.Single((await _netid.RunAsync("key", "rotate", "credential", "--json")).Json.AsArray());
        Assert.DoesNotContain(keys, key => Text(key!, "kid") == Text(rotated!, "kid"));
        Assert.Contains((await _netid.RunAsync("key", "list", "--json")).Json.AsArray(), key => Text(key!, "kid") == Text(rotated!, "kid"));

        var offer = (await _netid.RunAsync("offer", "membership", "--claim", "tier=citizen", "--claim", "rights=vote,speak", "--tx-code", "--json")).Json;
        Assert.Matches("^[0-9]{6}$", Text(offer, "tx_code"));
        Assert.StartsWith("https://nation.example/offer/", Text(offer, "credential_offer_uri"), StringComparison.Ordinal);
        var member = (await _netid.RunAsync("member", "show", Text(offer, "member_id"), "--json")).Json;
        Assert.Equal("offered", Text(member, "state"));
        Assert.Empty(member["credentials"]!.AsArray());
        Assert.Single((await _netid.RunAsync("member", "list", "--json")).Json.AsArray());

        var again = (await _netid.RunAsync("offer", "membership", "--member", Text(offer, "member_id"), "--by-value", "--json")).Json;
        Assert.Equal(Text(offer, "member_id"), Text(again, "member_id"));
        Assert.Null(again["tx_code"]);
        Assert.StartsWith("openid-credential-offer://?credential_offer=", Text(again, "credential_offer_uri"), StringComparison.Ordinal);

        var client = (await _netid.RunAsync("client", "add", "--name", "App", "--redirect-uri", "https://app.example/cb", "--json")).Json;
        Assert.InRange(Text(client, "client_secret").Length, 32, 100);
        var open = (await _netid.RunAsync("client", "add", "--name", "Phone", "--redirect-uri", "https://app.example/cb", "--auth", "none", "--json")).Json;
        Assert.Null(open["client_secret"]);
        var clients = (await _netid.RunAsync("client", "list", "--json")).Json.AsArray();
        Assert.Equal(new[] { Text(client, "client_id"), Text(open, "client_id") }.Order(), clients.Select(one => Text(one!, "client_id")).Order());
        Assert.DoesNotContain(Text(client, "client_secret"), clients.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("[]", (await _netid.RunAsync("credential", "list", "--json")).Json.ToJsonString());

        var node = (await _netid.RunAsync("node", "add", "--name", "Lisbon", "--region", "Europe", "--json")).Json;
        Assert.Equal(("Lisbon", "Europe"), (Text(node, "name"), Text(node, "region")));
        Assert.Equal(node.ToJsonString(), Assert.Single((await _netid.RunAsync("node", "list", "--json")).Json.AsArray())!.ToJsonString());
        Assert.Contains("Lisbon", (await _netid.RunAsync("node", "list")).Output, StringComparison.Ordinal);
        var wide = (await _netid.RunAsync(
            "client", "add", "--name", "House", "--redirect-uri", "https://house.example/cb", "--policy", "membership", "--policy", "residency", "--optional", "reputation", "--json")).Json;
        var listed = (await _netid.RunAsync("client", "list", "--json")).Json.AsArray().First(one => Text(one!, "client_id") == Text(wide, "client_id"))!;
        Assert.Equal(SigningIn.ProofPolicy.Of(["membership", "residency"], ["reputation"]).Write(), listed["policy"]!.ToJsonString());
    }

    [Fact]
    public async Task In_development_the_server_founds_a_nation_and_no_command_does()
    {
        var ran = await _netid.With(("ASPNETCORE_ENVIRONMENT", "Development")).RunAsync("client", "list");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("when it starts: netid serve", ran.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task What_is_refused_is_said_on_the_error_output_and_in_the_exit_code()
    {
        await InitAsync();
        await RefusedAsync(1, "already_founded", "init", "--name", "Another", "--issuer", "https://nation.example");
        await RefusedAsync(1, "unknown_type", "offer", "no-such-type", "--json");
        await RefusedAsync(1, "unknown_member", "offer", "membership", "--member", "nobody");
        await RefusedAsync(1, "invalid_claim", "offer", "membership", "--claim", "tier=emperor", "--json");
        await RefusedAsync(1, "invalid_claim", "offer", "membership", "--claim", "tier");
        await RefusedAsync(1, "member_missing: residency is offered to a member: name one with --member", "offer", "residency");
        await RefusedAsync(1, "member_missing", "offer", "reputation", "--claim", "domain=hosting");
        await RefusedAsync(1, "unknown_member", "member", "show", "nobody", "--json");
        await RefusedAsync(1, "unknown_member", "member", "appoint", "nobody", "--until", "2099-01-01");
        await RefusedAsync(2, "--until", "member", "appoint", "nobody");
        await RefusedAsync(2, "soon", "member", "appoint", "nobody", "--until", "soon");
        await RefusedAsync(1, "invalid_node", "node", "add", "--name", " ", "--region", "Europe");
        await RefusedAsync(1, "invalid_client_metadata", "client", "add", "--name", "App", "--redirect-uri", "https://app.example/cb", "--optional", "membership");
        await RefusedAsync(1, "unknown_credential", "credential", "show", "none");
        await RefusedAsync(1, "unknown_credential", "credential", "revoke", "none", "--reason", "why");
        await RefusedAsync(1, "invalid_redirect_uri", "client", "add", "--name", "App", "--redirect-uri", "http://app.example/cb#fragment");
        await RefusedAsync(2, "--reason", "credential", "revoke", "none");
        await RefusedAsync(2, "--colour", "member", "list", "--colour", "red");
        await RefusedAsync(2, "elect", "elect");
        Assert.Equal("[]", (await _netid.RunAsync("member", "list", "--json")).Json.ToJsonString());
    }

    [Fact]
    public async Task In_Production_nothing_works_before_init_and_what_to_do_is_said()
    {
        foreach (var arguments in (string[][])[["serve"], [], ["member", "list"]]) await RefusedAsync(2, "netid init --name", arguments);
        var secretless = await _netid.With(("NETID__Keys__Secret", null)).RunAsync("serve");
        Assert.Equal(2, secretless.ExitCode);
        Assert.StartsWith("NETID__Keys__Secret is missing", secretless.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nation_is_opened_with_its_own_secret_and_its_own_issuer_alone()
    {
        await InitAsync();
        var stranger = await _netid.With(("NETID__Keys__Secret", TestNation.Secret + "!")).RunAsync("key", "list", "--json");
        Assert.Equal((2, ""), (stranger.ExitCode, stranger.Output));
        Assert.StartsWith("NETID__Keys__Secret", stranger.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(TestNation.Secret, stranger.Error, StringComparison.Ordinal);

        var moved = await _netid.With(("NETID__Issuer", "https://other.example")).RunAsync("serve");
        Assert.Equal(2, moved.ExitCode);
        Assert.Contains("NETID__Issuer is https://other.example, but the nation in this database was founded as https://nation.example", moved.Error);
        Assert.Equal(0, (await _netid.With(("NETID__Issuer", "https://nation.example")).RunAsync("key", "list")).ExitCode);
    }

    [Fact]
    public async Task A_nation_is_not_founded_with_a_wrong_name_or_issuer()
    {
        await RefusedAsync(2, "--issuer must be https", "init", "--name", "Nation", "--issuer", "http://nation.example");
        await RefusedAsync(2, "--name must have", "init", "--name", "  ", "--issuer", "https://nation.example");
        await RefusedAsync(2, "--name must have", "init", "--name", new string('x', 101), "--issuer", "https://nation.example");
        var two = await _netid.With(("NETID__Issuer", "https://other.example")).RunAsync("init", "--name", "Nation", "--issuer", "https://nation.example");
        Assert.Equal(2, two.ExitCode);
        Assert.StartsWith("NETID__Issuer", two.Error, StringComparison.Ordinal);
        await InitAsync();
    }

    [Fact]
    public async Task F15_a_database_that_can_not_be_opened_names_the_setting()
    {
        await File.WriteAllTextAsync(_folder.File("nation.db"), new string('x', 5000), TestContext.Current.CancellationToken);
        await RefusedAsync(2, "NETID__Storage__ConnectionString", "member", "list");
    }

    private async Task InitAsync() => Assert.Equal(0, (await _netid.RunAsync("init", "--name", "Nation of Tests", "--issuer", "https://nation.example")).ExitCode);

    private async Task RefusedAsync(int exitCode, string word, params string[] arguments)
    {
        var ended = await _netid.RunAsync(arguments);
        Assert.True(ended.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {ended.ExitCode} {ended.Error}");
        Assert.Equal("", ended.Output);
        Assert.Contains(word, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
