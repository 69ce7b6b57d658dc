using System.Net;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Requests without end are told to wait, and nobody else is (A94).</summary>
public sealed class RateLimitAttacks
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.8")]
    [InlineData("2001:db8:1:1::7", "2001:db8:1:2::7")]
    public async Task A94_one_address_is_told_to_wait_and_the_next_one_is_served(string attacker, string member)
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 3 });
        using var alone = server.Alone();
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, attacker)).Status);
        var (status, wait, body) = await GetAsync(server, attacker);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.Contains("too_many_requests", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, member)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, attacker, "/health/ready")).Status);
    }

    [Theory]
    [InlineData("2001:db8:1:1::7", "2001:db8:1:1:ffff::8")]
    [InlineData("198.51.100.7", "::ffff:198.51.100.7")]
    [InlineData("198.51.100.7", "203.0.113.1, 198.51.100.7")]
    [InlineData("198.51.100.7", "203.0.113.1, 198.51.100.7, 192.0.2.1")]
    public async Task A94_another_spelling_an_address_of_the_same_house_and_what_a_stranger_wrote_before_it_change_nothing(string first, string then)
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 2, Proxies = [IPAddress.Parse("192.0.2.1")] });
        using var alone = server.Alone();
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, first)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(server, then)).Status);
    }

    [Fact]
    public async Task A94_a_wallet_in_a_browser_may_read_how_long_to_wait()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 1 });
        using var alone = server.Alone();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, "198.51.100.7")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Issuer + "/nonce");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        request.Headers.Add("Origin", "https://wallet.example");
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Retry-After", string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A94_a_person_is_told_what_to_do()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 1 });
        using var alone = server.Alone();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, "198.51.100.7")).Status);
        var (status, _, page) = await GetAsync(server, "198.51.100.7", "/authorize");
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains("Wait a minute, then load this page again", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A94_where_an_address_can_t_be_told_there_is_no_limit_for_everybody()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 1 });
        using var alone = server.Alone();
        foreach (var forwarded in (string?[])[null, null, "unknown", "unknown", "127.0.0.1", "127.0.0.1"])
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, forwarded)).Status);
    }

    [Fact]
    public async Task A94_an_apps_requests_count_once_it_has_shown_its_secret_and_an_attackers_dont()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerApp = 2 });
        using var alone = server.Alone();
        var (client, secret) = await server.RegisterAsync();
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await TokenAsync(server, client, "a guess"));
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.BadRequest, await TokenAsync(server, client, secret!));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TokenAsync(server, client, secret!));
        var (other, otherSecret) = await server.RegisterAsync("https://other.example/callback");
        Assert.Equal(HttpStatusCode.BadRequest, await TokenAsync(server, other, otherSecret!));
    }

    [Fact]
    public async Task A94_beginning_sign_ins_has_a_limit_for_each_address_and_over_it_nothing_is_written()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitSignInsPerAddress = 2 });
        using var alone = server.Alone();
        var (client, secret) = await server.RegisterAsync();
        var world = new TestSignIn(server, client, secret, "https://app.example/callback");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(world, "198.51.100.7")).Status);
        var rows = await server.CountAsync("sign_in") + await server.CountAsync("presentation_request");
        var (status, wait, body) = await AskAsync(world, "198.51.100.7");
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Contains("Wait a minute, then load this page again", body, StringComparison.Ordinal);
        Assert.Equal(rows, await server.CountAsync("sign_in") + await server.CountAsync("presentation_request"));

        // What a stranger writes before the address that the proxy saw changes nothing; the next address is served, and so is all that begins none.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(world, "203.0.113.1, 198.51.100.7")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(world, "198.51.100.8")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, "198.51.100.7")).Status);

        // Beginning again is beginning.
        await world.OpenAsync();
        world.Browser.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.7");
        using var again = await world.Browser.GetAsync(world.Page + "/again");
        Assert.Equal(HttpStatusCode.TooManyRequests, again.StatusCode);
        Assert.Contains("Open", await world.Browser.GetStringAsync(world.Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A94_beginning_sign_ins_has_a_limit_for_each_app_and_what_it_pushed_with_its_secret_is_not_counted()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitSignInsPerApp = 2 });
        using var alone = server.Alone();
        var (client, secret) = await server.RegisterAsync();
        var world = new TestSignIn(server, client, secret, "https://app.example/callback");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(world, $"198.51.100.{i}")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(world, "198.51.100.3")).Status);

        // Whoever floods an app's sign-ins shuts nobody out whose app pushes its requests.
        Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(world, "198.51.100.4", await PushedAsync(world))).Status);
        var (other, otherSecret) = await server.RegisterAsync("https://other.example/callback");
        Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(new TestSignIn(server, other, otherSecret, "https://other.example/callback"), "198.51.100.4")).Status);

        // Anyone may push in the name of an app without a secret.
        var (name, _) = await server.RegisterAsync("https://third.example/callback", request => request with { Authentication = ClientCredentials.None });
        var bare = new TestSignIn(server, name, null, "https://third.example/callback");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.SeeOther, (await AskAsync(bare, $"198.51.100.{i}", await PushedAsync(bare))).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(bare, "198.51.100.3", await PushedAsync(bare))).Status);
    }

    private static async Task<string> PushedAsync(TestSignIn world)
    {
        var fields = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(world.AuthorizeUrl()).Query)
            .Where(pair => pair.Key != "client_id").Select(pair => (pair.Key, pair.Value.ToString()));
        using var pushed = await world.PostAsync("/par", [.. fields]);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        return (await pushed.JsonAsync())["request_uri"]!.GetValue<string>();
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? Wait, string Body)> AskAsync(TestSignIn world, string forwarded, string? requestUri = null)
    {
        var url = requestUri is null ? world.AuthorizeUrl() : $"{world.AuthorizeUrl().Split('?')[0]}?client_id={Uri.EscapeDataString(world.ClientId)}&request_uri={Uri.EscapeDataString(requestUri)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        using var browser = TestServer.NewBrowser();
        using var response = await browser.SendAsync(request);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? Wait, string Body)> GetAsync(TestServer server, string? forwarded, string path = "/jwks")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Issuer + path);
        if (forwarded is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        using var response = await server.Http.SendAsync(request);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> TokenAsync(TestServer server, string client, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Issuer + "/token");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{client}:{Uri.EscapeDataString(secret)}")));
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = "none" });
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
