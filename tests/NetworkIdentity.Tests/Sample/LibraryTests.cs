using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.SamplePartner;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Sample;

/// <summary>The sample library at a real nation: an app that knows what every app is told.</summary>
public sealed class LibraryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A_member_signs_in_sees_all_that_the_app_learned_and_signs_out()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        await visitor.GoAsync(library.Home);
        Assert.Contains("href=\"/sign-in\">Sign in with <bdi>Nation of Tests</bdi></a>", visitor.Html);

        await library.SignInAsync(visitor, await _server.MemberAsync(null, ("tier", "citizen"), ("display_name", "Ana Lovelace")));
        Assert.Equal((library.Home, "You are signed in"), (visitor.Url, visitor.Heading));
        Assert.Contains("Tier citizen", visitor.Text);
        Assert.Contains("From the ID token, and userinfo again.", visitor.Text);
        Assert.DoesNotContain("Lovelace", visitor.Html); // three letters would be met by chance in what is random
        Assert.Contains("5 minutes", visitor.Text);

        foreach (var part in (string[])["Authorization request", "Authorization response", "Token request and response", "ID token, decoded", "Userinfo request and response"])
            Assert.Contains($"<h3>{part}</h3>", visitor.Html);
        Assert.Contains("client_secret=********", visitor.Html);
        Assert.DoesNotContain(library.Options.ClientSecret, visitor.Html);
        Assert.Contains("code_verifier=", visitor.Html);
        Assert.Contains("code_challenge_method=S256", visitor.Html);
        Assert.Contains("\"alg\": \"RS256\"", WebUtility.HtmlDecode(visitor.Html));

        await visitor.PressAsync();
        Assert.Equal("Welcome to Harbour Library", visitor.Heading);
        await visitor.GoAsync(library.Home);
        Assert.Equal("Welcome to Harbour Library", visitor.Heading);
        Assert.DoesNotContain("signed in before", visitor.Text);
    }

    [Fact]
    public async Task A_revoked_member_s_session_ends_by_name_at_the_next_view()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        var others = (await Credentials.ListAsync(_server.Nation.Database)).Select(record => record.Id);
        var wallet = await _server.MemberAsync();
        await library.SignInAsync(visitor, wallet);
        Assert.Equal("You are signed in", visitor.Heading);

        var record = Assert.Single(await Credentials.ListAsync(_server.Nation.Database), record => !others.Contains(record.Id));
        await _server.Nation.Revoker.RevokeAsync(record.Id, "for the test");
        await visitor.GoAsync(library.Home);
        Assert.Equal("Nation of Tests no longer confirms you", visitor.Heading);
        Assert.Contains("Reason invalid_token: the access token is not good here, or not any more", visitor.Text);
        Assert.Contains("WWW-Authenticate: Bearer", visitor.Html);
        Assert.Contains("Sign in with Nation of Tests", visitor.Text);

        // The cookie is gone, and the revoked credential opens no other session.
        await visitor.GoAsync(library.Home);
        Assert.Equal("Welcome to Harbour Library", visitor.Heading);
        await visitor.GoAsync(library.Options.Origin + "/sign-in");
        var page = visitor.Url;
        var link = TestPartner.WalletLink(visitor.Html);
        using (var refused = await wallet.AnswerAsync(await wallet.FetchAsync(link))) await refused.RefusedAsync("invalid_request");
        await visitor.PostAsync(page + "/cancel", []);
        Assert.Equal("You were not signed in", visitor.Heading);
        Assert.Contains("access_denied: no credential was accepted: revoked", visitor.Text);
    }

    [Fact]
    public async Task A76_a_wallet_that_says_no_is_a_page_with_the_reason_and_a_way_to_try_again()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        var wallet = await _server.MemberAsync();
        await visitor.GoAsync(library.Options.Origin + "/sign-in");
        var page = visitor.Url;
        var request = await wallet.FetchAsync(TestPartner.WalletLink(visitor.Html));
        using (await wallet.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = request["state"]!.GetValue<string>() })) await visitor.GoAsync(page);
        await visitor.PostAsync(page + "/cancel", []);
        Assert.Equal("You were not signed in", visitor.Heading);
        Assert.Contains("access_denied: no credential was accepted: wallet_access_denied", visitor.Text);
        Assert.Contains("href=\"/sign-in\">Try again</a>", visitor.Html);
    }

    [Fact]
    public async Task A76_a_sign_in_that_was_cancelled_comes_back_as_a_page_with_the_reason_and_a_way_to_try_again()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        await visitor.GoAsync(library.Options.Origin + "/sign-in");
        await visitor.PostAsync(visitor.Url + "/cancel", []);
        Assert.Equal(("You were not signed in", HttpStatusCode.OK), (visitor.Heading, visitor.Status));
        Assert.Contains("Nation of Tests says: the member cancelled the sign-in.", visitor.Text);
        Assert.Contains("Reason access_denied", visitor.Text);
        Assert.Contains("href=\"/sign-in\">Try again</a>", visitor.Html);
        Assert.Contains("<h3>Authorization response</h3>", visitor.Html);
        await visitor.GoAsync(library.Home);
        Assert.Equal("Welcome to Harbour Library", visitor.Heading);
    }

    [Fact]
    public async Task A17_an_answer_of_another_issuer_or_of_none_is_not_used()
    {
        await using var library = await TestPartner.StartAsync(_server);
        foreach (var change in (Func<string, string>[])[url => url.Replace("&iss=http", "&iss=https", StringComparison.Ordinal), url => url[..url.IndexOf("&iss=", StringComparison.Ordinal)]])
        {
            using var visitor = new Visitor();
            var answer = await library.AnswerAsync(visitor, await _server.MemberAsync());
            await visitor.GoAsync(change(answer));
            Assert.Equal("The answer is from someone else", visitor.Heading);

            // The code was not sent anywhere: the right answer still holds.
            await visitor.GoAsync(answer);
            Assert.Equal("You are signed in", visitor.Heading);
        }
    }

    [Fact]
    public async Task A_state_that_was_changed_is_not_known()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        var answer = await library.AnswerAsync(visitor, await _server.MemberAsync());
        await visitor.GoAsync(answer.Replace("state=", "state=A", StringComparison.Ordinal));
        Assert.Equal(("This sign-in is not known here", HttpStatusCode.BadRequest), (visitor.Heading, visitor.Status));
        await visitor.GoAsync(library.Options.RedirectUri);
        Assert.Equal("This sign-in is not known here", visitor.Heading);
        Assert.Contains("Try again", visitor.Text);
    }

    [Fact]
    public async Task A_browser_that_sends_no_cookie_back_is_told_so_and_so_is_another_browser()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var refusing = new Visitor(keepsCookies: false);
        await refusing.GoAsync(library.Home);
        var way = await refusing.GoAsync(library.Options.Origin + "/sign-in", url => !library.IsOurs(url));
        using var other = new Visitor();
        await other.GoAsync(way!);
        var link = TestPartner.WalletLink(other.Html);
        var answer = await other.GoAsync(await TestSignIn.AnswerAsync(await _server.MemberAsync(), link), library.IsOurs);

        await refusing.GoAsync(answer!);
        Assert.Equal("Your browser sent no cookie back", refusing.Heading);
        Assert.Contains("Allow cookies for this site", refusing.Text);
        await other.GoAsync(answer!);
        Assert.Equal("Your browser sent no cookie back", other.Heading);
    }

    [Fact]
    public async Task Who_loads_the_callback_again_is_where_they_wanted_to_be()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        var answer = await library.AnswerAsync(visitor, await _server.MemberAsync());
        await visitor.GoAsync(answer);
        await visitor.GoAsync(answer);
        Assert.Equal((library.Home, "You are signed in"), (visitor.Url, visitor.Heading));
    }

    [Fact]
    public async Task After_a_restart_of_the_app_a_sign_in_and_a_session_of_before_have_a_page_with_a_way_on()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        using var other = new Visitor();
        var answer = await library.AnswerAsync(visitor, await _server.MemberAsync());
        await library.SignInAsync(other, await _server.MemberAsync());
        await library.RestartAsync();

        await visitor.GoAsync(answer);
        Assert.Equal("This sign-in is not known here", visitor.Heading);
        Assert.Contains("was started anew", visitor.Text);
        await library.SignInAsync(visitor, await _server.MemberAsync());
        Assert.Equal("You are signed in", visitor.Heading);

        await other.PressAsync();
        Assert.Equal("This form is too old", other.Heading);
        await other.GoAsync(library.Home);
        Assert.Equal("Welcome to Harbour Library", other.Heading);
        Assert.Contains("You were signed in before", other.Text);
    }

    [Fact]
    public async Task Another_site_can_not_sign_someone_out()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        await library.SignInAsync(visitor, await _server.MemberAsync());
        await visitor.PostAsync(library.Options.Origin + "/sign-out", []);
        Assert.Equal(("This form is too old", HttpStatusCode.BadRequest), (visitor.Heading, visitor.Status));
        await visitor.GoAsync(library.Home);
        await visitor.PressAsync(value => value + "A");
        Assert.Equal("This form is too old", visitor.Heading);
        await visitor.GoAsync(library.Home);
        Assert.Equal("You are signed in", visitor.Heading);
    }

    [Fact]
    public async Task It_starts_while_the_nation_is_down_says_so_by_name_and_finds_it_later()
    {
        var issuer = $"http://localhost:{TestServer.FreePort()}";
        await using var library = await TestPartner.StartAsync(issuer, "unknown", "unknown", TimeProvider.System);
        using var visitor = new Visitor();
        await visitor.GoAsync(library.Home);
        Assert.Equal("Welcome to Harbour Library", visitor.Heading);
        await visitor.GoAsync(library.Options.Origin + "/sign-in");
        Assert.Equal(("Nation of Tests does not answer", HttpStatusCode.ServiceUnavailable), (visitor.Heading, visitor.Status));
        Assert.Contains("href=\"/sign-in\">Try again</a>", visitor.Html);

        await using var server = await TestServer.StartAsync(change: settings => settings with { Issuer = issuer });
        Assert.StartsWith(issuer + "/authorize?", await visitor.GoAsync(library.Options.Origin + "/sign-in", url => !library.IsOurs(url)));
    }

    [Fact]
    public async Task Under_another_name_of_this_machine_the_browser_is_sent_to_the_registered_one()
    {
        await using var library = await TestPartner.StartAsync(_server);
        using var visitor = new Visitor();
        await visitor.GoAsync($"http://localhost:{new Uri(library.Home).Port}/");
        Assert.Equal(library.Home, visitor.Url);
        await visitor.PostAsync($"http://localhost:{new Uri(library.Home).Port}/sign-out", []);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, visitor.Status);
        await visitor.GoAsync(library.Options.Origin + "/nowhere");
        Assert.Equal(("There is nothing here", HttpStatusCode.NotFound), (visitor.Heading, visitor.Status));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_exception_for_who_starts_it()
    {
        await using var library = await TestPartner.StartAsync(_server);
        var exception = await Assert.ThrowsAsync<IOException>(() => TestPartner.StartAsync(_server.Issuer, "a", "b", _server.Time, library.Options.Origin));
        Assert.Contains(new Uri(library.Home).Port.ToString(), exception.Message);
        Assert.Throws<ArgumentException>(() => SamplePartnerApp.Build(library.Options with { Origin = "https://library.localhost:5081" }));
        Assert.DoesNotContain(library.Options.ClientSecret, library.Options.ToString());
    }
}
