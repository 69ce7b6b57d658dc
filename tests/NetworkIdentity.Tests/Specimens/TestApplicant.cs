using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Somebody who asks a <see cref="TestDesk"/> to be let in, through the pages, in a browser of their own.</summary>
internal sealed partial class TestApplicant(TestDesk desk, HttpClient browser, string path)
{
    public HttpClient Browser => browser;

    /// <summary>The path of the application's page.</summary>
    public string Path => path;

    public string Id => path.Split('/')[^1];

    /// <summary>Applies by the form.</summary>
    public static async Task<TestApplicant> ApplyAsync(TestDesk desk, string name = "Kim", string statement = "I cook.\nAnd I sing.", string? node = null, string? email = null)
    {
        var browser = TestServer.NewBrowser();
        using var sent = await SendAsync(desk, browser, ("name", name), ("statement", statement), ("node", node is null ? "" : $"node:{node}"), ("email", email ?? ""));
        Assert.True(sent.StatusCode == HttpStatusCode.SeeOther, await sent.Content.ReadAsStringAsync());
        var location = sent.Headers.Location!.ToString();
        Assert.StartsWith(desk.Server.Url("/applications/"), location, StringComparison.Ordinal);
        return new(desk, browser, location[desk.Server.Url("").Length..]);
    }

    /// <summary>Fills in the form and sends it, whatever comes of it.</summary>
    public static async Task<HttpResponseMessage> SendAsync(TestDesk desk, HttpClient browser, params (string Name, string Value)[] typed) =>
        await desk.SendAsync(browser, await browser.GetStringAsync(desk.Server.Url("/apply")), "/apply", typed);

    /// <summary>The page as it is now, unescaped.</summary>
    public async Task<string> ReadAsync() => WebUtility.HtmlDecode(await browser.GetStringAsync(desk.Server.Url(path)));

    /// <summary>The record.</summary>
    public async Task<Applications.Row> RowAsync() => (await Applications.FindAsync(desk.Server.Nation.Database, Id))!;

    /// <summary>The path of the link that the page gives for members.</summary>
    public async Task<string> VouchPathAsync() => VouchLink().Match(await ReadAsync()).Groups["path"].Value;

    /// <summary>The path of the link that leads back.</summary>
    public async Task<string> KeptPathAsync() => KeptLink().Match(await ReadAsync()).Groups["path"].Value;

    /// <summary>Presses a button of the page.</summary>
    public async Task<HttpResponseMessage> PressAsync(string button, params (string Name, string Value)[] typed) => await desk.SendAsync(browser, await browser.GetStringAsync(desk.Server.Url(path)), $"{path}/{button}", typed);

    /// <summary>A member vouches, through the pages.</summary>
    public async Task VouchAsync(string member, string words = "I know them.")
    {
        var vouch = await VouchPathAsync();
        var theirs = await desk.AtAsync(member, vouch);
        using var sent = await desk.SendAsync(theirs, await theirs.GetStringAsync(desk.Server.Url(vouch)), vouch, ("words", words));
        Assert.True(sent.StatusCode == HttpStatusCode.SeeOther, await sent.Content.ReadAsStringAsync());
    }

    /// <summary>Two members vouch; the path of the question that is put then.</summary>
    public async Task<string> VouchedAsync(string one = "fay", string other = "eve")
    {
        await VouchAsync(one, "We cooked for a year.");
        await VouchAsync(other, "Sings well.");
        var question = Assert.Single(await Decisions.OfSubjectAsync(desk.Server.Nation.Database, Id));
        Assert.Equal(Act.Admit, question.Act);
        return $"/desk/decisions/{question.Id}";
    }

    /// <summary>Two members vouch, and two stewards admit.</summary>
    public async Task AdmittedAsync()
    {
        var question = await VouchedAsync();
        foreach (var name in (string[])["ana", "ben"])
        {
            using var done = await desk.PressAsync(await desk.AtAsync(name), question, "approve");
            Assert.True(done.StatusCode == HttpStatusCode.SeeOther, await done.Content.ReadAsStringAsync());
        }
    }

    [GeneratedRegex("(?<path>/vouch/[A-Za-z0-9_-]{43})<", RegexOptions.ExplicitCapture)]
    private static partial Regex VouchLink();

    [GeneratedRegex("(?<path>/applications/open/[A-Za-z0-9_-]{43})<", RegexOptions.ExplicitCapture)]
    private static partial Regex KeptLink();
}
