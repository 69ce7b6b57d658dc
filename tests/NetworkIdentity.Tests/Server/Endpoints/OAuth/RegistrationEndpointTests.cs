using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestRegistrar;

namespace NetworkIdentity.Tests.Server.Endpoints.OAuth;

/// <summary>/register: apps that register themselves [RFC7591], and look after their registration [RFC7592].</summary>
public sealed class RegistrationEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;
    private readonly TestRegistrar _registrar = new(shared.Server);

    [Fact]
    public async Task An_app_is_told_all_that_it_is_registered_with_and_nothing_of_it_may_be_kept()
    {
        using var response = await _registrar.PostAsync(await _registrar.TokenAsync(), Document(("x_of_ours", "ignored"), ("software_version", "1.2")));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var told = await response.JsonAsync();
        Assert.Equal(
            [
                "client_id", "client_id_issued_at", "client_secret", "client_secret_expires_at", "registration_access_token", "registration_client_uri", "client_name",
                "redirect_uris", "response_types", "token_endpoint_auth_method", "id_token_signed_response_alg", "grant_types", "application_type", "subject_type", "contacts", "jwks",
            ],
            told.Select(member => member.Key));
        Assert.Equal(0, told["client_secret_expires_at"]!.GetValue<long>());
        Assert.Equal($"{_server.Issuer}/register/{Text(told, "client_id")}", Text(told, "registration_client_uri"));
        Assert.Equal("RS256", Text(told, "id_token_signed_response_alg"));
        Assert.Equal("pairwise", Text(told, "subject_type"));

        // Neither the secret nor the token is at rest.
        var disk = _server.BytesAtRest();
        foreach (var name in (string[])["client_secret", "registration_access_token"]) Assert.True(disk.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Text(told, name))) < 0, name);
        Assert.True(disk.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Text(told, "client_id"))) >= 0);
    }

    [Fact]
    public async Task Oidcc_server_signs_members_in_to_an_app_that_registered_itself()
    {
        var world = await _registrar.OpenAsync(await _registrar.RegisterAsync());
        var claims = TestSignIn.ClaimsOf(await world.SignInAsync(await _server.MemberAsync()));
        Assert.Equal(world.ClientId, Text(claims, "aud"));
        Assert.NotNull(claims["membership"]);
    }

    [Fact]
    public async Task A_token_registers_as_many_apps_as_it_says_however_many_ask_at_once()
    {
        var token = await _registrar.TokenAsync(terms => terms with { Uses = 3 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _registrar.PostAsync(token, Document())));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created)) await answer.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Equal(3, (await Task.WhenAll(answers.Where(answer => answer.IsSuccessStatusCode).Select(answer => answer.JsonAsync()))).Select(told => Text(told, "client_id")).Distinct().Count());
    }

    [Fact]
    public async Task What_is_refused_does_not_use_the_token_up()
    {
        var token = await _registrar.TokenAsync();
        using (var refused = await _registrar.PostAsync(token, Document(("redirect_uris", new JsonArray())))) await refused.RefusedAsync("invalid_redirect_uri");
        using var taken = await _registrar.PostAsync(token, Document());
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Without_a_good_token_nobody_registers()
    {
        var before = await _server.CountAsync("partner");
        var (id, withdrawn, _) = await _server.Nation.DynamicRegistration.MakeTokenAsync(new());
        await _server.Nation.DynamicRegistration.WithdrawTokenAsync(id);
        var expired = await _registrar.TokenAsync(terms => terms with { Lifetime = TimeSpan.FromDays(1) });
        _server.Time.Move(TimeSpan.FromDays(1));
        var own = Text(await _registrar.RegisterAsync(), "registration_access_token");
        foreach (var token in (string?[])[null, "wrong", withdrawn, expired, own])
        {
            using var response = await _registrar.PostAsync(token, Document());
            await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        }

        using (var inQuery = await _registrar.SendAsync(HttpMethod.Post, _server.Url($"/register?access_token={await _registrar.TokenAsync()}"), null, Document()))
            await inQuery.RefusedAsync("invalid_request");
        Assert.Equal(before + 1, await _server.CountAsync("partner"));
        Assert.Equal("unknown_token", (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => _server.Nation.DynamicRegistration.WithdrawTokenAsync(id))).Code);
    }

    [Fact]
    public async Task What_members_are_asked_comes_with_the_token_and_never_with_the_request()
    {
        var token = await _registrar.TokenAsync(terms => terms with { Policy = ProofPolicy.Of(["membership", "residency"], ["reputation"]), RequiresPkce = false });
        using var response = await _registrar.PostAsync(token, Document(
            ("policy", new JsonArray("reputation")), ("optional_types", new JsonArray("steward")), ("scope", "openid everything"), ("requires_pkce", true), ("wallet_response_mode", "direct_post")));
        var partner = (await Partner.FindAsync(_server.Nation.Database, Text(await response.JsonAsync(), "client_id")))!;
        Assert.Equal(ProofPolicy.Of(["membership", "residency"], ["reputation"]).Write(), partner.Policy.Write());
        Assert.False(partner.RequiresPkce);
        Assert.Equal("direct_post.jwt", partner.WalletResponseMode);
    }

    [Fact]
    public async Task A_public_app_has_no_secret_and_always_PKCE()
    {
        var token = await _registrar.TokenAsync(terms => terms with { RequiresPkce = false });
        using var response = await _registrar.PostAsync(token, Document(
            ("token_endpoint_auth_method", "none"), ("application_type", "native"), ("redirect_uris", new JsonArray("com.example.app:/callback")), ("jwks", null), ("client_name", "Phone")));
        var told = await response.JsonAsync();
        Assert.Null(told["client_secret"]);
        Assert.True((await Partner.FindAsync(_server.Nation.Database, Text(told, "client_id")))!.RequiresPkce);
    }

    [Fact]
    public async Task A_registration_is_read_with_its_token_and_without_its_secret()
    {
        var told = await _registrar.RegisterAsync();
        using var response = await GetAsync(told);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var read = await response.JsonAsync();
        told.Remove("client_secret");
        told.Remove("client_secret_expires_at");
        Assert.True(JsonNode.DeepEquals(told, read), read.ToJsonString());
    }

    [Fact]
    public async Task A_registration_is_replaced_whole_and_its_token_stays()
    {
        var told = await _registrar.RegisterAsync(("policy_uri", "https://app.example/privacy"));
        using var response = await PutAsync(told, Document(
            ("client_id", told["client_id"]), ("client_secret", told["client_secret"]), ("client_name", "Another Name"),
            ("redirect_uris", new JsonArray("https://app.example/callback", "https://app.example/two")), ("tos_uri", "https://app.example/terms")));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var replaced = await response.JsonAsync();
        Assert.Equal("Another Name", Text(replaced, "client_name"));
        Assert.Null(replaced["policy_uri"]);
        Assert.Null(replaced["client_secret"]);
        Assert.Equal(Text(told, "registration_access_token"), Text(replaced, "registration_access_token"));
        Assert.Equal(Text(told, "client_id"), Text(replaced, "client_id"));
        Assert.Equal(told["client_id_issued_at"]!.GetValue<long>(), replaced["client_id_issued_at"]!.GetValue<long>());

        using (var next = await GetAsync(replaced)) Assert.True(JsonNode.DeepEquals(replaced, await next.JsonAsync()));

        // Its secret is what it was, and so is what members are asked.
        replaced["client_secret"] = told["client_secret"]!.DeepClone();
        Assert.NotNull(TestSignIn.ClaimsOf(await (await _registrar.OpenAsync(replaced)).SignInAsync(await _server.MemberAsync()))["membership"]);
    }

    [Fact]
    public async Task An_app_that_gives_up_a_grant_can_use_it_no_more()
    {
        var told = await _registrar.RegisterAsync(("grant_types", new JsonArray("authorization_code", "refresh_token")));
        var (world, tokens) = await SignedInAsync(told);
        using (var renewed = await world.RefreshAsync(Text(tokens, "refresh_token"))) Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        using (var replaced = await PutAsync(told, Document(("client_id", told["client_id"]), ("client_secret", told["client_secret"])))) Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        using (var refused = await world.RefreshAsync(Text(tokens, "refresh_token"))) await refused.RefusedAsync("unauthorized_client");
        Assert.Null((await world.TokensAsync(await world.CodeAtOnceAsync()))["refresh_token"]);
    }

    [Fact]
    public async Task Where_the_answer_to_a_replacement_is_lost_the_app_asks_again_and_a_secret_that_it_does_not_repeat_is_made_anew()
    {
        var told = await _registrar.RegisterAsync();
        using (var lost = await PutAsync(told, Document(("client_id", told["client_id"])))) Assert.Equal(HttpStatusCode.OK, lost.StatusCode);
        using var again = await PutAsync(told, Document(("client_id", told["client_id"])));
        var replaced = await again.JsonAsync();
        Assert.NotEqual(Text(told, "client_secret"), Text(replaced, "client_secret"));
        await SignedInAsync(replaced);
        using var repeated = await PutAsync(replaced, Document(("client_id", told["client_id"]), ("client_secret", told["client_secret"])));
        await repeated.RefusedAsync("invalid_client_metadata");
    }

    [Fact]
    public async Task An_app_that_was_public_gets_a_secret_when_it_asks_for_one_and_loses_it_again()
    {
        var told = await _registrar.RegisterAsync(("token_endpoint_auth_method", "none"));
        Assert.Null(told["client_secret"]);
        using var confidential = await PutAsync(told, Document(("client_id", told["client_id"])));
        told = await confidential.JsonAsync();
        var secret = Text(told, "client_secret");
        await SignedInAsync(told);
        using var keyed = await PutAsync(told, Document(("client_id", told["client_id"]), ("token_endpoint_auth_method", "private_key_jwt")));
        Assert.Null((await keyed.JsonAsync())["client_secret"]);
        var world = new TestSignIn(_server, Text(told, "client_id"), secret, "https://app.example/callback");
        using var refused = await world.PostAsync("/token", ("grant_type", "authorization_code"), ("code", "any"));
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
    }

    public static TheoryData<string, string> WrongReplacements => new()
    {
        { """{"client_id":"another"}""", "client_id" },
        { """{"client_id":null}""", "client_id" },
        { """{"client_secret":"another"}""", "client_secret" },
        { """{"registration_access_token":"x"}""", "registration_access_token" },
        { """{"registration_client_uri":"https://app.example/"}""", "registration_client_uri" },
        { """{"client_secret_expires_at":0}""", "client_secret_expires_at" },
        { """{"client_id_issued_at":0}""", "client_id_issued_at" },
        { """{"redirect_uris":["https://another.example/callback"]}""", "sector" },
        { """{"subject_type":"public"}""", "subject_type" },
        { """{"grant_types":["client_credentials"]}""", "client_credentials" },
    };

    [Theory, MemberData(nameof(WrongReplacements))]
    public async Task A_replacement_that_is_not_right_changes_nothing(string change, string word)
    {
        var told = await _registrar.RegisterAsync();
        var members = ((JsonObject)JsonNode.Parse(change)!).Select(member => (member.Key, member.Value));
        using (var response = await PutAsync(told, Document([("client_id", told["client_id"]), .. members])))
            Assert.Contains(word, await response.RefusedAsync("invalid_client_metadata"), StringComparison.Ordinal);
        using var read = await GetAsync(told);
        Assert.Equal(Text(told, "registration_access_token"), Text(await read.JsonAsync(), "registration_access_token"));
    }

    [Fact]
    public async Task A_registration_is_nobody_elses()
    {
        var (mine, others) = (await _registrar.RegisterAsync(), await _registrar.RegisterAsync());
        var (byOperator, _) = await _server.RegisterAsync();
        foreach (var (id, token) in ((string, string?)[])
        [
            (Text(mine, "client_id"), Text(others, "registration_access_token")), (Text(mine, "client_id"), null), (Text(mine, "client_id"), Text(mine, "client_secret")),
            ("nobody", Text(mine, "registration_access_token")), (byOperator, Text(mine, "registration_access_token")), (byOperator, ""),
        ])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
            {
                using var response = await _registrar.SendAsync(method, _server.Url($"/register/{id}"), token, method == HttpMethod.Put ? Document(("client_id", id)) : null);
                await response.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
            }
        }

        using var still = await GetAsync(mine);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A22_an_app_that_is_retired_by_itself_or_by_the_operator_is_worth_nothing_from_then_on(bool byItself)
    {
        var told = await _registrar.RegisterAsync(("grant_types", new JsonArray("authorization_code", "refresh_token")));
        var (world, tokens) = await SignedInAsync(told);
        var code = await world.CodeAtOnceAsync();
        var pending = await _registrar.OpenAsync(told);
        var other = await SignedInAsync(await _registrar.RegisterAsync());

        if (byItself)
        {
            using var deleted = await _registrar.SendAsync(HttpMethod.Delete, Text(told, "registration_client_uri"), Text(told, "registration_access_token"));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }
        else
        {
            await _server.Nation.Registration.RetireAsync(world.ClientId);
            Assert.Equal("unknown_client", (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => _server.Nation.Registration.RetireAsync(world.ClientId))).Code);
        }

        using (var asked = await world.AskAsync()) await asked.RefusedAsPageAsync("unauthorized_client");
        using (var silent = await world.AskAsync(parameters => parameters["prompt"] = "none")) await silent.RefusedAsPageAsync("unauthorized_client");
        using (var redeemed = await world.RedeemAsync(code)) await redeemed.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using (var refreshed = await world.RefreshAsync(Text(tokens, "refresh_token"))) await refreshed.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using (var userInfo = await world.UserInfoAsync(Text(tokens, "access_token"))) await userInfo.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        using (var page = await pending.Browser.GetAsync(pending.Page)) Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        using (var read = await GetAsync(told)) await read.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        var session = await _server.SessionOfAsync(tokens);
        Assert.Equal(Sessions.ClientRetired, session.EndReason);
        Assert.Equal(byItself ? "client" : "operator", (await Journal.FindAsync(_server.Nation.Database, "retire-client", world.ClientId))!.Actor);

        // No other app notices.
        using var fine = await other.World.UserInfoAsync(Text(other.Tokens, "access_token"));
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
    }

    [Fact]
    public async Task What_is_not_JSON_of_this_kind_is_refused()
    {
        var token = await _registrar.TokenAsync();
        foreach (var (type, text) in ((string, string)[])
        [
            ("application/x-www-form-urlencoded", "client_name=App"), ("text/plain", "{}"), ("application/json", ""), ("application/json", "[]"), ("application/json", "{"),
            ("application/json", """{"client_name":"a","client_name":"b"}"""), ("application/json", $$"""{"client_name":"{{new string('a', ClientRegistrationRequest.MaxLength)}}"}"""),
            ("application/json", new string('[', 100)),
        ])
        {
            var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/register")) { Content = new StringContent(text, Encoding.UTF8, type) };
            request.Headers.Authorization = new("Bearer", token);
            using var response = await _server.Http.SendAsync(request);
            await response.RefusedAsync("invalid_client_metadata");
        }
    }

    private Task<HttpResponseMessage> GetAsync(JsonObject told) =>
        _registrar.SendAsync(HttpMethod.Get, Text(told, "registration_client_uri"), Text(told, "registration_access_token"));

    private Task<HttpResponseMessage> PutAsync(JsonObject told, JsonObject document) =>
        _registrar.SendAsync(HttpMethod.Put, Text(told, "registration_client_uri"), Text(told, "registration_access_token"), document);

    private async Task<(TestSignIn World, JsonObject Tokens)> SignedInAsync(JsonObject told)
    {
        var world = await _registrar.OpenAsync(told);
        return (world, await world.SignInAsync(await _server.MemberAsync()));
    }
}
