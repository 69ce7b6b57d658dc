using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Attacks.DynamicOpModules;

namespace NetworkIdentity.Tests.Server;

/// <summary>Clients that nobody registered: their client id is the address of a document [CIMD]. What their address may make this server call is in Attacks/RegistrationAttacks.cs.</summary>
public sealed class ClientDocumentTests : IAsyncLifetime
{
    private const string Callback = "http://localhost:9/callback";

    private readonly RudeHost _host = new(Json("{}"));
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(change: settings => settings with
    {
        FetchLoopback = true,
        ClientDocuments = ClientDocumentOptions.None with { Hosts = ["localhost"], Policy = ProofPolicy.Of(["membership"], ["residency"]) },
    });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Members_sign_in_to_an_app_that_nobody_registered_and_are_told_so()
    {
        Says(Document());
        var world = await OpenAsync();
        var html = await world.Browser.GetStringAsync(world.Page);
        Assert.Contains("Sign in to <bdi>Example App</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("Nobody registered this app", html, StringComparison.Ordinal);
        var tokens = await world.SignInAsync(await _server.MemberAsync());
        Assert.Equal(_host.Url, TestSignIn.ClaimsOf(tokens)["aud"]!.GetValue<string>());
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);

        var partner = (await Partner.FindAsync(_server.Nation.Database, _host.Url))!;
        Assert.True(partner is { HasDocument: true, IsPublic: true, RequiresPkce: true });
        Assert.Equal(ProofPolicy.Of(["membership"], ["residency"]).Write(), partner.Policy.Write());
        var discovery = (await (await _server.Http.GetAsync(_server.Issuer + "/.well-known/openid-configuration")).JsonAsync())!;
        Assert.True(discovery["client_id_metadata_document_supported"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_document_is_read_once_until_its_time_is_over_by_all_servers_together()
    {
        Says(Document(), "Cache-Control: max-age=600\r\n");
        await OpenAsync();
        await OpenAsync();
        await using (var beside = await _server.StartBesideAsync())
        {
            using var there = await beside.Http.GetAsync(new TestSignIn(beside, _host.Url, null, Callback).AuthorizeUrl());
            Assert.Equal(HttpStatusCode.SeeOther, there.StatusCode);
        }

        Assert.Equal(1, _host.Connections);
        _server.Time.Move(TimeSpan.FromSeconds(601));
        Says(Document(("client_name", "Another Name")));
        var world = await OpenAsync();
        Assert.Equal(2, _host.Connections);
        Assert.Contains("Sign in to <bdi>Another Name</bdi>", await world.Browser.GetStringAsync(world.Page), StringComparison.Ordinal);
        Assert.Equal(1, await _server.CountAsync("partner"));
        Assert.Single(await Journal.OfAsync(_server.Nation.Database, _host.Url));
    }

    [Fact]
    public async Task All_who_come_at_once_wait_for_one_call()
    {
        using var alone = _server.Alone();
        var said = Json(Document().ToJsonString());
        _host.Answer = async (stream, head, cancellation) =>
        {
            await Task.Delay(500, cancellation);
            await said(stream, head, cancellation);
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode));
        Assert.Equal(1, _host.Connections);
        Assert.Equal(1, await _server.CountAsync("partner"));
    }

    [Theory]
    [InlineData("Cache-Control: no-store\r\n", 60)]
    [InlineData("Cache-Control: max-age=1\r\n", 60)]
    [InlineData("", 3600)]
    [InlineData("Cache-Control: max-age=99999999\r\n", 86400)]
    public async Task Its_time_has_bounds(string header, int seconds)
    {
        Says(Document(), header);
        await OpenAsync();
        _server.Time.Move(TimeSpan.FromSeconds(seconds - 5));
        await OpenAsync();
        Assert.Equal(1, _host.Connections);
        _server.Time.Move(TimeSpan.FromSeconds(10));
        await OpenAsync();
        Assert.Equal(2, _host.Connections);
    }

    [Fact]
    public async Task A_redirect_uri_that_is_gone_from_the_document_is_refused_and_a_document_that_is_gone_is_too()
    {
        Says(Document());
        await OpenAsync();
        _server.Time.Move(TimeSpan.FromHours(2));
        Says(Document(("redirect_uris", new JsonArray("http://localhost:9/another"))));
        using (var gone = await AskAsync()) await gone.RefusedAsPageAsync("invalid_redirect_uri");
        _server.Time.Move(TimeSpan.FromHours(2));
        _host.Answer = RudeHost.Says([], status: "404 Not Found");
        using (var nothing = await AskAsync("http://localhost:9/another")) await nothing.RefusedAsPageAsync("invalid_client");
        Says(Document());
        await OpenAsync();
    }

    [Fact]
    public async Task The_same_member_is_another_to_each_document_and_the_same_to_one_whatever_it_says()
    {
        var wallet = await _server.MemberAsync();
        Says(Document());
        var first = Sub(await (await OpenAsync()).SignInAsync(wallet));
        _server.Time.Move(TimeSpan.FromHours(2));
        Says(Document(("redirect_uris", new JsonArray("com.example.app:/callback", Callback)), ("token_endpoint_auth_method", "none")));
        Assert.Equal(first, Sub(await (await OpenAsync()).SignInAsync(wallet)));
        var (clientId, secret) = await _server.RegisterAsync(Callback);
        var other = TestSignIn.Of(_server, clientId, secret, Callback);
        await other.OpenAsync();
        Assert.NotEqual(first, Sub(await other.SignInAsync(wallet)));
    }

    public static TheoryData<string> Wrong =>
    [
        """{"client_id":"https://app.example/client"}""", """{"client_id":null}""", """{"client_secret":"x"}""", """{"client_secret_expires_at":0}""", """{"token_endpoint_auth_method":"client_secret_basic"}""",
        """{"token_endpoint_auth_method":"client_secret_post"}""", """{"token_endpoint_auth_method":"client_secret_jwt"}""", """{"token_endpoint_auth_method":"private_key_jwt"}""",
        """{"redirect_uris":["https://bank.example/callback"]}""", """{"redirect_uris":["http://localhost:9/callback","https://bank.example/callback"]}""", """{"redirect_uris":[]}""",
        """{"redirect_uris":["javascript:alert(1)"]}""", """{"redirect_uris":["http://localhost:9/callback#a"]}""", """{"backchannel_logout_uri":"https://bank.example/out"}""",
        """{"jwks_uri":"https://bank.example/jwks"}""", """{"frontchannel_logout_uri":"https://bank.example/out"}""", """{"post_logout_redirect_uris":["https://bank.example/"]}""",
        """{"initiate_login_uri":"https://bank.example/"}""", """{"sector_identifier_uri":"http://localhost:9/list"}""", """{"subject_type":"public"}""", """{"grant_types":["client_credentials"]}""",
        """{"client_name":"a\u202Eb"}""", """{"client_name":1}""", """{"software_statement":"a.b.c"}""", """{"jwks":{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}}""", """{"tos_uri":"javascript:alert(1)"}""",
        """{"id_token_signed_response_alg":"none"}""",
    ];

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_document_that_says_what_it_may_not_is_a_page_and_is_not_kept(string change)
    {
        Says(Document([.. ((JsonObject)JsonNode.Parse(change)!).Select(member => (member.Key, member.Value))]));
        using (var refused = await AskAsync()) await refused.RefusedAsPageAsync("invalid_client");
        Assert.Equal(0, await _server.CountAsync("partner"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"client_id\":")]
    [InlineData("<html>")]
    public async Task What_is_no_document_is_a_page(string text)
    {
        _host.Answer = Json(text);
        using var refused = await AskAsync();
        await refused.RefusedAsPageAsync("invalid_client");
    }

    [Fact]
    public async Task More_than_5_KiB_are_not_read()
    {
        Says(Document(("an_extension", new string('a', ClientDocuments.MaxBytes))));
        using var refused = await AskAsync();
        await refused.RefusedAsPageAsync("invalid_client");
    }

    [Fact]
    public async Task An_address_that_is_a_resource_s_is_no_client_and_is_not_called()
    {
        Says(Document());
        Assert.Null(await _server.Nation.Database.CommitAsync(Resources.Insert(new() { Identifier = _host.Url, Name = "Example API", Scopes = "read", Algorithm = "ES256", CreatedAt = 0 })));
        using (var refused = await AskAsync()) await refused.RefusedAsPageAsync("invalid_client");
        Assert.Equal((0, 0L), (_host.Connections, await _server.CountAsync("partner")));
    }

    [Fact]
    public async Task A22_one_that_the_operator_retired_stays_so_and_is_not_read_again()
    {
        Says(Document());
        await OpenAsync();
        await _server.Nation.Registration.RetireAsync(_host.Url);
        _server.Time.Move(TimeSpan.FromDays(40));
        using (var refused = await AskAsync()) await refused.RefusedAsPageAsync("unauthorized_client");
        Assert.Equal(1, _host.Connections);
    }

    [Fact]
    public async Task One_that_nobody_uses_is_forgotten_and_its_members_are_the_same_to_it_after()
    {
        Says(Document());
        var wallet = await _server.MemberAsync();
        var first = Sub(await (await OpenAsync()).SignInAsync(wallet));
        await SweepAsync(TimeSpan.FromDays(29));
        Assert.Equal(1, await _server.CountAsync("partner"));
        await SweepAsync(TimeSpan.FromDays(2));
        Assert.Equal(0, await _server.CountAsync("partner"));
        Assert.Equal(first, Sub(await (await OpenAsync()).SignInAsync(wallet)));
    }

    private async Task SweepAsync(TimeSpan after)
    {
        _server.Time.Move(after);
        foreach (var statement in Sweeper.At(_server.Time.GetUtcNow().ToUnixTimeSeconds(), Sweeper.Retention.Usual)) await _server.Nation.Database.CommitAsync(statement);
        foreach (var statement in Sweeper.At(_server.Time.GetUtcNow().ToUnixTimeSeconds(), Sweeper.Retention.Usual)) await _server.Nation.Database.CommitAsync(statement);
    }

    private JsonObject Document(params (string Name, JsonNode? Value)[] change)
    {
        var document = new JsonObject
        {
            ["client_id"] = _host.Url,
            ["client_name"] = "Example App",
            ["client_uri"] = "https://elsewhere.example/about",
            ["redirect_uris"] = new JsonArray(Callback),
            ["token_endpoint_auth_method"] = "none",
        };
        foreach (var (name, value) in change) document[name] = value?.DeepClone();
        return document;
    }

    private void Says(JsonObject document, string headers = "") => _host.Answer = Json(document.ToJsonString(), headers);

    private async Task<TestSignIn> OpenAsync()
    {
        var world = TestSignIn.Of(_server, _host.Url, null, Callback);
        await world.OpenAsync();
        return world;
    }

    private Task<HttpResponseMessage> AskAsync(string redirectUri = Callback) => TestSignIn.Of(_server, _host.Url, null, redirectUri).AskAsync();

    private static string Sub(JsonObject tokens) => TestSignIn.ClaimsOf(tokens)["sub"]!.GetValue<string>();
}
