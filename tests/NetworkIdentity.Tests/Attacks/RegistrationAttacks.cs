using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Attacks.DynamicOpModules;
using static NetworkIdentity.Tests.Specimens.TestRegistrar;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What a registration, or the address of a client's document, may make this server call: nothing for a stranger, and nothing that is not public for anybody.</summary>
public sealed class RegistrationAttacks
{
    [Fact]
    public async Task A81_a_sector_list_on_this_machine_or_by_another_name_of_it_opens_no_socket()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchPorts = [443, 8443] });
        await using var host = new RudeHost(Json("""["https://app.example/callback"]"""));
        var registrar = new TestRegistrar(server);
        var token = await registrar.TokenAsync(terms => terms with { Uses = 100 });
        foreach (var uri in (string[])
        [
            host.Url, $"http://127.0.0.1:{host.Port}/", $"http://[::1]:{host.Port}/", $"https://localhost:{host.Port}/", $"https://127.0.0.1:{host.Port}/", "https://169.254.169.254/latest/meta-data/",
            "https://0x7f.1/", "https://2130706433/", "https://[::ffff:127.0.0.1]/", $"https://localhost%3A{host.Port}/", "https://localhost/", "https://a.localhost/",
        ])
        {
            using var response = await registrar.PostAsync(token, Document(("sector_identifier_uri", uri)));
            await response.RefusedAsync("invalid_client_metadata");
        }

        Assert.Equal(0, host.Connections);
        Assert.Equal(0, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task A81_nobody_is_called_for_a_stranger_or_for_what_is_wrong_anyway()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        await using var host = new RudeHost(Json("""["https://app.example/callback"]"""));
        var registrar = new TestRegistrar(server);
        var used = await registrar.TokenAsync();
        using (var first = await registrar.PostAsync(used, Document())) Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        foreach (var token in (string?[])[null, "wrong", used])
        {
            using var response = await registrar.PostAsync(token, Document(("sector_identifier_uri", host.Url)));
            await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        var good = await registrar.TokenAsync();
        foreach (var (name, value) in ((string, JsonNode)[])[("id_token_signed_response_alg", "none"), ("client_name", "a\u202Eb"), ("tos_uri", "javascript:1"), ("subject_type", "public")])
        {
            using var response = await registrar.PostAsync(good, Document(("sector_identifier_uri", host.Url), (name, value)));
            await response.RefusedAsync("invalid_client_metadata");
        }

        Assert.Equal(0, host.Connections);

        // What is called is called once, and what only people go to never.
        using var taken = await registrar.PostAsync(good, Document(
            ("sector_identifier_uri", host.Url), ("jwks", null), ("jwks_uri", host.Url + "/jwks"), ("logo_uri", host.Url + "/logo"), ("client_uri", host.Url), ("tos_uri", host.Url),
            ("initiate_login_uri", host.Url), ("backchannel_logout_uri", host.Url), ("frontchannel_logout_uri", host.Url)));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        await registrar.OpenAsync(await taken.JsonAsync());
        Assert.Equal(1, host.Connections);
        Assert.StartsWith("GET /list HTTP/1.1\r\n", Assert.Single(host.Requests), StringComparison.Ordinal);
    }

    public static TheoryData<string> Rude => ["A82 elsewhere", "A83 large", "A83 another type", "A83 a bomb", "A83 broken off", "A83 500"];

    private static Func<Stream, string, CancellationToken, Task> RudeAnswer(string name) => name switch
    {
        "A82 elsewhere" => RudeHost.Says([], "Location: http://localhost/list\r\n", "302 Found"),
        "A83 large" => RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"),
        "A83 another type" => RudeHost.Says("[]"u8.ToArray(), "Content-Type: text/html\r\n"),
        "A83 a bomb" => RudeHost.Says(Core.Verifying.FetcherTests.Gzip(new byte[16 << 20]), "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"),
        "A83 broken off" => RudeHost.Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n[]"),
        _ => RudeHost.Says([], status: "500 Internal Server Error"),
    };

    [Theory, MemberData(nameof(Rude))]
    public async Task A82_A83_a_rude_host_gets_no_client_and_nothing_of_it_is_kept(string name)
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with
        {
            FetchLoopback = true,
            ClientDocuments = ClientDocumentOptions.None with { Hosts = ["localhost"] },
        });
        await using var host = new RudeHost(RudeAnswer(name));
        var registrar = new TestRegistrar(server);
        using (var registered = await registrar.PostAsync(await registrar.TokenAsync(), Document(("sector_identifier_uri", host.Url)))) await registered.RefusedAsync("invalid_client_metadata");
        using (var asked = await server.Http.GetAsync($"{server.Url("/authorize")}?client_id={Uri.EscapeDataString(host.Url)}")) await asked.RefusedAsPageAsync("invalid_client");
        Assert.InRange(host.Connections, 1, 2);
        Assert.Equal(0, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task A81_the_address_of_a_document_opens_no_socket_where_the_operator_has_not_named_its_host()
    {
        await using var host = new RudeHost(Json("{}"));
        foreach (var hosts in (string[][])[[], ["app.example", "localhost.evil.example"], ["sub.localhost"]])
        {
            await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true, ClientDocuments = ClientDocumentOptions.None with { Hosts = hosts } });
            foreach (var clientId in (string[])[host.Url, $"http://127.0.0.1:{host.Port}/list", $"https://localhost:{host.Port}/list", "https://nobody.example/client"])
                await RefusedAsync(server, clientId);
            Assert.Equal(0, await server.CountAsync("partner"));
        }

        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task A81_an_address_that_is_not_plainly_one_opens_no_socket()
    {
        await using var host = new RudeHost(Json("{}"));
        await using var server = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true, ClientDocuments = ClientDocumentOptions.None with { Hosts = ["*"] } });
        var at = $"localhost:{host.Port}";
        foreach (var clientId in (string[])
        [
            $"http://{at}", $"http://{at}/", $"http://{at}/a/../list", $"http://{at}/./list", $"http://{at}/%2e%2e/list", $"http://{at}/list?a=b", $"http://{at}/list#a", $"http://LOCALHOST:{host.Port}/list",
            $"http://a@{at}/list", $"http://a:b@{at}/list", $"http://{at}\\list", $"http://{at}/a b", $"http://{at}/\u00e9", $"http://{at}/{new string('a', 600)}", $"http://0x7f.1:{host.Port}/list",
            $"http://10.0.0.1:{host.Port}/list", "https://app.example:443/client", "https://169.254.169.254/latest", "https://", "http://", $"https://{at}@evil.example/x",
        ])
            await RefusedAsync(server, clientId);
        Assert.Equal(0, host.Connections);
        Assert.Equal(0, await server.CountAsync("partner"));
    }

    [Fact]
    public async Task A81_outside_a_developers_machine_a_document_on_this_one_is_not_read_even_where_any_host_may_have_one()
    {
        await using var host = new RudeHost(Json("{}"));
        await using var server = await TestServer.StartAsync(change: settings => settings with { ClientDocuments = ClientDocumentOptions.None with { Hosts = ["*"] } });
        foreach (var clientId in (string[])[host.Url, $"https://localhost:{host.Port}/list", $"https://127.0.0.1:{host.Port}/list", "https://localhost/list", "https://127.0.0.1/list"])
            await RefusedAsync(server, clientId);
        Assert.Equal(0, host.Connections);
    }

    private static async Task RefusedAsync(TestServer server, string clientId)
    {
        using var response = await server.Http.GetAsync($"{server.Url("/authorize")}?client_id={Uri.EscapeDataString(clientId)}&redirect_uri=https%3A%2F%2Fapp.example%2F&response_type=code");
        await response.RefusedAsPageAsync("invalid_client");
    }
}
