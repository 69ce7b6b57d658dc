using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Governing;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The same verbs at the pages, by HTTP and at the command line: whatever can be proposed at one can be at the others, and comes to the same.</summary>
public sealed partial class ProposingTests
{
    /// <summary>The fields of a form that are for a person to fill in.</summary>
    [GeneratedRegex("<(select|textarea|input (type=\"checkbox\" )?)[^>]*id=\"[^\"]+\" name=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Fields();

    [Fact]
    public async Task Every_act_is_proposed_by_page_by_call_and_by_command_and_is_the_same()
    {
        // The clock is this machine's, for the command; who has just joined has a say, and nobody decides anything alone.
        await using var desk = await TestDesk.GovernedAsync(days: 0, charter: CharterTests.Changed(
            "all", ("/acts/suspend_at_once/approvals", "2"), ("/acts/witness/approvals", "2"), ("/acts/change_charter/member_for_days", "0"), ("/acts/recognise/member_for_days", "0"), ("/vouching/member_for_days", "0")));
        var bodies = await BodiesAsync(desk);
        Assert.Equal(Proposal.Acts.Concat(Proposal.Instead.Values).Order(StringComparer.Ordinal), bodies.Select(body => (string)body["act"]!).Order(StringComparer.Ordinal));

        using var command = await TestDeskCommand.RegisterAsync(desk);
        var app = await (await TestDeskApp.RegisterAsync(desk.Server)).AtAsync(desk.Wallets["ana"]);
        var page = await desk.AtAsync("ana", "/desk/propose/revoke");
        var offered = await page.GetStringAsync(desk.Server.Url("/desk"));
        using var listed = await app.CallAsync("GET", TestDeskApp.Calls);
        Assert.Equal(Proposal.Acts, (await listed.JsonAsync())["proposable"]!.AsArray().Select(act => (string)act!));
        foreach (var body in bodies)
        {
            var act = (string)body["act"]!;
            if (Proposal.Acts.Contains(act)) Assert.Contains($"/desk/propose/{act}\"", offered, StringComparison.Ordinal);
            else Assert.Equal(act, (string?)(await app.ReadAsync((string)body["decision"]!)).Decision["instead"]);
            Assert.Equal([], body.Select(field => field.Key).Where(name => name != "act").Except(StewardsPageTests.Table[act]));
            var byPage = await TakenBackAsync(desk, await ByPageAsync(desk, page, body));
            var byCall = await TakenBackAsync(desk, await app.ProposeAsync(body));
            var (ended, _) = await command.RunAsync("ana", "propose", await command.FileAsync(body.ToJsonString()), "--json");
            Assert.True(ended.ExitCode == 0, $"{act}: {ended.Error}");
            var byCommand = await TakenBackAsync(desk, (string)ended.Json["id"]!);
            Assert.StartsWith($"{act} ", byPage, StringComparison.Ordinal);
            Assert.Equal((byPage, byPage), (byCall, byCommand));
        }

        // A charter has a command of its own, too.
        var (proposed, _) = await command.RunCharterAsync("ana", await command.FileAsync(CharterTests.Changed("3").ToJson().ToJsonString()));
        Assert.Equal($"{Act.ChangeCharter} ", (await TakenBackAsync(desk, (string)proposed.Json["id"]!))[..(Act.ChangeCharter.Length + 1)]);
    }

    [Fact]
    public async Task The_other_answer_to_a_question_is_proposed_by_who_decides_it_alone_and_read_before()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await TestDeskApp.RegisterAsync(desk.Server);
        var kim = await TestApplicant.ApplyAsync(desk, node: "Lisbon");
        var question = (await kim.VouchedAsync()).Split('/')[^1];
        var (ana, hal, fay) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["hal"]), await app.AtAsync(desk.Wallets["fay"]));
        var node = await ana.ProposeAsync(new { act = "add_node", name = "Porto", region = "Europe" });

        // What the page says to who decides, a program reads too.
        var facts = (await ana.ReadAsync(question)).Decision["facts"]!.AsArray().Select(fact => (string)fact!["words"]!).ToList();
        foreach (var words in (string[])["Kim", "I cook.\nAnd I sing.", "We cooked for a year.", "Lisbon"]) Assert.Contains(words, facts);

        // It is there for nobody else, from no other decision, and not as the other question's.
        foreach (var (device, decision, act) in ((TestDeskApp.Device, string, string)[])
            [(hal, question, "refuse"), (fay, question, "refuse"), (ana, RandomId.New(), "refuse"), (ana, node, "refuse"), (ana, question, "uphold_appeal")])
        {
            using var none = await device.CallAsync("POST", TestDeskApp.Calls, new { act, decision, criterion = "met", reason = "Why." }, key: RandomId.Secret());
            await TestDeskApp.RefusedAsync(none, "unknown_decision", HttpStatusCode.NotFound);
        }

        foreach (var (body, code) in ((object, string)[])
        [
            (new { act = "refuse", criterion = "met", reason = "Why." }, "invalid_request"),
            (new { act = "refuse", decision = question, criterion = "looks", reason = "Why." }, "invalid_proposal"),
            (new { act = "refuse", decision = question, criterion = "met", reason = " " }, "reason_missing"),
            (new { act = "refuse", decision = question, criterion = "met", reason = "Why.", member = kim.Id }, "invalid_proposal"),
        ])
        {
            using var refused = await ana.CallAsync("POST", TestDeskApp.Calls, body, key: "k");
            await TestDeskApp.RefusedAsync(refused, code, HttpStatusCode.BadRequest);
        }

        Assert.Equal(2, await desk.Server.CountAsync("decision"));

        // Two who decide refuse, and the question is over; also for who had approved of it, and may read it still.
        var ben = await app.AtAsync(desk.Wallets["ben"]);
        using (var first = await ben.ActAsync(question, "approve")) Assert.Equal(1, (long)(await first.JsonAsync())["counted"]!);
        var id = await ana.ProposeAsync(new { act = "refuse", decision = question, criterion = "met", reason = "Was here\nfor an hour." });
        using (var second = await (await app.AtAsync(desk.Wallets["cyd"])).ActAsync(id, "approve")) Assert.Equal("done", (string)(await second.JsonAsync())["state"]!);
        Assert.Contains("Was here\nfor an hour.", await kim.ReadAsync());
        Assert.Null((await ana.ReadAsync(node)).Decision["instead"]);
        Assert.Equal("lapsed", (string)(await ben.ReadAsync(question)).Decision["state"]!);
        foreach (var device in (TestDeskApp.Device[])[ana, ben])
        {
            using var over = await device.CallAsync("POST", TestDeskApp.Calls, new { act = "refuse", decision = question, criterion = "met", reason = "Why." }, key: "late");
            await TestDeskApp.RefusedAsync(over, "unknown_decision", HttpStatusCode.NotFound);
        }
    }

    /// <summary>What ana proposes, of each act: the fields as a program sends them, and as the page's form has them.</summary>
    private static async Task<IReadOnlyList<JsonObject>> BodiesAsync(TestDesk desk)
    {
        var (nation, time) = (desk.Server.Nation, desk.Server.Time);
        foreach (var name in (string[])["jon", "kai", "lea"]) await desk.JoinAsync(name, "Austin");
        await nation.Revoker.RevokeAsync((await desk.Server.RecordOfAsync(desk.Wallets["jon"])).Id, "for a test");
        var admit = (await (await TestApplicant.ApplyAsync(desk)).VouchedAsync()).Split('/')[^1];

        // Others than ana suspend ivy, who appeals.
        var suspended = await desk.Deciding.ProposeAsync(Proposal.SuspendAtOnce(desk.People["ivy"], "harm", "Broke a door.", 5), desk.People["eve"]);
        await desk.Deciding.ApproveAsync(suspended.Row.Id, desk.People["gil"]);
        var appeal = await nation.Appealing.AppealAsync(suspended.Row.Id, desk.People["ivy"], "It was the wind.");
        var appealed = Assert.Single(await Decisions.OfSubjectAsync(nation.Database, appeal)).Id;

        var gil = Assert.Single(await Steward.InForceAsync(nation.Database, time.GetUtcNow(), desk.People["gil"])).Id;
        var charter = CharterTests.CoLiving.ToJson();
        charter["version"] = "2";
        var (kai, lea, jon) = (desk.People["kai"], desk.People["lea"], desk.People["jon"]);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        await nation.Database.CommitAsync(Guardianships.Insert(new() { Id = RandomId.New(), MemberId = lea, GuardianId = kai, Until = now + 86400, NamedAt = now }));
        var known = RandomId.New();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var ofUs = new Recognition(Recognition.OfUs, "Ministry of X", null, null, ["urn:network-identity:membership:1"], "Entry.", "Act 5", "https://law.example/5", today, today.AddDays(30));
        await nation.Database.CommitAsync(Recognitions.Insert(new() { Id = known, Content = StrictJson.Write(ofUs.ToJson()), Digest = ofUs.Digest, DecidedAt = now }));
        const string Reason = "What happened,\nand when.";
        return
        [
            new() { ["act"] = Act.Suspend, ["member"] = kai, ["ground"] = "harm", ["reason"] = Reason, ["days"] = 10 },
            new() { ["act"] = Act.SuspendAtOnce, ["member"] = kai, ["ground"] = "deceit", ["reason"] = Reason, ["days"] = 5 },
            new() { ["act"] = Act.Revoke, ["member"] = kai, ["ground"] = "harm", ["reason"] = Reason },
            new() { ["act"] = Act.Reinstate, ["member"] = jon, ["reason"] = Reason },
            new() { ["act"] = Act.Merge, ["member"] = kai, ["stays"] = lea, ["reason"] = Reason },
            new() { ["act"] = Act.Appoint, ["member"] = kai, ["node"] = "node:Austin", ["acts"] = new JsonArray("admit", "witness"), ["until"] = desk.Server.Day(30) },
            new() { ["act"] = Act.Dismiss, ["mandate"] = gil, ["reason"] = Reason },
            new() { ["act"] = Act.Witness, ["member"] = kai, ["kind"] = FactKind.Stay, ["node"] = "node:Austin", ["from"] = desk.Server.Day(-9), ["until"] = desk.Server.Day(-2), ["text"] = "", ["corrects"] = "" },
            new() { ["act"] = Act.AddNode, ["name"] = "Porto", ["region"] = "Europe" },
            new() { ["act"] = Act.RotateKeys, ["purpose"] = "credential", ["when"] = "planned", ["reason"] = Reason },
            new() { ["act"] = Act.ChangeCharter, ["charter"] = charter },
            new() { ["act"] = Act.Issue, ["member"] = kai, ["type"] = "personhood", ["reason"] = Reason },
            new() { ["act"] = Act.NameGuardian, ["member"] = kai, ["guardian"] = lea, ["until"] = desk.Server.Day(30), ["reason"] = Reason },
            new() { ["act"] = Act.EndGuardian, ["member"] = lea, ["guardian"] = kai, ["reason"] = Reason },
            new()
            {
                ["act"] = Act.Recognise,
                ["direction"] = Recognition.ByUs,
                ["name"] = "Aurora",
                ["issuer"] = "https://aurora.example",
                ["did"] = "did:web:aurora.example",
                ["types"] = new JsonArray("membership", "residency"),
                ["scope"] = Reason,
                ["basis"] = Reason,
                ["basis_url"] = "https://law.example/5",
                ["from"] = desk.Server.Day(0),
                ["until"] = desk.Server.Day(300),
            },
            new() { ["act"] = Act.EndRecognition, ["recognition"] = known, ["reason"] = Reason },
            new() { ["act"] = Act.Refuse, ["decision"] = admit, ["criterion"] = "met", ["reason"] = Reason },
            new() { ["act"] = Act.UpholdAppeal, ["decision"] = appealed, ["reason"] = Reason },
        ];
    }

    /// <summary>Fills in the form of an act; the decision's id.</summary>
    private static async Task<string> ByPageAsync(TestDesk desk, HttpClient browser, JsonObject body)
    {
        var path = (string)body["act"]! switch
        {
            Act.Refuse => $"/desk/decisions/{body["decision"]}/refuse",
            Act.UpholdAppeal => $"/desk/decisions/{body["decision"]}/uphold",
            var act => $"/desk/propose/{act}",
        };
        var html = await browser.GetStringAsync(desk.Server.Url(path));
        (string, string)[] typed =
        [
            .. body.Where(field => field.Key is not ("act" or "decision")).SelectMany(field => field.Value switch
            {
                JsonArray chosen => chosen.Select(one => ($"{field.Key}.{one}", "1")),
                JsonObject whole => [(field.Key, StrictJson.WriteText(whole))],
                var value => [(field.Key, value!.ToString().ReplaceLineEndings("\r\n"))],
            }),
        ];
        Assert.Equal([], typed.Select(one => one.Item1).Except(Fields().Matches(html).Select(field => field.Groups["name"].Value)));
        Assert.Equal([], Fields().Matches(html).Select(field => field.Groups["name"].Value.Split('.')[0]).Except(body.Select(field => field.Key)));
        var done = await desk.SendAsync(browser, html, path, typed);

        // A charter is compared first.
        if (done.StatusCode == HttpStatusCode.OK) done = await desk.SendAsync(browser, await done.Content.ReadAsStringAsync(), path, typed);
        Assert.True(done.StatusCode == HttpStatusCode.SeeOther, $"{path}: {await done.Content.ReadAsStringAsync()}");
        return done.Headers.Location!.ToString().Split('/')[^1];
    }

    /// <summary>What was proposed, and that it is withdrawn.</summary>
    private static async Task<string> TakenBackAsync(TestDesk desk, string id)
    {
        var (row, proposal, _) = (await desk.Deciding.FindAsync(id))!;
        Assert.Equal(desk.People["ana"], row.ProposedBy);
        await desk.Deciding.WithdrawAsync(id, desk.People["ana"]);

        // What is witnessed is new each time, and so is its id.
        return $"{row.Act} {(row.Act == Act.Witness ? "" : row.Subject)} {row.MemberId} {row.NodeId} {StrictJson.WriteText(proposal!.Content)}";
    }
}
