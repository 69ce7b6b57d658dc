using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>
/// Every parser of the OpenID provider's doors, fed with real messages that were broken: what is signed is signed again, so that it gets past the signature.
/// <c>NETID_FUZZ_TIMES</c> makes it longer, <c>NETID_FUZZ_SEED</c> other or the same again.
/// </summary>
public sealed class FuzzedRequests : IAsyncLifetime
{
    private const string Claims = """{"userinfo":{"membership":{"essential":true},"residency":null},"id_token":{"acr":{"values":["urn:network-identity:acr:same-device"]},"auth_time":{"essential":true},"sub":{"value":"x"}}}""";

    private TestServer _server = null!;
    private FuzzedDoor _door = null!;
    private TestWallet _wallet = null!;
    private TestSignIn _app = null!;
    private JsonObject _tokens = null!;
    private TestFapiClient _bank = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(change: settings => settings with
        {
            FetchLoopback = true,
            ClientDocuments = SigningIn.ClientDocumentOptions.None with { Hosts = ["localhost"], Policy = SigningIn.ProofPolicy.Usual },
        });
        _door = new FuzzedDoor(_server);
        _wallet = await _server.MemberAsync();
        _app = await TestSignIn.BeginAsync(_server, request => request with
        {
            Policy = SigningIn.ProofPolicy.Of(["membership"], "residency"),
            Metadata = new() { GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant], PostLogoutRedirectUris = ["https://app.example/"] },
        });
        _tokens = await _app.SignInAsync(_wallet);
        _bank = await TestFapiClient.RegisterAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _door.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public Task Authorization_requests() => _door.RunAsync(mutator =>
    {
        var form = mutator.Form(Asked(), "claims");
        if (mutator.Next(3) == 0) return Task.FromResult(_door.Post("/authorize", form, mutator));
        var query = FuzzedDoor.Encode(form);
        return Task.FromResult(_door.Get("/authorize", mutator.Next(4) == 0 ? mutator.Text(query) : query));
    }, 400);

    [Fact]
    public Task The_claims_parameter() => _door.RunAsync(mutator => Task.FromResult(_door.Get(
        "/authorize", FuzzedDoor.Encode(Asked().Where(field => field.Key != "claims").Append(new("claims", mutator.Json(JsonNode.Parse(Claims)!)))))), 300);

    [Fact]
    public Task Signed_requests() => _door.RunAsync(async mutator =>
    {
        var request = await BrokenAsync(mutator, _bank.Key, change => _bank.SignedRequestAsync(change));
        return mutator.Next(2) == 0
            ? _door.Get("/authorize", FuzzedDoor.Encode([new("client_id", _bank.ClientId), new("request", request)]))
            : _door.Post("/par", await ByKeyAsync([new("client_id", _bank.ClientId), new("request", request)]), mutator);
    });

    [Fact]
    public Task Pushed_requests() => _door.RunAsync(async mutator =>
    {
        var request = _door.Post("/par", mutator.Form(await ByKeyAsync(_bank.Parameters().Where(pair => pair.Value is not null)!), "claims"), mutator);
        if (mutator.Next(2) == 0) request.Headers.TryAddWithoutValidation("DPoP", FuzzedDoor.Header(mutator.Text(await _bank.ProofAsync("POST", "/par"))));
        return request;
    });

    [Fact]
    public Task Request_uris()
    {
        return _door.RunAsync(async mutator => _door.Get("/authorize", FuzzedDoor.Encode(mutator.Form([new("client_id", _bank.ClientId), new("request_uri", await _bank.PushedAsync())]))), 60);
    }

    [Fact]
    public Task Token_requests() => _door.RunAsync(async mutator =>
    {
        List<KeyValuePair<string, string>> form = mutator.Next(3) switch
        {
            0 => [new("grant_type", "authorization_code"), new("code", RandomId.Secret()), new("redirect_uri", _app.RedirectUri), new("code_verifier", _app.Verifier)],
            1 => [new("grant_type", "refresh_token"), new("refresh_token", Text(_tokens, "refresh_token")), new("scope", "openid")],
            _ => [new("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"), new("pre-authorized_code", RandomId.Secret()), new("tx_code", "1234"),
                new("authorization_details", $$"""[{"type":"openid_credential","credential_configuration_id":"membership","locations":["{{_server.Issuer}}"]}]""")],
        };
        var request = _door.Post("/token", mutator.Form(form, "authorization_details"), mutator);
        var basic = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{_app.ClientId}:{_app.Secret}"));
        request.Headers.TryAddWithoutValidation("Authorization", mutator.Next(4) == 0 ? FuzzedDoor.Header(mutator.Text("Basic " + basic)) : "Basic " + basic);
        return await Task.FromResult(request);
    }, 400);

    [Fact]
    public Task Client_assertions() => _door.RunAsync(async mutator => _door.Post("/introspect",
    [
        new("token", "x"), new("client_assertion_type", ClientAssertion.Type),
        new("client_assertion", await BrokenAsync(mutator, _bank.Key, change => _bank.AssertionAsync(change))),
    ], mutator));

    [Fact]
    public async Task Dpop_proofs()
    {
        var access = Text(await _bank.SignInAsync(_wallet), "access_token");
        await _door.RunAsync(async mutator =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, _server.Url("/userinfo"));
            request.Headers.TryAddWithoutValidation("Authorization", "DPoP " + access);
            request.Headers.TryAddWithoutValidation("DPoP", FuzzedDoor.Header(await BrokenAsync(mutator, _bank.ProofKey, change => _bank.ProofAsync("GET", "/userinfo", access, change))));
            return request;
        });
    }

    [Fact]
    public Task Access_tokens() => _door.RunAsync(mutator =>
    {
        var request = new HttpRequestMessage(mutator.Next(2) == 0 ? HttpMethod.Get : HttpMethod.Post, _server.Url("/userinfo"));
        request.Headers.TryAddWithoutValidation("Authorization", FuzzedDoor.Header(mutator.Text("Bearer " + Text(_tokens, "access_token"))));
        return Task.FromResult(request);
    }, 100, taken: false);

    [Fact]
    public async Task Registrations()
    {
        var registrar = new TestRegistrar(_server);
        var many = "";
        var number = 0;
        var registered = await registrar.RegisterAsync();
        await _door.RunAsync(async mutator =>
        {
            if (number++ % 500 == 0) many = await registrar.TokenAsync(terms => terms with { Uses = 500 });
            var document = mutator.Json(TestRegistrar.Document(
                ("post_logout_redirect_uris", new JsonArray("https://app.example/")), ("backchannel_logout_uri", "https://app.example/out"), ("logo_uri", "https://app.example/logo.png"),
                ("subject_type", "pairwise"), ("id_token_signed_response_alg", "ES256"), ("default_max_age", 3600), ("require_auth_time", true), ("request_uris", new JsonArray())));
            return new HttpRequestMessage(HttpMethod.Post, _server.Url("/register"))
            {
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", many) },
                Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(document)) { Headers = { ContentType = new("application/json") } },
            };
        });

        // Its own address, and its token.
        await _door.RunAsync(mutator =>
        {
            var request = new HttpRequestMessage(mutator.One([HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete]), Text(registered, "registration_client_uri"));
            request.Headers.TryAddWithoutValidation("Authorization", FuzzedDoor.Header(mutator.Text("Bearer " + Text(registered, "registration_access_token"))));
            if (request.Method == HttpMethod.Put) request.Content = new StringContent(mutator.Json(registered), System.Text.Encoding.UTF8, "application/json");
            return Task.FromResult(request);
        }, 60, taken: false);
    }

    [Fact]
    public async Task Client_id_documents()
    {
        var document = "";
        await using var host = new RudeHost((stream, head, cancellation) =>
            RudeHost.Says(System.Text.Encoding.UTF8.GetBytes(document), "Content-Type: application/json\r\n")(stream, head, cancellation));
        var number = 0;
        await _door.RunAsync(mutator =>
        {
            var id = $"{host.Url}/{number++}";
            document = mutator.Json(new JsonObject
            {
                ["client_id"] = id,
                ["client_name"] = "Example App",
                ["redirect_uris"] = new JsonArray("http://localhost:9/callback"),
                ["grant_types"] = new JsonArray("authorization_code"),
                ["response_types"] = new JsonArray("code"),
                ["token_endpoint_auth_method"] = "none",
            });
            return Task.FromResult(_door.Get("/authorize", FuzzedDoor.Encode(Usual().Where(field => field.Key is not ("client_id" or "redirect_uri"))
                .Append(new("client_id", id)).Append(new("redirect_uri", "http://localhost:9/callback")))));
        }, 150);
    }

    [Fact]
    public Task Logout_requests() => _door.RunAsync(mutator =>
    {
        var form = mutator.Form([new("id_token_hint", Text(_tokens, "id_token")), new("client_id", _app.ClientId), new("post_logout_redirect_uri", "https://app.example/"), new("state", "s")]);
        return Task.FromResult(mutator.Next(2) == 0 ? _door.Post("/logout", form, mutator) : _door.Get("/logout", FuzzedDoor.Encode(form)));
    });

    [Fact]
    public Task Introspections_and_revocations() => _door.RunAsync(mutator =>
    {
        var token = mutator.Text(Text(_tokens, mutator.One(["access_token", "refresh_token", "id_token"])));
        var form = mutator.Form([new("token", token), new("token_type_hint", "access_token"), new("client_id", _app.ClientId), new("client_secret", _app.Secret!)]);
        return Task.FromResult(_door.Post(mutator.One(["/introspect", "/revoke"]), form, mutator));
    });

    [Theory]
    [InlineData("direct_post")]
    [InlineData("direct_post.jwt")]
    public async Task Answers_of_wallets(string mode)
    {
        var scene = await TestPresentation.BeginAsync(_server, mode);
        var path = new Uri(scene.Request["response_uri"]!.GetValue<string>()).AbsolutePath;
        var (state, vpToken) = (scene.Request["state"]!.GetValue<string>(), TestWallet.VpToken(await scene.BindAsync(change: (_, claims) => claims["nonce"] = "of another request")));
        await _door.RunAsync(mutator =>
        {
            List<KeyValuePair<string, string>> form = [];
            if (mode == "direct_post") form.AddRange([new("vp_token", vpToken.ToJsonString()), new("state", state)]);
            else if (Mutator.IsJson(mutator.Json(new JsonObject { ["vp_token"] = vpToken.DeepClone(), ["state"] = state }), out var broken) && broken is JsonObject inside)
                form.Add(new("response", TestWallet.Encrypt(scene.Request, inside)));
            return Task.FromResult(_door.Post(path, mutator.Next(4) == 0 ? form : mutator.Form(form, "vp_token"), mutator));
        }, taken: false);
    }

    [Fact]
    public async Task Cookies()
    {
        using var program = TestServer.NewProgram();
        using var asked = await program.GetAsync(_app.AuthorizeUrl());
        var (cookie, page) = (asked.Headers.GetValues("Set-Cookie").Single().Split(';')[0], asked.Headers.Location!.AbsolutePath);
        await _door.RunAsync(mutator =>
        {
            var path = mutator.One([page, page + "/state", page + "/continue", page + "/again", "/account", "/logout", "/sign-in/return"]);
            var request = _door.Get(mutator.Next(6) == 0 ? "/sign-in/" + Uri.EscapeDataString(mutator.Text(page[9..]).Replace('\ud800', 'x')) : path, "response_code=" + RandomId.Secret());
            var sent = string.Join("; ", Enumerable.Range(0, mutator.Next(1, 4)).Select(_ => mutator.Next(3) == 0 ? cookie : mutator.Text(cookie)));
            request.Headers.TryAddWithoutValidation("Cookie", FuzzedDoor.Header(sent));
            return Task.FromResult(request);
        });
    }

    private IEnumerable<KeyValuePair<string, string>> Asked() => Usual().Concat(
    [
        new("claims", Claims), new("max_age", "600"), new("prompt", "login"), new("acr_values", "urn:network-identity:acr:same-device"), new("ui_locales", "en de"),
        new("login_hint", "ada"), new("id_token_hint", Text(_tokens, "id_token")), new("response_mode", "form_post"), new("display", "page"),
        new("dpop_jkt", _bank.ProofKey.PublicKey.Thumbprint()),
    ]);

    private IEnumerable<KeyValuePair<string, string>> Usual() => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(_app.AuthorizeUrl()).Query)
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()));

    private async Task<IEnumerable<KeyValuePair<string, string>>> ByKeyAsync(IEnumerable<KeyValuePair<string, string>> form) =>
        [.. form, new("client_assertion_type", ClientAssertion.Type), new("client_assertion", await _bank.AssertionAsync())];

    /// <summary>A JWT that is broken: in its header or its claims, and signed again, or as a text.</summary>
    private static async Task<string> BrokenAsync(Mutator mutator, SigningKey key, Func<TestFapiClient.Change, Task<string>> make)
    {
        if (mutator.Next(4) == 0) return mutator.Text(await make((_, _) => { }));
        var jws = Jws.Parse(await make((_, _) => { }));
        var parts = jws.Compact.Split('.');
        var at = mutator.Next(2);
        var changed = mutator.Json(StrictJson.ParseObject(Base64Url.Decode(parts[at])));
        parts[at] = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(changed));
        var signed = System.Text.Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        return $"{parts[0]}.{parts[1]}.{Base64Url.Encode(await key.SignAsync(signed))}";
    }

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();
}
