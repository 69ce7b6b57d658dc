using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Tests.Core.Governing;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A nation that governs itself, on a real server: five stewards of the whole nation and a member of Austin, each with a wallet and a browser, who decide through the pages.</summary>
internal sealed partial class TestDesk : IAsyncDisposable
{
    private TestDesk(TestServer server) => Server = server;

    public TestServer Server { get; }

    /// <summary>The wallets, by name.</summary>
    public Dictionary<string, TestWallet> Wallets { get; } = [];

    /// <summary>The members' ids, by name.</summary>
    public Dictionary<string, string> People { get; } = [];

    public Deciding Deciding => Server.Nation.Deciding;

    /// <summary>Founds it: ana to eve for the whole nation, gil of Lisbon, hal of Austin, fay a member of Austin, and ivy, who has just joined; the founding phase is over.</summary>
    /// <param name="fay">What fay is called.</param>
    /// <param name="change">Changes the settings.</param>
    /// <param name="charter">The charter; that of the co-living nation where null.</param>
    /// <param name="days">How long ago all but ivy joined; where it is 0, the clock is this machine's, and the founding phase goes on.</param>
    public static async Task<TestDesk> GovernedAsync(string fay = "fay", Func<NetworkIdentity.Server.Settings, NetworkIdentity.Server.Settings>? change = null, Charter? charter = null, int days = 100)
    {
        var desk = new TestDesk(await TestServer.StartAsync(change: change));
        var (database, time) = (desk.Server.Nation.Database, desk.Server.Time);
        foreach (var node in (string[])["Lisbon", "Austin"]) await Node.AddAsync(database, time, node, "Somewhere");
        await Rules.AdoptAsync(database, time, charter ?? CharterTests.CoLiving);
        foreach (var name in (string[])["ana", "ben", "cyd", "dee", "eve"]) await desk.AppointAsync(name, "Lisbon", null);
        await desk.AppointAsync("gil", "Lisbon", "Lisbon");
        await desk.AppointAsync("hal", "Austin", "Austin");
        await desk.JoinAsync("fay", "Austin", fay);
        if (days > 0) time.Move(TimeSpan.FromDays(days));
        await desk.JoinAsync("ivy", "Lisbon");
        if (days > 0) await Rules.EndFoundingAsync(database, time);
        return desk;
    }

    /// <summary>A person becomes a member, on the founder's word.</summary>
    public async Task JoinAsync(string name, string node, string? called = null)
    {
        Wallets[name] = await Server.MemberAsync(null, ("display_name", called ?? name), ("node", node));
        People[name] = (await Server.RecordOfAsync(Wallets[name])).MemberId;
    }

    /// <summary>A browser that is at a page of the desk, after its person has signed in from it.</summary>
    public async Task<HttpClient> AtAsync(string name, string path = "/desk")
    {
        var browser = TestServer.NewBrowser();
        using var sent = await browser.GetAsync(Server.Url(path));
        await SignInAsync(browser, name, sent, path);
        return browser;
    }

    /// <summary>A person was sent to sign in, does, and comes back.</summary>
    public async Task SignInAsync(HttpClient browser, string name, HttpResponseMessage sent, string path)
    {
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.StartsWith(Server.Url("/authorize?client_id=account&"), sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var back = await browser.GetAsync(await ProveAsync(browser, name, sent.Headers.Location!.ToString()));
        Assert.Equal((HttpStatusCode.SeeOther, Server.Url(path)), (back.StatusCode, back.Headers.Location?.ToString()));
    }

    /// <summary>A person proves who they are, and who holds a steward credential that too, asked or not; the address at which their browser comes back.</summary>
    public async Task<string> ProveAsync(HttpClient browser, string name, string authorize)
    {
        if (Wallets[name].Held.ContainsKey("steward")) authorize = authorize.Replace("&scope=openid&", "&scope=openid%20steward&", StringComparison.Ordinal);
        using var asked = await browser.GetAsync(authorize);
        var link = TestSignIn.LinksOf(await browser.GetStringAsync(asked.Headers.Location!.ToString()))[0];
        using var proven = await browser.GetAsync(await TestSignIn.AnswerAsync(Wallets[name], link));
        return proven.Headers.Location!.ToString();
    }

    /// <summary>Sends a form of a page, with the hidden fields that stand in it and what is typed.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpClient browser, string html, string path, params (string Name, string Value)[] typed)
    {
        var fields = Hidden().Matches(html).GroupBy(match => match.Groups["name"].Value).ToDictionary(group => group.Key, group => WebUtility.HtmlDecode(group.First().Groups["value"].Value));
        foreach (var (name, value) in typed) fields[name] = value;
        var message = new HttpRequestMessage(HttpMethod.Post, Server.Url(path)) { Content = new FormUrlEncodedContent(fields) };

        // Who is refused for its length is answered before all of it is sent: the connection ends under the rest.
        message.Headers.ExpectContinue = fields.Values.Any(value => value.Length > 50_000);
        return browser.SendAsync(message);
    }

    /// <summary>Proposes through the form, whose page a person has just come to; the path of the decision.</summary>
    public async Task<string> ProposeAsync(HttpClient browser, string act, params (string Name, string Value)[] typed)
    {
        var path = $"/desk/propose/{act}";
        using var done = await SendAsync(browser, await browser.GetStringAsync(Server.Url(path)), path, typed);
        Assert.True(done.StatusCode == HttpStatusCode.SeeOther, await done.Content.ReadAsStringAsync());
        var location = done.Headers.Location!.ToString();
        Assert.StartsWith(Server.Url("/desk/decisions/"), location, StringComparison.Ordinal);
        return location[Server.Url("").Length..];
    }

    /// <summary>Presses a button of a decision's page.</summary>
    public async Task<HttpResponseMessage> PressAsync(HttpClient browser, string decision, string button) =>
        await SendAsync(browser, await browser.GetStringAsync(Server.Url(decision)), $"{decision}/{button}");

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task AppointAsync(string name, string node, string? of)
    {
        await JoinAsync(name, node);
        var until = DateOnly.FromDateTime(Server.Time.GetUtcNow().UtcDateTime.AddDays(365));
        var mandate = await Steward.AppointAsync(Server.Nation.Database, Server.Time, People[name], of, [.. Act.All], until);
        await Wallets[name].TakeAsync(await Server.Nation.Earning.OfferStewardAsync(People[name], mandate.Id));
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();
}
