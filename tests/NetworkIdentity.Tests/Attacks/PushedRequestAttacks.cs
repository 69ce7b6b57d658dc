using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with pushed requests: A04, A05, A12 to A16, by both classes of clients, and at two servers.</summary>
public sealed class PushedRequestAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A04_a_pushed_request_without_PKCE_S256_is_refused(bool isFapi2)
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2);
        foreach (var (challenge, method) in ((string?, string?)[])[(null, null), (null, "S256"), (client.World.Verifier, "plain"), (client.World.Verifier, null)])
        {
            using var refused = await client.PushAsync(parameters => (parameters["code_challenge"], parameters["code_challenge_method"]) = (challenge, method));
            await refused.RefusedAsync("invalid_request");
        }

        Assert.StartsWith(AuthorizationRequests.UriPrefix, await client.PushedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("client_id")]
    [InlineData("unknown")]
    public async Task A05_a_parameter_that_stands_twice_is_refused(string name)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var fields = client.Parameters().Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)).Append(KeyValuePair.Create("unknown", "1")).ToList();
        fields.Add(KeyValuePair.Create("client_assertion_type", ClientAssertion.Type));
        fields.Add(KeyValuePair.Create("client_assertion", await client.AssertionAsync()));
        fields.Add(fields.First(field => field.Key == name));
        using var refused = await _server.Http.PostAsync(_server.Url("/par"), new FormUrlEncodedContent(fields));
        await refused.RefusedAsync("invalid_request");
    }

    [Fact]
    public async Task A12_a_client_that_does_not_authenticate_pushes_nothing()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var before = await _server.CountAsync("pushed_request");
        using (var nothing = await client.PushAsync(form => form["client_secret"] = null)) await nothing.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using (var secret = await client.PushAsync(form => form["client_secret"] = "guess")) await secret.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        var (id, good) = await _server.RegisterAsync();
        var world = new TestSignIn(_server, id, null, TestFapiClient.RedirectUri);
        using (var unauthenticated = await world.PostAsync("/par", Fields(world))) await unauthenticated.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(before, await _server.CountAsync("pushed_request"));

        // With its secret it may, and so may a public client by its name.
        world = new TestSignIn(_server, id, good, TestFapiClient.RedirectUri);
        using (var pushed = await world.PostAsync("/par", Fields(world))) await TestFapiClient.UriOfAsync(pushed);
        var (name, _) = await _server.RegisterAsync(change: request => request with { Authentication = ClientCredentials.None });
        world = new TestSignIn(_server, name, null, TestFapiClient.RedirectUri);
        using (var pushed = await world.PostAsync("/par", Fields(world))) await TestFapiClient.UriOfAsync(pushed);

        static (string Name, string Value)[] Fields(TestSignIn world) =>
            [.. Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(world.AuthorizeUrl()).Query).Where(pair => pair.Key != "client_id").Select(pair => (pair.Key, pair.Value.ToString()))];
    }

    [Fact]
    public async Task A12_a_client_pushes_nothing_in_anothers_name()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        var assertion = await other.AssertionAsync();
        using var refused = await client.PushAsync(form => (form["client_assertion_type"], form["client_assertion"]) = (ClientAssertion.Type, assertion));
        await refused.RefusedAsync("invalid_client", HttpStatusCode.Unauthorized);
        using var signed = await other.PushSignedAsync(await client.SignedRequestAsync());
        await signed.RefusedAsync("invalid_request_object");
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:request_uri:other")]
    [InlineData("https://evil.example/request")]
    public async Task A13_a_pushed_request_holds_no_request_uri(string uri)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var beside = await client.PushAsync(parameters => parameters["request_uri"] = uri);
        await beside.RefusedAsync("invalid_request");
        using var inside = await client.PushSignedAsync(await client.SignedRequestAsync((_, claims) => claims["request_uri"] = uri));
        await inside.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public async Task A14_a_pushed_request_serves_until_it_is_answered_and_never_after()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var wallet = await _server.MemberAsync();
        var uri = await client.PushedAsync();
        for (var i = 0; i < 3; i++) await client.VisitAsync(uri);
        await client.World.ProveAsync(wallet);
        foreach (var beside in ((string, string)[])[("x", "y"), ("prompt", "none"), ("redirect_uri", TestFapiClient.RedirectUri), ("state", "s")])
        {
            using var again = await client.World.Browser.GetAsync(client.UrlOf(uri, beside));
            await again.RefusedAsPageAsync("invalid_request_uri");
        }
    }

    [Fact]
    public async Task A14_an_answer_without_a_question_is_an_answer_too()
    {
        // CVE-2026-96446: by prompt=none a request gave any number of codes.
        var client = await TestFapiClient.RegisterAsync(_server);
        await client.SignInAsync(await _server.MemberAsync());
        var silent = await client.PushedAsync(parameters => parameters["prompt"] = "none");
        using (var first = await client.World.Browser.GetAsync(client.UrlOf(silent)))
            Assert.StartsWith(TestFapiClient.RedirectUri + "?code=", first.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var second = await client.World.Browser.GetAsync(client.UrlOf(silent));
        await second.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task A14_of_two_pages_of_one_request_one_gets_a_code()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var wallet = await _server.MemberAsync();
        var uri = await client.PushedAsync();
        await client.VisitAsync(uri);
        var first = await TestSignIn.AnswerAsync(wallet, client.World.SameDeviceLink);
        await client.VisitAsync(uri);
        var second = await TestSignIn.AnswerAsync(wallet, client.World.SameDeviceLink);
        using var good = await client.World.Browser.GetAsync(first);
        Assert.StartsWith(TestFapiClient.RedirectUri + "?code=", good.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var late = await client.World.Browser.GetAsync(second);
        Assert.DoesNotContain("code=", late.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A14_at_two_servers_at_once_a_silent_request_gives_one_code()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var client = await TestFapiClient.RegisterAsync(server);
        await client.SignInAsync(await server.MemberAsync());
        using var pushed = await client.PushAsync(parameters => parameters["prompt"] = "none", at: beside);
        var url = client.UrlOf(await TestFapiClient.UriOfAsync(pushed));
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(turn =>
            client.World.Browser.GetAsync((turn % 2 == 0 ? server : beside).UrlHere("/authorize") + new Uri(url).Query)));
        var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        foreach (var answer in answers.Where(answer => answer != winner)) await answer.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task A15_a_pushed_request_is_over_after_a_minute_and_is_nobody_elses()
    {
        await using var server = await TestServer.StartAsync();
        var (client, other) = (await TestFapiClient.RegisterAsync(server), await TestFapiClient.RegisterAsync(server));
        var uri = await client.PushedAsync();
        using (var foreign = await other.World.Browser.GetAsync(other.UrlOf(uri))) await foreign.RefusedAsPageAsync("invalid_request_uri");
        using (var unknown = await client.World.Browser.GetAsync(client.UrlOf(uri + "x"))) await unknown.RefusedAsPageAsync("invalid_request_uri");
        server.Time.Move(TimeSpan.FromSeconds(55));
        await client.VisitAsync(uri);
        server.Time.Move(TimeSpan.FromSeconds(6));
        using (var late = await client.World.Browser.GetAsync(client.UrlOf(uri))) await late.RefusedAsPageAsync("invalid_request_uri");

        // The sign-in that it began goes on.
        await client.World.ProveAsync(await server.MemberAsync());
    }

    [Theory]
    [InlineData("state")]
    [InlineData("nonce")]
    public async Task A16_64_KB_are_refused_and_64_characters_are_not(string name)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.PushAsync(parameters => parameters[name] = new string('s', 64 * 1024));
        await refused.RefusedAsync("invalid_request");
        using var signed = await client.PushSignedAsync(await client.SignedRequestAsync((_, claims) => claims[name] = new string('s', 16 * 1024)));
        await signed.RefusedAsync("invalid_request");
        await client.PushedAsync(parameters => parameters[name] = new string('s', 64));
    }

    [Fact]
    public async Task What_is_pushed_is_checked_at_once_and_is_stored_sealed()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        foreach (var (name, value, error) in ((string, string?, string)[])
        [
            ("redirect_uri", "https://evil.example/callback", "invalid_request"), ("redirect_uri", null, "invalid_request"), ("response_type", "token", "unsupported_response_type"),
            ("scope", "membership", "invalid_scope"), ("claims", "{", "invalid_request"), ("max_age", "x", "invalid_request"), ("registration", "{}", "registration_not_supported"),
            ("dpop_jkt", "x", "invalid_request"), ("client_id", "another", "invalid_client"),
        ])
        {
            using var refused = await client.PushAsync(parameters => parameters[name] = value);
            await refused.RefusedAsync(error, error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest);
        }

        var uri = await client.PushedAsync(parameters => parameters["login_hint"] = "somebody-in-particular");
        var row = await PushedRequests.FindAsync(_server.Nation.Database, RandomId.Digest(uri));
        Assert.DoesNotContain("somebody-in-particular", System.Text.Encoding.UTF8.GetString(row!.Parameters), StringComparison.Ordinal);
        Assert.Null(await PushedRequests.FindAsync(_server.Nation.Database, uri));
    }

    [Fact]
    public async Task A_client_that_must_push_its_requests_begins_no_other_way()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var plain = await client.World.AskAsync();
        plain.RefusedByRedirect("invalid_request", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
        var request = await client.SignedRequestAsync();
        using var signed = await client.World.AskAsync(parameters => parameters["request"] = request);
        signed.RefusedByRedirect("invalid_request", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
    }

    [Fact]
    public async Task A35_a_request_uri_is_no_code_and_a_code_is_no_request_uri()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var uri = await client.PushedAsync();
        foreach (var code in (string[])[uri, uri[AuthorizationRequests.UriPrefix.Length..]])
        {
            using var refused = await client.RedeemAsync(code);
            await refused.RefusedAsync("invalid_grant");
        }

        var real = await client.CodeAsync(await _server.MemberAsync());
        using var page = await client.World.Browser.GetAsync(client.UrlOf(AuthorizationRequests.UriPrefix + real));
        await page.RefusedAsPageAsync("invalid_request_uri");
    }

    [Fact]
    public async Task A_request_that_another_site_posts_goes_on_by_its_name()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var uri = await client.PushedAsync();
        using var posted = await client.World.Browser.PostAsync(
            _server.Url("/authorize"), new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = client.ClientId, ["request_uri"] = uri, ["state"] = "beside" }));
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.Contains("request_uri=", posted.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var begun = await client.World.Browser.GetAsync(posted.Headers.Location);
        await client.World.FollowAsync(begun);
    }
}
