using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestRegistrar;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid resource</c>, and <c>netid client add --machine</c>, beside a running server.</summary>
public sealed class ResourceCommandTests
{
    [Fact]
    public async Task An_API_and_a_machine_that_calls_it_are_registered_and_the_API_is_retired()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        var api = (await netid.RunAsync("client", "add", "--name", "The API itself", "--machine", "--json")).Json;
        var added = (await netid.RunAsync("resource", "add", "https://api.example", "--name", "Example API", "--scope", "read", "--scope", "write", "--client", Text(api, "client_id"), "--json")).Json;
        Assert.Equal(
            $$"""{"resource":"https://api.example","name":"Example API","scopes":["read","write"],"alg":"ES256","client_id":"{{Text(api, "client_id")}}","retired_at":null}""",
            added.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.True(JsonNode.DeepEquals(added, Assert.Single((await netid.RunAsync("resource", "list", "--json")).Json.AsArray())));

        var job = (await netid.RunAsync("client", "add", "--name", "A job", "--machine", "--scope", "read", "--json")).Json;
        var listed = (await netid.RunAsync("client", "list", "--json")).Json.AsArray().Single(one => Text(one!, "client_id") == Text(job, "client_id"))!;
        Assert.Equal(("""["read"]""", """{"version":1,"credentials":[]}""", "[]"), (listed["scopes"]!.ToJsonString(), listed["policy"]!.ToJsonString(), listed["redirect_uris"]!.ToJsonString()));
        Assert.Equal("""["client_credentials"]""", listed["metadata"]!["grant_types"]!.ToJsonString());

        var machine = TestSignIn.Of(server, Text(job, "client_id"), Text(job, "client_secret"), "");
        using var answered = await machine.PostAsync("/token", ("grant_type", "client_credentials"));
        var token = Text(await answered.JsonAsync(), "access_token");
        var asking = TestSignIn.Of(server, Text(api, "client_id"), Text(api, "client_secret"), "");
        using var told = await asking.PostAsync("/introspect", ("token", token));
        Assert.True((bool)(await told.JsonAsync())["active"]!);

        var retired = (await netid.RunAsync("resource", "retire", "https://api.example", "--json")).Json;
        Assert.NotNull(retired["retired_at"]);
        using var after = await asking.PostAsync("/introspect", ("token", token));
        Assert.Equal("""{"active":false}""", await after.Content.ReadAsStringAsync());
        using var refused = await machine.PostAsync("/token", ("grant_type", "client_credentials"));
        await refused.RefusedAsync("invalid_target");
        var again = await netid.RunAsync("resource", "retire", "https://api.example");
        Assert.Equal(1, again.ExitCode);
        Assert.StartsWith("unknown_resource: ", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_go_together_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        foreach (var (arguments, code, words) in ((string[], int, string)[])
        [
            (["client", "add", "--name", "Job", "--machine", "--redirect-uri", "https://app.example/"], 2, "--machine"),
            (["client", "add", "--name", "Job", "--machine", "--scope", "read"], 1, "invalid_client_metadata: scope"),
            (["client", "add", "--name", "Job", "--machine", "--auth", "none"], 1, "invalid_client_metadata: client_credentials"),
            (["resource", "add", "https://api.example", "--name", "API"], 2, "--scope"),
            (["resource", "add", "http://api.example", "--name", "API", "--scope", "read"], 1, "invalid_resource: "),
            (["resource", "add", "https://api.example", "--name", "API", "--scope", "read", "--client", "nobody"], 1, "invalid_resource: "),
        ])
        {
            var ended = await netid.RunAsync(arguments);
            Assert.Equal((code, ""), (ended.ExitCode, ended.Output));
            Assert.Contains(words, ended.Error, StringComparison.Ordinal);
        }

        Assert.Equal((0L, 0L), (await server.CountAsync("partner"), await server.CountAsync("resource")));
    }
}
