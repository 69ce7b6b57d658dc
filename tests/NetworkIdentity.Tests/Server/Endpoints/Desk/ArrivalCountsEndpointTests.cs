using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using NetworkIdentity.Arriving;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Desk;

/// <summary>How many came to a door is told later, once, by a steward of that door; and who came is not told at all.</summary>
public sealed class ArrivalCountsEndpointTests
{
    private const string Id = "f3Jk0a-9_Zq7LmP2x";

    [Fact]
    public async Task A_shift_is_counted_once_and_its_stewards_see_sums_by_day()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var gil = await desk.AtAsync("gil");
        using (var first = await SendAsync(desk, gil, Shift(desk))) Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        using (var again = await SendAsync(desk, gil, Shift(desk))) Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        using (var more = await SendAsync(desk, gil, Shift(desk, ("shift", "another-shift-of-today"), ("admit", 30)))) Assert.Equal(HttpStatusCode.NoContent, more.StatusCode);
        foreach (var name in (string[])["admit", "ask", "refuse"]) await RefusedAsync(await SendAsync(desk, gil, Shift(desk, (name, 13))), "counts_differ", HttpStatusCode.Conflict);
        Assert.Equal(2, await desk.Server.CountAsync("arrival_count"));

        var html = await gil.GetStringAsync(desk.Server.Url("/desk"));
        Assert.Contains($"<tr><th scope=\"row\">{desk.Server.Day(0)}</th><td>42</td><td>6</td><td>2</td></tr>", html);
        Assert.Contains("<td>42</td>", await (await desk.AtAsync("ana")).GetStringAsync(desk.Server.Url("/desk")));
        Assert.DoesNotContain("What stations counted", await (await desk.AtAsync("hal")).GetStringAsync(desk.Server.Url("/desk")));
        Assert.DoesNotContain("What stations counted", await (await desk.AtAsync("fay")).GetStringAsync(desk.Server.Url("/desk")));

        desk.Server.Time.Move(TimeSpan.FromDays(Counting.Days + 2));
        Assert.DoesNotContain("What stations counted", await (await desk.AtAsync("gil")).GetStringAsync(desk.Server.Url("/desk")));
    }

    [Fact]
    public async Task Who_sent_it_and_the_times_in_the_day_are_not_kept()
    {
        await using var desk = await TestDesk.GovernedAsync();
        using (var sent = await SendAsync(desk, await desk.AtAsync("gil"), Shift(desk))) Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        var row = (IDictionary<string, object>)await desk.Server.Nation.Database.ReadAsync(connection => connection.QuerySingleAsync("SELECT * FROM arrival_count"));
        Assert.Equal(["shift", "node_id", "day", "admitted", "asked", "refused"], row.Keys);
        Assert.Equal(desk.Server.Day(0), row["day"]);
    }

    [Fact]
    public async Task A89_A91_nobody_but_a_steward_of_that_node_counts_there()
    {
        await using var desk = await TestDesk.GovernedAsync();
        foreach (var name in (string[])["hal", "fay"]) await RefusedAsync(await SendAsync(desk, await desk.AtAsync(name), Shift(desk)), "not_steward_there", HttpStatusCode.Forbidden);
        using var nobody = TestServer.NewBrowser();
        await RefusedAsync(await SendAsync(desk, nobody, Shift(desk)), "not_signed_in", HttpStatusCode.Forbidden);
        var gil = await desk.AtAsync("gil");
        foreach (var origin in (string?[])[null, "https://other.example", "null"]) await RefusedAsync(await SendAsync(desk, gil, Shift(desk), origin), "invalid_counts");
        await RefusedAsync(await SendAsync(desk, gil, Shift(desk), desk.Server.Nation.Keys.Nation.Origin, "text/plain"), "invalid_counts");

        var mandate = (await Stewards.InForceAsync(desk.Server.Nation.Database, 0, desk.People["gil"])).Single();
        await desk.Server.Nation.Database.CommitAsync(Stewards.End(mandate.Id, desk.Server.Time.GetUtcNow().ToUnixTimeSeconds()));
        await RefusedAsync(await SendAsync(desk, gil, Shift(desk)), "not_steward_there", HttpStatusCode.Forbidden);
        Assert.Equal(0, await desk.Server.CountAsync("arrival_count"));
    }

    [Fact]
    public async Task Counts_that_can_not_be_are_refused_and_nothing_is_kept()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var gil = await desk.AtAsync("gil");
        var now = desk.Server.Time.GetUtcNow().ToUnixTimeSeconds();
        var day = now / 86400 * 86400;
        foreach (var change in ((string, JsonNode)[])
        [
            ("shift", "short"), ("shift", new string('a', 65)), ("shift", "has a space in it, yes"), ("admit", -1), ("ask", 100_001), ("refuse", "1"), ("until", day - 1), ("until", now + 3600),
            ("from", day - 86_401), ("from", -1), ("from", 253_402_300_800), ("member", "gil"),
        ])
            await RefusedAsync(await SendAsync(desk, gil, Shift(desk, change)), "invalid_counts");
        await RefusedAsync(await SendAsync(desk, gil, Shift(desk, ("from", now - (91 * 86400)), ("until", now - (91 * 86400) + 60))), "invalid_counts");
        await RefusedAsync(await SendAsync(desk, gil, Shift(desk, ("node", "Atlantis"))), "unknown_node");
        var less = Shift(desk);
        less.Remove("ask");
        await RefusedAsync(await SendAsync(desk, gil, less), "invalid_counts");
        Assert.Equal(0, await desk.Server.CountAsync("arrival_count"));
    }

    private static JsonObject Shift(TestDesk desk, params (string Name, JsonNode Value)[] changes)
    {
        // Of this day whenever the test is run: a shift of the moment.
        var now = desk.Server.Time.GetUtcNow().ToUnixTimeSeconds();
        var moment = now / 86400 * 86400;
        var shift = new JsonObject { ["shift"] = Id, ["node"] = "Lisbon", ["from"] = moment, ["until"] = moment + 1, ["admit"] = 12, ["ask"] = 3, ["refuse"] = 1 };
        foreach (var (name, value) in changes) shift[name] = value.DeepClone();
        return shift;
    }

    private static Task<HttpResponseMessage> SendAsync(TestDesk desk, HttpClient browser, JsonObject shift) => SendAsync(desk, browser, shift, desk.Server.Nation.Keys.Nation.Origin);

    private static Task<HttpResponseMessage> SendAsync(TestDesk desk, HttpClient browser, JsonObject shift, string? origin, string type = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, desk.Server.Url("/station/counts")) { Content = new StringContent(shift.ToJsonString(), Encoding.UTF8, type) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return browser.SendAsync(request);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, string code, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status, body);
            Assert.Equal(code, JsonNode.Parse(body)!["error"]!.GetValue<string>());
            Assert.False(answer.Headers.Contains("WWW-Authenticate"));
        }
    }
}
