using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Joining;

/// <summary>Two running nations: the one says that its members are one person each, the other asks who applies to prove it. Through HTTP, with a wallet, on this run's engine.</summary>
public sealed partial class PersonhoodEndpointTests : IAsyncLifetime
{
    private readonly Dictionary<string, string> _cookies = [];
    private readonly HttpClient _browser = TestServer.NewProgram();

    private TestServer _people = null!;
    private TestServer _nation = null!;
    private TestWallet _wallet = null!;
    private Applying.Applied _applied = null!;

    private string Page => _nation.Url($"/applications/{_applied.Id}/personhood");

    [GeneratedRegex("""name="form" value="(?<value>[^"]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex FormValue();

    [GeneratedRegex("""href="(?<value>openid4vp:[^"]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex WalletLink();

    [GeneratedRegex("""class="digits" dir="ltr">(?<value>\d\d)<""", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    [GeneratedRegex("""name="number" value="(?<value>\d\d)" """, RegexOptions.ExplicitCapture)]
    private static partial Regex Choice();

    public async ValueTask InitializeAsync()
    {
        _people = await TestServer.StartAsync(change: settings => settings with { NationName = "People" });
        _wallet = await _people.MemberAsync();
        await _people.GiveAsync(_wallet, "personhood");
        _nation = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        await Rules.AdoptAsync(_nation.Nation.Database, _nation.Time, PersonhoodWorld.CharterOf("persons", [_people.Issuer]));
        _applied = await ApplyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _nation.DisposeAsync();
        await _people.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_one_person_at_one_nation_joins_another()
    {
        var ana = await _nation.MemberAsync();
        var ben = await _nation.MemberAsync();
        string[] stewards = [(await _nation.RecordOfAsync(ana)).MemberId, (await _nation.RecordOfAsync(ben)).MemberId];
        foreach (var member in stewards)
            await Steward.AppointAsync(_nation.Nation.Database, _nation.Time, member, null, [Act.Admit], DateOnly.FromDateTime(_nation.Time.GetUtcNow().UtcDateTime.AddDays(30)));

        var html = await TextAsync(Page);
        Assert.Contains(_people.Issuer, html, StringComparison.Ordinal);
        var link = await BeginAsync();
        Assert.Equal("waiting", await StateAsync());
        var request = await _wallet.FetchAsync(link);
        Assert.Contains("you ask to join it", (string)request["client_metadata"]!["client_name"]!, StringComparison.Ordinal);
        Assert.Equal("scanned", await StateAsync());
        using (var second = await _nation.Http.GetAsync(TestWallet.Parameter(link, "request_uri"))) Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);

        using var answer = await _wallet.AnswerAsync(request);
        var back = (string)(await answer.JsonAsync())["redirect_uri"]!;
        Assert.Equal("confirming", await StateAsync());
        Assert.Equal(Applications.Vouching, await StandsAsync());
        using (var returned = await SendAsync(HttpMethod.Get, back)) Assert.Equal((HttpStatusCode.SeeOther, Page), (returned.StatusCode, returned.Headers.Location!.ToString()));
        Assert.Contains("You are one person", await TextAsync(Page), StringComparison.Ordinal);
        Assert.Equal(Applications.Review, await StandsAsync());

        var question = Assert.Single(await _nation.Nation.Deciding.ForAsync(stewards[0]));
        foreach (var member in stewards) await _nation.Nation.Deciding.ApproveAsync(question.Row.Id, member);
        var made = await _nation.Nation.Applying.CollectAsync(_applied.Secret);
        await new TestWallet(_nation).TakeAsync(made.Id, made.TransactionCode);
        await _nation.Nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Joined, await StandsAsync());

        // Once: the page of a second application says why not, and nothing of whether it is a member.
        _applied = await ApplyAsync();
        await ProveAsync();
        html = await TextAsync(Page);
        Assert.Contains("person_known", html, StringComparison.Ordinal);
        Assert.Contains("This person belongs already, or asks to join by another application.", html, StringComparison.Ordinal);
        Assert.Equal(Applications.Vouching, await StandsAsync());
    }

    [Fact]
    public async Task On_another_device_who_holds_the_wallet_says_which_number_the_browser_shows()
    {
        foreach (var (choose, state) in ((Func<string, string?>, string)[])[(_ => "right", "proven"), (_ => null, "needed"), (_ => "other", "needed")])
        {
            _applied = await ApplyAsync();
            var request = await _wallet.FetchAsync(await BeginAsync());
            using var answer = await _wallet.AnswerAsync(request);
            var back = (string)(await answer.JsonAsync())["redirect_uri"]!;
            var code = back[back.IndexOf('?', StringComparison.Ordinal)..];

            // The wallet's device knows no application.
            using var phone = TestServer.NewBrowser();
            var choices = Choice().Matches(await phone.GetStringAsync(back)).Select(match => match.Groups["value"].Value).ToList();
            var number = Number().Match(await TextAsync(Page)).Groups["value"].Value;
            Assert.Equal(3, choices.Count);
            Assert.Contains(number, choices);
            Assert.Equal("confirming", await StateAsync());
            var chosen = choose(number) switch { "right" => number, "other" => choices.First(one => one != number), _ => null };
            using var posted = chosen is null
                ? await phone.PostAsync(_nation.Url("/personhood/not-mine" + code), null)
                : await phone.PostAsync(_nation.Url("/personhood/confirm" + code), new FormUrlEncodedContent([KeyValuePair.Create("number", chosen)]));
            Assert.Equal(back, posted.Headers.Location!.ToString());
            Assert.Contains(state == "proven" ? "Done here" : "It did not count", await phone.GetStringAsync(back), StringComparison.Ordinal);
            Assert.Equal(state, await StateAsync());
            await _nation.Nation.Applying.WithdrawAsync(_applied.Secret);
        }
    }

    [Fact]
    public async Task What_is_not_taken_is_said_and_tried_again()
    {
        var request = await _wallet.FetchAsync(await BeginAsync());
        using (var declined = await _wallet.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = (string)request["state"]! })) Assert.Equal("{}", await declined.Content.ReadAsStringAsync());
        Assert.Equal("failed", await StateAsync());
        Assert.Contains("wallet_access_denied", await TextAsync(Page), StringComparison.Ordinal);
        var wrong = TestWallet.VpToken(await _wallet.PresentationAsync(request, [], type: "membership"), "personhood");
        using (var refused = await _wallet.AnswerAsync(request, wrong)) Assert.Contains("at step Query: query_not_satisfied", await refused.RefusedAsync("invalid_request"), StringComparison.Ordinal);

        // Its issuer is gone, and is there again.
        var record = await _people.RecordOfAsync(_wallet, "personhood");
        await _people.StopAsync();
        using (var unknown = await _wallet.AnswerAsync(request)) Assert.Contains("Undetermined at step", await unknown.RefusedAsync("invalid_request"), StringComparison.Ordinal);
        Assert.Contains("its issuer did not answer", await TextAsync(Page), StringComparison.Ordinal);
        Assert.Equal(Applications.Vouching, await StandsAsync());
        Assert.Equal("personhood", record.Type);
    }

    [Fact]
    public async Task A90_a_browser_that_does_not_know_the_application_sees_and_does_nothing()
    {
        var form = FormValue().Match(await TextAsync(Page)).Groups["value"].Value;
        await BeginAsync();
        var known = _cookies.Single(cookie => cookie.Key.StartsWith("applied-", StringComparison.Ordinal)).Key;
        using (var elsewhere = await SendAsync(HttpMethod.Post, Page, ("form", "AAAA"))) Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        _cookies[known] = RandomId.Secret();
        foreach (var path in (string[])["", "/state"])
            using (var other = await SendAsync(HttpMethod.Get, Page + path)) Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using (var other = await SendAsync(HttpMethod.Post, Page, ("form", form))) Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);

        // The secret of one application opens no other.
        _cookies[known] = (await _nation.Nation.Applying.ApplyAsync("Mal", "Words.", null)).Secret;
        using (var other = await SendAsync(HttpMethod.Get, Page)) Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using (var none = await _browser.GetAsync(_nation.Url("/personhood/return?response_code=none"))) Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
    }

    private async Task<Applying.Applied> ApplyAsync()
    {
        var applied = await _nation.Nation.Applying.ApplyAsync("Gil", "Words.", null);
        _cookies[$"applied-{applied.Id}"] = applied.Secret;
        return applied;
    }

    /// <summary>Presses the button, and reads the link for a wallet from the page.</summary>
    private async Task<string> BeginAsync()
    {
        using var begun = await SendAsync(HttpMethod.Post, Page, ("form", FormValue().Match(await TextAsync(Page)).Groups["value"].Value));
        Assert.Equal((HttpStatusCode.SeeOther, Page), (begun.StatusCode, begun.Headers.Location!.ToString()));
        return WebUtility.HtmlDecode(WalletLink().Match(await TextAsync(Page)).Groups["value"].Value);
    }

    private async Task ProveAsync()
    {
        using var answer = await _wallet.AnswerAsync(await _wallet.FetchAsync(await BeginAsync()));
        using var back = await SendAsync(HttpMethod.Get, (string)(await answer.JsonAsync())["redirect_uri"]!);
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
    }

    private async Task<string> StandsAsync() => (await Applications.FindAsync(_nation.Nation.Database, _applied.Id))!.State;

    private async Task<string> StateAsync()
    {
        using var response = await SendAsync(HttpMethod.Get, Page + "/state");
        return (string)(await response.JsonAsync())["state"]!;
    }

    private async Task<string> TextAsync(string url)
    {
        using var response = await SendAsync(HttpMethod.Get, url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends with the cookies of the browser that applied, and keeps those that it is given.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        if (method == HttpMethod.Post) request.Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var response = await _browser.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var given) ? given : [])
            _cookies[cookie.Split('=')[0]] = cookie.Split('=')[1].Split(';')[0];
        return response;
    }
}
