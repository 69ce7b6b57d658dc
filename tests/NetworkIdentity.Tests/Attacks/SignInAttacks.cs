using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried around the sign-in page: relays, guesses, ways back that lead elsewhere, and members who are made one.</summary>
public sealed partial class SignInAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/%09/evil.example")]
    [InlineData("/%5Cevil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task A20_no_parameter_leads_the_browser_elsewhere(string elsewhere)
    {
        var more = string.Concat(new[] { "ReturnUrl", "return_to", "next", "url", "back_to_url", "post_logout_redirect_uri" }
            .Select(name => $"&{name}={Uri.EscapeDataString(elsewhere)}"));
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        using (var asked = await world.Browser.GetAsync(world.AuthorizeUrl() + more)) await world.FollowAsync(asked);
        Assert.DoesNotContain("evil.example", await world.Browser.GetStringAsync($"{world.Page}?{more}"), StringComparison.Ordinal);

        using var early = await world.Browser.GetAsync($"{world.Page}/continue?{more}");
        Assert.Equal(world.Page, early.Headers.Location!.ToString());
        using var again = await world.Browser.GetAsync($"{world.Page}/again?{more}");
        Assert.Matches($"^{Regex.Escape(_server.Url("/sign-in/"))}[a-z0-9]+$", again.Headers.Location!.ToString());
        using var cancelled = await world.Browser.PostAsync($"{again.Headers.Location}/cancel?{more}", null);
        cancelled.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);

        await world.OpenAsync();
        using var back = await world.Browser.GetAsync(await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink) + more);
        Assert.StartsWith(world.RedirectUri + "?code=", back.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("//evil.example/%2e%2e")]
    [InlineData("/\\evil.example")]
    [InlineData("/%5Cevil.example")]
    [InlineData("/%09/evil.example")]
    [InlineData("/sign-in//evil.example/continue")]
    [InlineData("/sign-in/%2F%2Fevil.example/continue")]
    [InlineData("/sign-in/%2F%2Fevil.example/again")]
    [InlineData("/sign-in/..%2F..%2F%2Fevil.example/again")]
    [InlineData("/sign-in/https:%2F%2Fevil.example/continue")]
    [InlineData("/sign-in/return//evil.example?response_code=x")]
    [InlineData("/authorize//evil.example?client_id=x")]
    [InlineData("http://evil.example/sign-in/x/continue")]
    public async Task A20_no_path_leads_the_browser_elsewhere(string path)
    {
        var world = await TestSignIn.BeginAsync(_server);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Issuer + (path.StartsWith('/') ? path : $"/{path}"), AsWritten));
        using var response = await world.Browser.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Null(response.Headers.Location);
        Assert.False(response.Headers.Contains("Refresh"));
    }

    [Fact]
    public async Task A72_a_same_device_proof_goes_on_in_the_browser_that_asked_by_its_response_code_alone()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var codes = await _server.CountAsync("authorization_code");
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.SameDeviceLink);

        // An attacker who sent a victim their own link has the cookie, and the page, but not what the victim's wallet was given.
        Assert.Equal("scanned", await world.StateAsync());
        Assert.DoesNotContain("You are signed in", await world.Browser.GetStringAsync(world.Page), StringComparison.Ordinal);
        using (var early = await world.Browser.GetAsync(world.Page + "/continue")) Assert.Equal(world.Page, early.Headers.Location!.ToString());

        // The victim has that, and no cookie.
        using (var victim = TestServer.NewBrowser())
        using (var stranger = await victim.GetAsync(back))
        {
            var html = await stranger.RefusedAsPageAsync("This is another browser");
            Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
        }

        Assert.Equal(codes, await _server.CountAsync("authorization_code"));
        using var good = await world.Browser.GetAsync(back);
        await world.RedeemedAsync(good);
        Assert.Equal("verified", await world.StateAsync());
    }

    [Fact]
    public async Task A72_a_same_device_proof_that_never_comes_back_can_be_begun_again_and_then_counts_no_more()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        using (var again = await world.Browser.GetAsync(world.Page + "/again")) await world.FollowAsync(again);
        using (var late = await world.Browser.GetAsync(back)) late.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
        using var redeemed = await world.RedeemAsync(await world.ProveAsync(wallet));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);

        // Nor is it a success once its time is over.
        await world.OpenAsync();
        var tooLate = await TestSignIn.AnswerAsync(wallet, world.SameDeviceLink);
        _server.Time.Move(SignIn.Lifetime);
        Assert.Equal("expired", await world.StateAsync());
        using var denied = await world.Browser.GetAsync(tooLate);
        denied.RefusedByRedirect("access_denied", world.RedirectUri, world.State, _server.Issuer);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/state")]
    [InlineData("GET", "/continue")]
    [InlineData("GET", "/again")]
    [InlineData("POST", "/digital/request")]
    [InlineData("POST", "/digital")]
    [InlineData("POST", "/cancel")]
    public async Task A73_a_sign_in_is_not_there_for_who_has_not_its_cookie(string method, string path)
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(wallet, world.CrossDeviceLink);
        var signIns = await _server.CountAsync("sign_in");
        var other = await TestSignIn.BeginAsync(_server);
        var answers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (page, cookie) in ((string, string?)[])
        [
            (world.Page, null), (world.Page, "netid-a="), (world.Page, "netid-a=guess"), (world.Page, $"netid-a={new string('A', 43)}"),
            (world.Page, $"netid-a={world.Page[(world.Page.LastIndexOf('/') + 1)..]}"), (_server.Url($"/sign-in/{RandomId.New()}"), null),
            (_server.Url($"/sign-in/{RandomId.New()}"), $"netid-a={new string('A', 43)}"),
        ])
        {
            using var stranger = TestServer.NewProgram();
            using var request = new HttpRequestMessage(new HttpMethod(method), page + path);
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            using var response = await stranger.SendAsync(request);
            await NotThereAsync(response, path);
            answers.Add(Reference().Replace(await response.Content.ReadAsStringAsync(), "Reference"));
        }

        // One answer, whether the sign-in is there or was guessed: it tells nobody which.
        Assert.Single(answers);

        using (var request = new HttpRequestMessage(new HttpMethod(method), world.Page + path))
        using (var response = await other.Browser.SendAsync(request)) await NotThereAsync(response, path);
        Assert.Equal(signIns + 1, await _server.CountAsync("sign_in"));
        await world.ConfirmAsync(back);
        await world.ContinueAsync();
    }

    [Fact]
    public async Task A74_a_wrong_response_code_is_refused()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.SameDeviceLink);
        var good = TestWallet.Parameter(back, "response_code");
        foreach (var query in (string[])
        [
            "", "?response_code=", $"?response_code={RandomId.Secret()}", $"?response_code={good[..^1]}", $"?response_code={good}A",
            $"?response_code={RandomId.Digest(good)}", $"?response_code={good}&response_code={good}", $"?response_code={new string('A', 64 * 1024)}",
            $"?code={good}", "?response_code=%00", "?response_code=%27%20OR%201%3D1",
        ])
        {
            using var response = await world.Browser.GetAsync(_server.Url("/sign-in/return") + query);
            await response.RefusedAsPageAsync("invalid_request");
        }

        using var right = await world.Browser.GetAsync(back);
        await world.RedeemedAsync(right);
    }

    [Fact]
    public async Task A74_a_response_code_gives_one_code()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var back = await TestSignIn.AnswerAsync(await _server.MemberAsync(), world.SameDeviceLink);
        var codes = await _server.CountAsync("authorization_code");
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Browser.GetAsync(back)));
        var winner = Assert.Single(responses, response => response.StatusCode == HttpStatusCode.SeeOther);
        foreach (var response in responses.Where(response => response != winner)) await response.RefusedAsPageAsync("Already used");
        using (var reused = await world.Browser.GetAsync(back)) await reused.RefusedAsPageAsync("Already used");
        using (var page = await world.Browser.GetAsync(world.Page + "/continue")) await page.RefusedAsPageAsync("Already used");
        Assert.Equal(codes + 1, await _server.CountAsync("authorization_code"));
        await world.RedeemedAsync(winner);
    }

    [Fact]
    public async Task A80_the_same_claims_of_two_members_are_two_subjects()
    {
        await using var otherNation = await TestServer.StartAsync();
        var world = await TestSignIn.BeginAsync(_server);
        var subjects = new List<string>();
        foreach (var server in (TestServer[])[_server, _server, otherNation])
        {
            var wallet = await server.MemberAsync(null, ("display_name", "Ana"), ("tier", "citizen"));
            if (server == otherNation) world = await TestSignIn.BeginAsync(server);
            else await world.OpenAsync();
            subjects.Add(await SubjectAsync(world, wallet));
        }

        Assert.Equal(3, subjects.Distinct().Count());
    }

    [Fact]
    public async Task A80_a_member_is_one_subject_to_a_sector_and_another_to_the_next_and_never_an_id()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", "Ana"));
        var subjects = new List<string>();
        var ids = new List<string> { wallet.Key.PublicKey.Thumbprint() };
        foreach (var redirectUri in (string[])["https://app.example/callback", "https://app.example/other", "https://app2.example/callback", "https://example/callback"])
        {
            var world = await TestSignIn.BeginAsync(_server, request => request with { RedirectUris = [redirectUri] });
            subjects.Add(await SubjectAsync(world, wallet));
            ids.AddRange([world.ClientId, world.Page[(world.Page.LastIndexOf('/') + 1)..]]);
        }

        // Two apps of one host are one sector.
        Assert.Equal(subjects[0], subjects[1]);
        Assert.Equal(3, subjects.Distinct().Count());
        foreach (var record in await Credentials.ListAsync(_server.Nation.Database)) ids.AddRange([record.Id, record.MemberId, record.OfferId]);
        foreach (var subject in subjects)
        {
            Assert.Matches("^[A-Za-z0-9_-]{43}$", subject);
            Assert.All(ids, id => Assert.NotEqual(id, subject));
            Assert.All(ids, id => Assert.NotEqual(RandomId.Digest(id), subject));
        }
    }

    private static async Task NotThereAsync(HttpResponseMessage response, string path)
    {
        if (path is "/state" or "/digital" or "/digital/request") await response.RefusedAsync("sign_in_not_here", HttpStatusCode.NotFound);
        else Assert.Contains("keeps no cookies", await response.RefusedAsPageAsync("sign_in_not_here", HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    /// <summary>The subject, the same in the ID token and at userinfo; neither carries an id of the nation's.</summary>
    private static async Task<string> SubjectAsync(TestSignIn world, TestWallet wallet)
    {
        var tokens = await world.SignInAsync(wallet);
        var claims = Jws.Parse(tokens["id_token"]!.GetValue<string>()).Claims();
        using var userInfo = await world.UserInfoAsync(tokens["access_token"]!.GetValue<string>());
        var told = await userInfo.JsonAsync();
        Assert.Equal(claims["sub"]!.GetValue<string>(), told["sub"]!.GetValue<string>());
        return claims["sub"]!.GetValue<string>();
    }

    [GeneratedRegex("Reference <code dir=\"ltr\">[^<]*</code>", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
