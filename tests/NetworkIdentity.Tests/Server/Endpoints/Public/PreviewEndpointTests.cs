using System.Net;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

/// <summary>A developer sees what their app asks, and nobody else could be led to do anything there.</summary>
public sealed class PreviewEndpointTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task It_shows_what_the_sign_in_page_would_and_the_policy_and_the_query()
    {
        var policy = new ProofPolicy([new("membership") { Required = ["tier"], OnRequest = ["member_since"], Optional = ["display_name"] }, new("residency", IsRequired: false)])
        {
            Purpose = "To lend <b>books</b>.",
            Contexts = [Session.SameDevice],
        };
        var (clientId, _) = await _server.RegisterAsync(change: request => request with { Policy = policy });
        var signIns = await _server.CountAsync("sign_in");
        using var response = await _server.Http.GetAsync(_server.Url($"/preview?client_id={clientId}"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(html);
        foreach (var words in (string[])["Example App", "app.example", "To lend <b>books</b>.", "<bdi>Tier</bdi>", "<bdi>Residency status</bdi>", "Not needed to sign in", "The app takes a proof with a wallet on this device only.", "\"claim_sets\"", "\"on_request\""])
            Assert.Contains(words, page, StringComparison.Ordinal);

        var narrow = await _server.Http.GetStringAsync(_server.Url($"/preview?client_id={clientId}&scope=openid"));
        Assert.Contains("<bdi>Tier</bdi>", narrow, StringComparison.Ordinal);
        Assert.DoesNotContain("Member since", narrow, StringComparison.Ordinal);
        Assert.DoesNotContain("Residency status", narrow, StringComparison.Ordinal);
        Assert.Equal(signIns, await _server.CountAsync("sign_in"));
    }

    [Fact]
    public async Task It_leads_nowhere_and_says_nothing_that_came_with_the_link()
    {
        var (clientId, _) = await _server.RegisterAsync();
        using var response = await _server.Http.GetAsync(_server.Url($"/preview?client_id={clientId}&scope=openid+membership&purpose=Send+money&client_name=Bank"));
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("Nobody is asked for anything on this page", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Send money", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Bank", page, StringComparison.Ordinal);
        Assert.DoesNotContain("openid4vp:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<a ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("method=\"post\"", page, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task An_app_that_is_not_there_or_was_retired_is_not_shown_and_nobody_is_called_for_it()
    {
        var (retired, _) = await _server.RegisterAsync();
        await _server.Nation.Registration.RetireAsync(retired);
        foreach (var id in (string[])["nobody", retired, "https://app.example/client.json", "<script>alert(1)</script>"])
        {
            using var response = await _server.Http.GetAsync(_server.Url($"/preview?client_id={Uri.EscapeDataString(id)}"));
            var page = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains("No app is registered here by that client id.", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("No app", await _server.Http.GetStringAsync(_server.Url("/preview")), StringComparison.Ordinal);
        using var schema = await _server.Http.GetAsync(_server.Url("/schemas/policy.schema.json"));
        Assert.Equal(ProofPolicy.SchemaFile, await schema.Content.ReadAsByteArrayAsync());
    }
}
