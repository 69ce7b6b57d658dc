using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestRegistrar;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid client</c> beside a running server.</summary>
public sealed class ClientCommandTests
{
    [Fact]
    public async Task An_app_is_registered_by_its_metadata_listed_with_all_of_it_and_retired()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        var document = Document(
            ("grant_types", new JsonArray("authorization_code", "refresh_token")), ("policy_uri", "https://app.example/privacy"), ("post_logout_redirect_uris", new JsonArray("https://app.example/bye")));
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "app.json"), document.ToJsonString(), TestContext.Current.CancellationToken);
        var added = (await netid.RunAsync("client", "add", "--metadata", "app.json", "--optional", "residency", "--json")).Json;

        var listed = Assert.Single((await netid.RunAsync("client", "list", "--json")).Json.AsArray())!;
        Assert.Equal((Text(added, "client_id"), "Example App", "operator"), (Text(listed, "client_id"), Text(listed, "name"), Text(listed, "by")));
        Assert.Equal(ProofPolicy.Of(["membership"], ["residency"]).Write(), listed["policy"]!.ToJsonString());
        foreach (var (name, value) in document) Assert.True(JsonNode.DeepEquals(value, listed["metadata"]![name]), name);
        Assert.Null(listed["retired_at"]);
        Assert.DoesNotContain("privacy", (await netid.RunAsync("client", "list")).Output, StringComparison.Ordinal);

        var world = TestSignIn.Of(server, Text(added, "client_id"), Text(added, "client_secret"), "https://app.example/callback");
        await world.OpenAsync();
        var tokens = await world.SignInAsync(await server.MemberAsync());
        Assert.NotNull(tokens["refresh_token"]);

        var retired = (await netid.RunAsync("client", "retire", world.ClientId, "--json")).Json;
        Assert.NotNull(retired["retired_at"]);
        using (var userInfo = await world.UserInfoAsync(Text(tokens, "access_token"))) await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        using (var asked = await world.AskAsync()) await asked.RefusedAsPageAsync("unauthorized_client");
        Assert.StartsWith("unknown_client: ", (await RefusedAsync(netid, "client", "retire", world.ClientId)).Error, StringComparison.Ordinal);
        Assert.StartsWith("unknown_client: ", (await RefusedAsync(netid, "client", "retire", "nobody")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_given_by_a_file_shown_before_anyone_meets_it_and_stored_as_it_is()
    {
        const string Policy = """{"version":1,"purpose":"To lend you books.","credentials":[{"type":"membership","claims":{"required":["tier"],"optional":["node"]},"max_age_days":30}]}""";
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "policy.json"), Policy, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "wrong.json"), Policy.Replace("tier", "age", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        string[] app = ["--name", "App", "--redirect-uri", "https://app.example/callback"];

        var previewed = (await netid.RunAsync("client", "preview", "--policy-file", "policy.json", "--json")).Json;
        Assert.Equal(Policy, previewed["policy"]!.ToJsonString());
        Assert.Equal("""[["tier","node"],["tier"]]""", previewed["dcql_query"]!["credentials"]![0]!["claim_sets"]!.ToJsonString());
        Assert.Equal(0, await server.CountAsync("partner"));

        var id = Text((await netid.RunAsync(["client", "add", .. app, "--policy-file", "policy.json", "--json"])).Json, "client_id");
        Assert.Equal(Policy, (await netid.RunAsync("client", "list", "--json")).Json[0]!["policy"]!.ToJsonString());
        var words = (await netid.RunAsync("client", "preview", id, "--scope", "openid")).Output;
        Assert.StartsWith("Why: To lend you books.", words, StringComparison.Ordinal);
        Assert.Contains("tier", words, StringComparison.Ordinal);
        Assert.DoesNotContain("node", words, StringComparison.Ordinal);
        Assert.StartsWith("unknown_client: ", (await RefusedAsync(netid, "client", "preview", "nobody")).Error, StringComparison.Ordinal);

        // What an app that registers itself may ask goes with its token.
        var made = (await netid.RunAsync("client", "token", "add", "--policy-file", "policy.json", "--json")).Json;
        var registered = await server.Nation.DynamicRegistration.RegisterAsync(
            Text(made, "initial_access_token"), System.Text.Encoding.UTF8.GetBytes(Document(("policy", System.Text.Json.Nodes.JsonNode.Parse("""{"version":1,"credentials":[{"type":"residency"}]}""")!)).ToJsonString()));
        Assert.Equal(Policy, registered.Partner.Policy.Write());

        foreach (var command in (string[][])[["add", .. app], ["token", "add"], ["preview"]])
        {
            Assert.StartsWith("invalid_client_metadata: the policy may ask of membership", (await RefusedAsync(netid, ["client", .. command, "--policy-file", "wrong.json"])).Error, StringComparison.Ordinal);
            Assert.Contains("--policy-file", (await netid.RunAsync(["client", .. command, "--policy-file", "policy.json", "--optional", "residency"])).Error, StringComparison.Ordinal);
            Assert.Contains("--policy-file", (await netid.RunAsync(["client", .. command, "--policy-file", "absent.json"])).Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task Metadata_that_are_not_right_are_refused_and_stand_alone()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "app.json"), Document(("response_types", new JsonArray("token"))).ToJsonString(), TestContext.Current.CancellationToken);
        Assert.StartsWith("invalid_client_metadata: response_types", (await RefusedAsync(netid, "client", "add", "--metadata", "app.json")).Error, StringComparison.Ordinal);
        foreach (var arguments in (string[][])
        [
            ["--metadata", "absent.json"], ["--metadata", "app.json", "--name", "App"], ["--metadata", "app.json", "--auth", "none"], ["--name", "App"], ["--redirect-uri", "https://app.example/"], [],
        ])
        {
            var ended = await netid.RunAsync(["client", "add", .. arguments]);
            Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
            Assert.Contains("--metadata", ended.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task A_token_is_made_listed_used_and_withdrawn()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        var made = (await netid.RunAsync("client", "token", "add", "--note", "Library guild", "--policy", "membership", "--optional", "residency", "--uses", "2", "--days", "3", "--json")).Json;
        Assert.Equal(server.Issuer + "/register", Text(made, "registration_endpoint"));
        var registrar = new TestRegistrar(server);
        using (var registered = await registrar.PostAsync(Text(made, "initial_access_token"), Document())) Assert.Equal(HttpStatusCode.Created, registered.StatusCode);

        var listed = Assert.Single((await netid.RunAsync("client", "token", "list", "--json")).Json.AsArray())!;
        Assert.Equal((Text(made, "id"), "Library guild", 1), (Text(listed, "id"), Text(listed, "note"), listed["uses_left"]!.GetValue<int>()));
        Assert.DoesNotContain(Text(made, "initial_access_token"), listed.ToJsonString(), StringComparison.Ordinal);
        var app = Assert.Single((await netid.RunAsync("client", "list", "--json")).Json.AsArray())!;
        Assert.Equal(("token", ProofPolicy.Of(["membership"], ["residency"]).Write()), (Text(app, "by"), app["policy"]!.ToJsonString()));

        await netid.RunAsync("client", "token", "withdraw", Text(made, "id"));
        using (var refused = await registrar.PostAsync(Text(made, "initial_access_token"), Document())) await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal("[]", (await netid.RunAsync("client", "token", "list", "--json")).Json.ToJsonString());
        Assert.StartsWith("unknown_token: ", (await RefusedAsync(netid, "client", "token", "withdraw", Text(made, "id"))).Error, StringComparison.Ordinal);
        foreach (var wrong in (string[][])[["--uses", "0"], ["--days", "0"], ["--policy", "nothing"]])
            Assert.StartsWith("invalid_client_metadata: ", (await RefusedAsync(netid, ["client", "token", "add", .. wrong])).Error, StringComparison.Ordinal);
    }

    private static async Task<NetidProcess.Ended> RefusedAsync(NetidProcess netid, params string[] arguments)
    {
        var ended = await netid.RunAsync(arguments);
        Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
        return ended;
    }
}
