using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetworkIdentity.Server.Endpoints.Vcalm;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Vcalm;

/// <summary>Who may call an instance [VCALM §Authorization].</summary>
public sealed class InstanceCallTests
{
    private static readonly string[] Paths = ["/credentials/issue", "/credentials/verify", "/presentations/verify", "/credentials/status", "/challenges"];

    [Fact]
    public async Task Nothing_is_there_where_no_instance_is_configured()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Empty(server.Nation.Instances.All);
        Assert.DoesNotContain(server.Nation.Keys.Keys, key => key.Purpose.Name.StartsWith("vcalm:", StringComparison.Ordinal));
        foreach (var path in Paths)
        {
            using var response = await server.Http.PostAsJsonAsync(server.Url($"/instances/eddsa{path}"), new JsonObject());
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("not_found", (string)(await response.JsonAsync())["title"]!);
        }
    }

    [Fact]
    public async Task Without_a_token_an_instance_does_nothing_and_says_how_to_come_by_one()
    {
        await using var server = await TestInstances.StartAsync(isOpen: false);
        foreach (var path in Paths)
        {
            using var response = await server.Http.PostAsJsonAsync(server.Url($"/instances/eddsa{path}"), new JsonObject());
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal(["Bearer", "DPoP"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
            Assert.Equal(("about:blank", "invalid_token"), TestInstances.ProblemOf(await response.JsonAsync()));
        }

        using var inQuery = await server.Http.PostAsJsonAsync(server.Url("/instances/eddsa/challenges?access_token=x"), new JsonObject());
        Assert.Equal("invalid_request", (string)(await inQuery.JsonAsync())["title"]!);
    }

    [Fact]
    public async Task A_token_opens_what_its_scope_names_at_the_instance_that_it_is_for()
    {
        await using var server = await TestInstances.StartAsync(isOpen: false);
        await AddAsync(server, "eddsa", "eddsa:write:/challenges", "eddsa:write:/credentials", "read:/");
        await AddAsync(server, "p256", "write:/");
        var machine = await MachineAsync(server, "eddsa:write:/challenges", "eddsa:write:/credentials", "read:/", "write:/");

        var narrow = await TokenAsync(machine, "eddsa:write:/challenges");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, "eddsa", "/challenges", narrow));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(server, "eddsa", "/credentials/verify", narrow));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, "p256", "/challenges", narrow));

        // 400: let in, and then the body is nothing.
        var wider = await TokenAsync(machine, "eddsa:write:/credentials");
        foreach (var path in (string[])["/credentials/issue", "/credentials/verify", "/credentials/status"]) Assert.Equal(HttpStatusCode.BadRequest, await CallAsync(server, "eddsa", path, wider));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(server, "eddsa", "/challenges", wider));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(server, "eddsa", "/challenges", await TokenAsync(machine, "read:/")));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, "p256", "/challenges", await TokenAsync(machine, "write:/")));
    }

    [Fact]
    public async Task A_token_of_a_retired_client_or_resource_opens_nothing_and_neither_does_one_that_ended()
    {
        await using var server = await TestInstances.StartAsync(isOpen: false);
        await AddAsync(server, "eddsa", "write:/");
        var machine = await MachineAsync(server, "write:/");
        var token = await TokenAsync(machine, "write:/");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, "eddsa", "/challenges", token));
        await server.Nation.Registration.RetireAsync(machine.ClientId);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, "eddsa", "/challenges", token));

        var other = await MachineAsync(server, "write:/");
        token = await TokenAsync(other, "write:/");
        server.Time.Move(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, "eddsa", "/challenges", token));
        token = await TokenAsync(other, "write:/");
        await Resource.RetireAsync(server.Nation.Database, server.Time, server.Nation.Instances.Find("eddsa")!.Url);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, "eddsa", "/challenges", token));
    }

    [Fact]
    public async Task A_token_that_is_bound_to_a_key_needs_its_proof()
    {
        await using var server = await TestInstances.StartAsync(isOpen: false);
        await AddAsync(server, "eddsa", "write:/");
        var fapi = await TestFapiClient.RegisterAsync(server, change: request => request with
        {
            RedirectUris = [],
            Metadata = request.Metadata with { GrantTypes = [ClientMetadata.ClientCredentialsGrant], Scopes = ["write:/"] },
        });
        using var given = await fapi.PostAsync("/token", new Dictionary<string, string?> { ["grant_type"] = "client_credentials" }, await fapi.ProofAsync("POST", "/token"));
        var token = (string)(await given.JsonAsync())["access_token"]!;
        Assert.Equal("DPoP", (string)(await given.JsonAsync())["token_type"]!);

        // As a Bearer token it opens nothing, with a proof beside it or without.
        var path = "/instances/eddsa/challenges";
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, "eddsa", "/challenges", token));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), await ShowAsync("Bearer", await fapi.ProofAsync("POST", path, token)));

        // With no proof, or one by another's key, of another token or for another instance; and then with the right one, once.
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_dpop_proof"), await ShowAsync("DPoP", null));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), await ShowAsync("DPoP", await fapi.ProofAsync("POST", path, token, key: TestFapiClient.NewKey())));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_dpop_proof"), await ShowAsync("DPoP", await fapi.ProofAsync("POST", path, "another")));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_dpop_proof"), await ShowAsync("DPoP", await fapi.ProofAsync("POST", "/instances/p256/challenges", token)));
        var proof = await fapi.ProofAsync("POST", path, token);
        Assert.Equal(HttpStatusCode.OK, (await ShowAsync("DPoP", proof)).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_dpop_proof"), await ShowAsync("DPoP", proof));

        async Task<(HttpStatusCode Status, string? Title)> ShowAsync(string scheme, string? dpop)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url(path)) { Headers = { Authorization = new(scheme, token) } };
            if (dpop is not null) request.Headers.Add("DPoP", dpop);
            using var response = await server.Http.SendAsync(request);
            return (response.StatusCode, (string?)(await response.JsonAsync())["title"]);
        }
    }

    [Theory]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Origin", "https://page.example")]
    public async Task An_open_instance_is_closed_to_who_comes_through_a_proxy_or_a_browser(string header, string value)
    {
        await using var server = await TestInstances.StartAsync(isOpen: true);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, "eddsa", "/challenges", null));
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url("/instances/eddsa/challenges")) { Headers = { { header, value } } };
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "127.0.0.1", false)]
    [InlineData("::ffff:192.0.2.1", "::1", false)]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    public void A_connection_of_this_machine_has_two_ends_of_loopback(string from, string to, bool isOurs)
    {
        var context = new DefaultHttpContext();
        Assert.False(InstanceCall.IsOfThisMachine(context));
        (context.Connection.RemoteIpAddress, context.Connection.LocalIpAddress) = (IPAddress.Parse(from), IPAddress.Parse(to));
        Assert.Equal(isOurs, InstanceCall.IsOfThisMachine(context));
    }

    [Theory]
    [InlineData("write:/", true)]
    [InlineData("write:/credentials", true)]
    [InlineData("write:/credentials/", true)]
    [InlineData("write:/credentials/issue", true)]
    [InlineData("degrees:write:/credentials/issue", true)]
    [InlineData("write:/credentials/iss", false)]
    [InlineData("write:/credentials/issue/x", false)]
    [InlineData("write:", false)]
    [InlineData("write", false)]
    [InlineData("read:/", false)]
    [InlineData("other:write:/", false)]
    [InlineData("degrees:degrees:write:/", false)]
    public void A_scope_opens_a_path_and_what_lies_under_it(string scope, bool opens) => Assert.Equal(opens, InstanceCall.Opens(scope, "degrees", "/credentials/issue"));

    private static Task AddAsync(TestServer server, string instance, params string[] scopes) => new Resource(server.Nation.Instances.Find(instance)!.Url, "Instance", scopes, "ES256", null)
        .AddAsync(server.Nation.Database, server.Nation.Keys.Nation, server.Nation.Types, server.Time);

    private static async Task<TestSignIn> MachineAsync(TestServer server, params string[] scopes)
    {
        var (clientId, secret) = await server.Nation.Registration.RegisterAsync(new()
        {
            Name = "Example Machine",
            RedirectUris = [],
            Metadata = new() { GrantTypes = [ClientMetadata.ClientCredentialsGrant], Scopes = scopes },
        });
        return TestSignIn.Of(server, clientId, secret, "");
    }

    private static async Task<string> TokenAsync(TestSignIn machine, string scope)
    {
        using var response = await machine.PostAsync("/token", ("grant_type", "client_credentials"), ("scope", scope));
        return (string)(await response.JsonAsync())["access_token"]!;
    }

    private static async Task<HttpStatusCode> CallAsync(TestServer server, string instance, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url($"/instances/{instance}{path}")) { Content = JsonContent.Create(new JsonObject()) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
