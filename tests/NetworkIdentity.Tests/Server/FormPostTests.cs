using System.Net;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>response_mode=form_post [OAuth-Form-Post §2]: the answer in a form that the browser posts.</summary>
public sealed class FormPostTests
{
    [Fact]
    public async Task A_code_comes_in_a_form_for_the_redirect_uri()
    {
        await using var server = await TestServer.StartAsync();
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        using var begun = await signIn.Browser.GetAsync(signIn.AuthorizeUrl(parameters => parameters["response_mode"] = "form_post"));
        await signIn.FollowAsync(begun);

        using var answer = await wallet.AnswerAsync(await wallet.FetchAsync(signIn.SameDeviceLink));
        using var page = await signIn.Browser.GetAsync((await answer.JsonAsync())["redirect_uri"]!.GetValue<string>());
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains($"action=\"{signIn.RedirectUri}\"", html);
        Assert.Contains("name=\"state\" value=\"the-state\"", html);
        Assert.Contains($"name=\"iss\" value=\"{server.Issuer}\"", html);

        // Chromium holds form-action against the redirect that the app answers with, which may lead anywhere.
        Assert.DoesNotContain("form-action", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("form-action", (await signIn.Browser.GetAsync(signIn.Page)).Headers.GetValues("Content-Security-Policy").Single());
        Assert.EndsWith("; form-action 'self'", (await server.Http.GetAsync(server.Url("/"))).Headers.GetValues("Content-Security-Policy").Single());

        var code = html[(html.IndexOf("name=\"code\" value=\"", StringComparison.Ordinal) + 19)..][..43];
        using var tokens = await signIn.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }

    [Fact]
    public async Task Where_an_app_s_own_address_leads_both_pages_say_its_scheme()
    {
        await using var server = await TestServer.StartAsync();
        var signIn = await TestSignIn.BeginAsync(server, request => request with
        {
            Authentication = NetworkIdentity.Standards.OAuth.ClientCredentials.None,
            RedirectUris = ["example.library://www.bank.example/callback"],
        });
        var page = await signIn.Browser.GetStringAsync(signIn.Page);
        Assert.Contains("class=\"host\">example.library</bdi>", page);
        Assert.Contains(" data-by-hand", page);
        var form = await signIn.Browser.GetStringAsync(signIn.AuthorizeUrl(parameters => (parameters["response_mode"], parameters["prompt"]) = ("form_post", "none")));
        Assert.Contains("class=\"host\">example.library</bdi>", form);
    }

    [Fact]
    public async Task A21_a_state_that_is_markup_is_encoded_in_the_form()
    {
        await using var server = await TestServer.StartAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        using var page = await signIn.Browser.GetAsync(signIn.AuthorizeUrl(parameters =>
        {
            parameters["response_mode"] = "form_post";
            parameters["response_type"] = "token";
            parameters["state"] = "\"><script>alert(1)</script>";
        }));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("value=\"unsupported_response_type\"", html);
        Assert.DoesNotContain("<script>alert", html);
        Assert.Contains("&quot;&gt;&lt;script&gt;alert(1)", html);
        Assert.DoesNotContain("unsafe-inline", page.Headers.GetValues("Content-Security-Policy").Single());
    }
}
