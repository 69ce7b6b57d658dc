using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>A member's account: the nation's own page, which signs its member in as any app does, and where they end what they began.</summary>
public sealed class AccountTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task Its_member_signs_in_by_a_credential_and_sees_what_they_are_signed_in_to()
    {
        var wallet = await _server.MemberAsync(null, ("tier", "citizen"));
        var (world, tokens) = await SignedInAsync(wallet, "Harbour Library");
        var (elsewhere, _) = await SignedInAsync(wallet, "Second App");
        await SignedInAsync(await _server.MemberAsync(), "Another's App");

        using var sent = await world.Browser.GetAsync(_server.Url("/account"));
        Assert.StartsWith(_server.Url("/authorize?client_id=account&"), sent.Headers.Location!.ToString());
        var html = await OpenAsync(world.Browser, wallet);
        Assert.Contains("What you are signed in to", html);
        Assert.Contains("Harbour Library", html);
        Assert.Contains("It knows you in this browser", html);
        Assert.Contains("Second App", html);
        Assert.Contains("It knows you in another browser", html);
        Assert.DoesNotContain("Another&#x27;s App", html);
        Assert.DoesNotContain("your account</bdi>", html);
        Assert.Contains("Tier", html);

        // Not by a session of an app, and not in another browser.
        using var other = await elsewhere.Browser.GetAsync(_server.Url("/account"));
        Assert.Equal(HttpStatusCode.SeeOther, other.StatusCode);
        Assert.Equal(2, (await Sessions.OfMemberAsync(_server.Nation.Database, (await SessionAsync(tokens)).MemberId, Now())).Count(session => session.ClientId != MemberPages.ClientId));
    }

    [Fact]
    public async Task Signing_out_ends_this_browsers_session_and_taking_back_ends_all()
    {
        var wallet = await _server.MemberAsync();
        var (here, tokens) = await SignedInAsync(wallet, "Harbour Library");
        var there = new TestSignIn(_server, here.ClientId, here.Secret, here.RedirectUri);
        await there.OpenAsync();
        var theirs = await there.SignInAsync(wallet);
        var html = await OpenAsync(here.Browser, wallet);

        using (var out1 = await PressAsync(here.Browser, html, "/account/sign-out", here.ClientId)) Assert.Equal(_server.Url("/account"), out1.Headers.Location!.ToString());
        Assert.Equal(Sessions.LoggedOut, (await SessionAsync(tokens)).EndReason);
        Assert.Null((await SessionAsync(theirs)).EndedAt);
        html = await here.Browser.GetStringAsync(_server.Url("/account"));
        Assert.DoesNotContain("/account/sign-out", html);

        using (await PressAsync(here.Browser, html, "/account/withdraw", here.ClientId)) { }
        Assert.Equal(Sessions.Withdrawn, (await SessionAsync(theirs)).EndReason);
        Assert.Contains("No app knows you now", await here.Browser.GetStringAsync(_server.Url("/account")));
        using var refused = await there.UserInfoAsync((string)theirs["access_token"]!);
        await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_a_member_holds_can_be_had_as_a_file_and_is_the_same_one_again()
    {
        var wallet = await _server.MemberAsync(null, ("display_name", "Ana"));
        var (world, _) = await SignedInAsync(wallet, "Harbour Library");
        var html = await OpenAsync(world.Browser, wallet);
        Assert.Contains("Download <bdi>Membership</bdi>", html);
        Assert.DoesNotContain("Residency", html);

        var (first, second) = (await DownloadAsync(), await DownloadAsync());
        Assert.Equal(first.Jws.SigningInput.ToArray(), second.Jws.SigningInput.ToArray());
        var did = _server.Nation.DidLog!;
        var method = ControlledIdentifierDocument.Retrieve(did.Document, first.KeyId!, ControlledIdentifierDocument.AssertionMethod, _server.Time.GetUtcNow());
        var credential = first.VerifyCredential(VerificationKey.Import(method.Key), method.Controller, _server.Time.GetUtcNow());
        Assert.Equal((did.Did, "Ana"), (credential.Issuer, (string)credential.Subjects[0]["display_name"]!));
        Assert.False(credential.Subjects[0].ContainsKey("id"), "it is nobody's key's");
        Assert.Equal(Verifying.Outcome.Accepted, (await _server.Nation.W3cCredentials.VerifyAsync(first.Jws.Compact, issuer => issuer == did.Did, Verifying.CredentialTerms.None)).Verdict.Outcome);

        // It is revoked with the others, and then there is none.
        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(wallet)).Id, "a reason");
        _server.Time.Move(Issuing.StatusListPublisher.Interval);
        Assert.Equal("revoked", (await _server.Nation.W3cCredentials.VerifyAsync(first.Jws.Compact, issuer => issuer == did.Did, Verifying.CredentialTerms.None)).Verdict.Reason);
        using var sent = await PressAsync(world.Browser, html, "/account/download", "membership", "type");
        Assert.NotEqual(HttpStatusCode.OK, sent.StatusCode);

        async Task<EnvelopingProof> DownloadAsync()
        {
            using var file = await PressAsync(world.Browser, html, "/account/download", "membership", "type");
            Assert.Equal(("application/vc+jwt", "membership.vc.jwt"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
            return EnvelopingProof.Parse(await file.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A19_a_form_without_this_browsers_own_value_changes_nothing()
    {
        var wallet = await _server.MemberAsync();
        var (world, tokens) = await SignedInAsync(wallet, "Harbour Library");
        await OpenAsync(world.Browser, wallet);
        var other = await _server.MemberAsync();
        var (stranger, _) = await SignedInAsync(other, "Their App");
        var theirs = await OpenAsync(stranger.Browser, other);
        using (var foreign = await PressAsync(world.Browser, theirs, "/account/withdraw", world.ClientId)) await foreign.RefusedAsPageAsync("invalid_request");

        // And with their own they reach their own sessions alone.
        using (await PressAsync(stranger.Browser, theirs, "/account/withdraw", world.ClientId)) { }
        using (await PressAsync(stranger.Browser, theirs, "/account/sign-out", world.ClientId)) { }
        Assert.Null((await SessionAsync(tokens)).EndedAt);
    }

    [Fact]
    public async Task A19_a_code_that_another_browser_got_signs_nobody_in()
    {
        var wallet = await _server.MemberAsync();
        var attacker = TestServer.NewBrowser();
        var back = await ProveAsync(attacker, wallet);
        using var victim = TestServer.NewBrowser();
        using (await victim.GetAsync(_server.Url("/account"))) { }
        using (var login = await victim.GetAsync(back)) await login.RefusedAsPageAsync("invalid_grant");
        using var page = await victim.GetAsync(_server.Url("/account"));
        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);
        using var without = TestServer.NewBrowser();
        using (var login = await without.GetAsync(back)) await login.RefusedAsPageAsync("sign_in_not_here", HttpStatusCode.NotFound);
        using var mixed = await attacker.GetAsync(back.Replace(Uri.EscapeDataString(_server.Issuer), "https%3A%2F%2Fevil.example", StringComparison.Ordinal));
        await mixed.RefusedAsPageAsync("invalid_request");
    }

    [Fact]
    public async Task Who_declines_is_told_so_on_a_page()
    {
        using var browser = TestServer.NewBrowser();
        var page = await BeginAsync(browser);
        using var cancelled = await browser.PostAsync(page + "/cancel", null);
        using var back = await browser.GetAsync(cancelled.Headers.Location!.ToString());
        await back.RefusedAsPageAsync("access_denied");
    }

    [Fact]
    public async Task Its_session_ends_with_the_credential_and_with_logout()
    {
        var wallet = await _server.MemberAsync();
        using var browser = TestServer.NewBrowser();
        Assert.Contains("No app knows you now", await OpenAsync(browser, wallet));
        using (var asked = await browser.GetAsync(_server.Url("/logout"))) using (await LogoutModules.ConfirmAsync(browser, await asked.Content.ReadAsStringAsync())) { }
        using (var out1 = await browser.GetAsync(_server.Url("/account"))) Assert.Equal(HttpStatusCode.SeeOther, out1.StatusCode);
        await OpenAsync(browser, wallet);
        await _server.Nation.Revoker.RevokeAsync((await _server.RecordOfAsync(wallet)).Id, "for a test");
        using var revoked = await browser.GetAsync(_server.Url("/account"));
        Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
    }

    private async Task<string> OpenAsync(HttpClient browser, TestWallet wallet)
    {
        using var back = await browser.GetAsync(await ProveAsync(browser, wallet));
        Assert.Equal((HttpStatusCode.SeeOther, _server.Url("/account")), (back.StatusCode, back.Headers.Location?.ToString()));
        return await browser.GetStringAsync(_server.Url("/account"));
    }

    /// <summary>Signs in to the account, up to the address that the browser is sent back to.</summary>
    private async Task<string> ProveAsync(HttpClient browser, TestWallet wallet)
    {
        var link = TestSignIn.LinksOf(await browser.GetStringAsync(await BeginAsync(browser)))[0];
        using var proven = await browser.GetAsync(await TestSignIn.AnswerAsync(wallet, link));
        var back = proven.Headers.Location!.ToString();
        Assert.StartsWith(_server.Url("/account/return?"), back);
        return back;
    }

    private async Task<string> BeginAsync(HttpClient browser)
    {
        using var sent = await browser.GetAsync(_server.Url("/account"));
        using var asked = await browser.GetAsync(sent.Headers.Location!.ToString());
        return asked.Headers.Location!.ToString();
    }

    private Task<HttpResponseMessage> PressAsync(HttpClient browser, string html, string path, string clientId, string field = "client_id") => browser.PostAsync(
        _server.Url(path),
        new FormUrlEncodedContent(new Dictionary<string, string> { [field] = clientId, ["form"] = Regex.Match(html, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value }));

    private async Task<(TestSignIn World, System.Text.Json.Nodes.JsonObject Tokens)> SignedInAsync(TestWallet wallet, string name)
    {
        var world = await TestSignIn.BeginAsync(_server, request => request with { Name = name });
        return (world, await world.SignInAsync(wallet));
    }

    private Task<Sessions.Row> SessionAsync(System.Text.Json.Nodes.JsonObject tokens) => _server.SessionOfAsync(tokens);

    private long Now() => _server.Time.GetUtcNow().ToUnixTimeSeconds();
}
