using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Commands;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>
/// Journey 12: one person who has the machine, every command, every right that an app or a program can have, the database and its keys. What they try is refused, or it shows.
/// </summary>
public sealed class LoneAdministratorTests
{
    /// <summary>What only the charter's quorum does: refused, whatever is said.</summary>
    private static readonly string[][] Refused =
    [
        ["offer", "membership"],
        ["offer", "membership", "--member", "FAY"],
        ["credential", "suspend", "CREDENTIAL", "--reason", "why", "--until", "TOMORROW"],
        ["credential", "resume", "CREDENTIAL", "--reason", "why"],
        ["credential", "revoke", "CREDENTIAL", "--reason", "why"],
        ["credential", "renew", "CREDENTIAL"],
        ["member", "appoint", "FAY", "--act", "admit", "--until", "TOMORROW"],
        ["member", "erase", "FAY", "--yes"],
        ["node", "add", "--name", "Porto", "--region", "Europe"],
        ["charter", "adopt", "CHARTER"],
        ["recognition", "add", "--direction", "of_us", "--name", "X", "--type", "membership", "--scope", "a", "--basis", "b", "--basis-url", "https://law.example", "--from", "2026-01-01", "--until", "TOMORROW"],
        ["recognition", "end", "ID"],
        ["charter", "end-founding", "--yes"],
        ["key", "rotate", "credential"],
    ];

    /// <summary>What reads, and what is the operator's own: apps, APIs, copies, the nation's DID. None of it moves who belongs or who decides.</summary>
    private static readonly string[] Theirs =
    [
        "init", "serve", "migrate", "backup", "restore", "doctor", "verify", "evidence", "client add", "client list", "client preview", "client retire", "client token add", "client token list",
        "client token withdraw", "resource add", "resource list", "resource retire", "credential list", "credential show", "member list", "member show", "node list", "charter check",
        "charter diff", "recognition list", "charter show", "charter propose", "facts export", "facts bands", "key list", "key export-root", "did show", "did witnesses", "did pending", "did proofs", "did attest", "did witness-key",
        "did continue", "audit verify", "audit watch", "census show", "census take", "census openings", "census check", "desk list", "desk show", "desk propose", "desk approve", "desk take-back", "desk withdraw",
    ];

    /// <summary>The tables in which who belongs, who decides and what was decided stand.</summary>
    private static readonly string[] Governed = ["approval", "application", "charter", "credential", "decision", "member", "nation", "node", "offer", "recognition", "status_slot", "steward", "vouch"];

    [Fact]
    public async Task Every_command_that_would_decide_is_refused_and_the_others_move_nothing_that_is_decided()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (server, before) = (desk.Server, await StandingAsync(desk));
        var netid = NetidProcess.Beside(server);
        var leaves = await LeavesAsync(server);
        var credential = (await server.RecordOfAsync(desk.Wallets["fay"])).Id;
        foreach (var arguments in Refused)
        {
            var ended = await netid.RunAsync([.. arguments.Select(argument => argument switch
            {
                "FAY" => desk.People["fay"],
                "CREDENTIAL" => credential,
                "TOMORROW" => TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd"),
                "CHARTER" => Path.Combine(Tree.Root, "docs", "charters", "fifty-thousand.json"),
                _ => argument,
            })]);

            // Nobody is erased but on their own word, which no quorum has instead.
            var code = arguments is ["member", "erase", ..] ? "erasure_not_asked: " : "mandate_missing: ";
            Assert.True(ended.ExitCode == 1 && ended.Error.StartsWith(code, StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {ended.ExitCode} {ended.Output}{ended.Error}");
        }

        Assert.Equal(leaves, await LeavesAsync(server));

        // Apps and APIs are the operator's, and each is a leaf.
        await netid.RunAsync("resource", "add", server.Issuer + "/api/desk", "--name", "The desk", "--scope", "desk");
        await netid.RunAsync("client", "add", "--name", "The administrator's", "--machine", "--scope", "desk");
        await netid.RunAsync("client", "token", "add", "--uses", "5", "--days", "1");
        Assert.Equal(Governed.Length, before.Count);
        Assert.Equal(leaves + 2, await LeavesAsync(server) - await CountOfAsync(server, "make-initial-access-token"));
        Assert.Equal(before, await StandingAsync(desk));

        // A command that is in neither list has to be thought about.
        var verbs = Verbs(CommandLine.Build(), []).ToList();
        Assert.Equal([], verbs.Where(verb => !Theirs.Contains(verb) && !Refused.Any(arguments => string.Join(' ', arguments).StartsWith(verb + " ", StringComparison.Ordinal) || string.Join(' ', arguments) == verb)));
        Assert.Equal([], Theirs.Except(verbs));

        static IEnumerable<string> Verbs(Command command, string[] path) =>
            command.Subcommands.Count == 0 ? [string.Join(' ', path)] : command.Subcommands.SelectMany(sub => Verbs(sub, [.. path, sub.Name]));
    }

    [Fact]
    public async Task Every_endpoint_with_every_right_that_an_operator_can_give_moves_nothing_that_is_decided()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var app = await TestDeskApp.RegisterAsync(server);
        var decision = await (await app.AtAsync(desk.Wallets["ana"])).ProposeAsync(new { act = "add_node", name = "Porto", region = "Europe" });

        // A program of their own, with every scope that there is, and a token that is bound to its key.
        var scopes = (await Resources.AllAsync(server.Nation.Database)).SelectMany(row => row.Scopes.Split(' ')).ToList();
        var job = await TestFapiClient.RegisterAsync(server, isFapi2: false, change: request => request with
        {
            RedirectUris = [],
            Metadata = request.Metadata with { Scopes = scopes, GrantTypes = [ClientMetadata.ClientCredentialsGrant] },
        });
        using var granted = await job.PostAsync("/token", new Dictionary<string, string?> { ["grant_type"] = "client_credentials" }, await job.ProofAsync("POST", "/token"));
        var token = (string)(await granted.JsonAsync())["access_token"]!;
        var before = await StandingAsync(desk);
        var tried = 0;
        foreach (var route in server.Routes)
        {
            var path = "/" + System.Text.RegularExpressions.Regex.Replace(route.RoutePattern.RawText!.TrimStart('/'), @"\{[^}]*act\}", "revoke");
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", path.Contains("decisions", StringComparison.Ordinal) ? decision : desk.People["fay"]);
            foreach (var method in route.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                foreach (var isBound in (bool[])[true, false])
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), server.Url(path));
                    request.Headers.Authorization = new AuthenticationHeaderValue(isBound ? "DPoP" : "Bearer", token);
                    if (isBound) request.Headers.Add("DPoP", await job.ProofAsync(method, path, token));
                    request.Headers.TryAddWithoutValidation("If-Match", "\"1.1\"");
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", "k");
                    if (method is "POST" or "PUT")
                    {
                        request.Content = isBound
                            ? new StringContent(new JsonObject { ["act"] = "revoke", ["member"] = desk.People["fay"], ["ground"] = "harm", ["reason"] = "r" }.ToJsonString(), System.Text.Encoding.UTF8, "application/json")
                            : new FormUrlEncodedContent([KeyValuePair.Create("member", desk.People["fay"]), KeyValuePair.Create("ground", "harm"), KeyValuePair.Create("reason", "r"), KeyValuePair.Create("revision", "1"), KeyValuePair.Create("counted", "1")]);
                    }

                    using var answer = await server.Http.SendAsync(request);
                    Assert.True((int)answer.StatusCode < 500, $"{method} {path}: {answer.StatusCode}");
                    tried++;
                }
            }
        }

        Assert.InRange(tried, 150, 1000);
        Assert.Equal(before, await StandingAsync(desk));
    }

    [Theory]
    [InlineData("UPDATE nation SET phase = 'founding'", "that the founding phase is over")]
    [InlineData("UPDATE charter SET content = @bytes", "the charter's words are not those of its digest")]
    [InlineData("UPDATE charter SET digest = 'another'", "no leaf speaks of the charter")]
    [InlineData("INSERT INTO charter (version, content, digest, adopted_at) SELECT 'mine', content, digest, 1 FROM charter", "no leaf speaks of the charter")]
    [InlineData("UPDATE nation SET charter_version = 'mine'", "another charter is in force")]
    [InlineData("INSERT INTO steward (id, member_id, acts, until, created_at) VALUES ('mine', @fay, '[\"revoke\"]', 99999999999, 1)", "no leaf speaks of the mandate")]
    [InlineData("UPDATE steward SET until = 99999999999 WHERE member_id = @gil", "the leaf speaks of another mandate")]
    [InlineData("UPDATE steward SET member_id = @fay WHERE member_id = @gil", "the leaf speaks of another mandate")]
    [InlineData("UPDATE steward SET node_id = NULL WHERE member_id = @gil", "the leaf speaks of another mandate")]
    [InlineData("UPDATE steward SET acts = '[\"admit\"]' WHERE member_id = @gil", "the leaf speaks of another mandate")]
    [InlineData("INSERT INTO approval (decision_id, member_id, approved_at) VALUES (@decision, @ben, 1)", "an approval that no leaf speaks of")]
    [InlineData("INSERT INTO approval (decision_id, member_id, approved_at) VALUES (@decision, @dee, 1)", "an approval that no leaf speaks of")]
    [InlineData("DELETE FROM approval WHERE member_id = @ana", "speaks of an approval, and it is gone")]
    [InlineData("UPDATE decision SET digest = 'another'", "no leaf speaks of the decision")]
    [InlineData("UPDATE decision SET state = 'done'", "differ on whether it was carried out")]
    [InlineData("INSERT INTO decision SELECT 'mine', act, 'other', member_id, node_id, content, digest, charter_version, proposed_by, proposed_at, open_until, state, revision, reached_at, due_at, ended_at FROM decision", "no leaf speaks of the decision")]
    [InlineData("UPDATE journal SET actor = @ben WHERE act = 'propose'", "the tile is not the one that the rows of the journal make")]
    [InlineData("DELETE FROM journal WHERE act = 'take-back'", "rows are missing")]
    public async Task What_is_written_into_the_database_by_hand_shows_in_an_audit(string sql, string words)
    {
        await using var desk = await TestDesk.GovernedAsync();
        var id = (await desk.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), desk.People["ana"])).Row.Id;
        await desk.Deciding.ApproveAsync(id, desk.People["dee"]);
        await desk.Deciding.TakeBackAsync(id, desk.People["dee"]);
        await desk.Server.Nation.Log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(desk.Server.Nation.Database, desk.Server.Nation.Log)).Faults);
        await WriteAsync(desk, sql, id);
        Assert.Contains((await LogAudit.RunAsync(desk.Server.Nation.Database, desk.Server.Nation.Log)).Faults, fault => fault.Contains(words, StringComparison.Ordinal));
        Assert.NotEqual(0, (await NetidProcess.Beside(desk.Server).RunAsync("audit", "verify")).ExitCode);
    }

    [Fact]
    public async Task Approvals_that_nobody_gave_carry_it_out_and_the_audit_names_it_for_good()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var id = (await desk.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), desk.People["ana"])).Row.Id;
        foreach (var name in (string[])["ben", "cyd", "dee"]) await WriteAsync(desk, $"INSERT INTO approval (decision_id, member_id, approved_at) VALUES (@decision, @{name}, 1)", id);

        // The next who looks at it would be the server itself, on its day; here another approval.
        await desk.Deciding.ApproveAsync(id, desk.People["eve"]).ContinueWith(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(Decisions.Done, (await Decisions.FindAsync(server.Nation.Database, id))!.State);
        await server.Nation.Log.SequenceAsync();
        var faults = (await LogAudit.RunAsync(server.Nation.Database, server.Nation.Log)).Faults;
        Assert.Equal(3, faults.Count(fault => fault == $"{id}: an approval that no leaf speaks of, or that was taken back"));

        // To take the rows away again leaves a node that one person's word made.
        await WriteAsync(desk, "DELETE FROM approval WHERE approved_at = 1", id);
        Assert.Single(await server.Nation.Database.ReadAsync(async connection => (await Dapper.SqlMapper.QueryAsync<string>(
            connection, "SELECT actor FROM journal WHERE subject = @id AND act IN ('propose', 'approve')", new { id })).ToList()));
    }

    [Fact]
    public async Task Words_that_are_put_in_the_place_of_those_that_were_approved_are_not_carried_out()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var database = desk.Server.Nation.Database;
        var harmless = (await desk.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), desk.People["ana"])).Row;
        var own = (await desk.Deciding.ProposeAsync(Proposal.AddNode("The administrator's", "Everywhere"), desk.People["ben"])).Row;
        var suspension = (await desk.Deciding.ProposeAsync(Proposal.Suspend(desk.People["fay"], "harm", "Broke a door.", 5), desk.People["ana"])).Row;
        foreach (var name in (string[])["cyd", "dee"]) await desk.Deciding.ApproveAsync(harmless.Id, desk.People[name]);

        // Who has the keys seals other words under the same name; who has not, changes what stands beside them.
        var opened = desk.Server.Nation.Keys.Sealing.Open(own.Content, $"decision/{own.Id}");
        await database.CommitAsync(new Statement("UPDATE decision SET content = @content WHERE id = @id", new { content = desk.Server.Nation.Keys.Sealing.Seal(opened, $"decision/{harmless.Id}"), id = harmless.Id }));
        await database.CommitAsync(new Statement("UPDATE decision SET act = 'suspend_at_once' WHERE id = @id", new { id = suspension.Id }));
        foreach (var id in (string[])[harmless.Id, suspension.Id])
        {
            await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => desk.Deciding.ApproveAsync(id, desk.People["eve"]));
            Assert.Equal(Decisions.Lapsed, (await Decisions.FindAsync(database, id))!.State);
        }

        await database.CommitAsync(new Statement("UPDATE decision SET node_id = NULL, member_id = @member WHERE id = @id", new { member = desk.People["gil"], id = own.Id }));
        Assert.Null((await desk.Deciding.FindAsync(own.Id))?.Proposal);
        Assert.Equal(2, await desk.Server.CountAsync("node"));
        Assert.Null((await desk.Server.RecordOfAsync(desk.Wallets["fay"])).SuspendedUntil);
    }

    [Fact]
    public async Task A_founding_phase_that_is_begun_again_by_hand_shows_in_every_act_that_it_lets_one_person_do()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        server.Time.Move(TimeSpan.FromMinutes(1));
        await WriteAsync(desk, "UPDATE nation SET phase = 'founding'", "");
        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        await Node.AddAsync(server.Nation.Database, server.Time, "Theirs", "Everywhere");
        await WriteAsync(desk, "UPDATE nation SET phase = 'governed'", "");
        await server.Nation.Log.SequenceAsync();
        var faults = (await LogAudit.RunAsync(server.Nation.Database, server.Nation.Log)).Faults;
        Assert.Contains($"{made.Id}: a leaf of the founder's word, after the founding phase", faults);
        Assert.Contains(faults, fault => fault.EndsWith(": a leaf of what only a decision does, and none was carried out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Approvals_that_are_forged_with_their_leaves_stand_in_the_log_for_good_and_in_the_sight_of_whose_they_are_said_to_be()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var row = (await desk.Deciding.ProposeAsync(Proposal.AddNode("Porto", "Europe"), desk.People["ana"])).Row;
        var before = await CountOfAsync(server, "approve");
        foreach (var name in (string[])["ben", "cyd"])
            await server.Nation.Database.CommitAsync(Approvals.Insert(row.Id, desk.People[name], 1), Journal.Write("approve", row.Id, desk.People[name], row.CharterVersion, 1, row.Digest), Decisions.Touch(row.Id, (await Decisions.FindAsync(server.Nation.Database, row.Id))!.Revision));
        await server.Nation.Log.SequenceAsync();

        // The database is at one with itself: approvals are not signed by who gives them, and this is what docs/security.md says of it.
        Assert.Empty((await LogAudit.RunAsync(server.Nation.Database, server.Nation.Log)).Faults);
        Assert.Equal(before + 2, await CountOfAsync(server, "approve"));
        var html = await (await desk.AtAsync("ben")).GetStringAsync(server.Url($"/desk/decisions/{row.Id}"));
        Assert.Contains("Take my approval back", html);
        Assert.Contains("3 of 4", html);
    }

    private static async Task<List<string>> StandingAsync(TestDesk desk) =>
        [.. (await Copying.DigestAsync(desk.Server.Nation.Database)).Where(table => Governed.Contains(table.Table)).Select(table => table.ToString())];

    /// <summary>All leaves but those of the server's own, which publishes its lists whenever it is time.</summary>
    private static async Task<long> LeavesAsync(TestServer server) => await server.CountAsync("journal") - await CountOfAsync(server, "publish-list");

    private static Task<long> CountOfAsync(TestServer server, string act) => server.Nation.Database.ReadAsync(connection =>
        Dapper.SqlMapper.ExecuteScalarAsync<long>(connection, "SELECT count(*) FROM journal WHERE act = @act", new { act }));

    private static Task<string?> WriteAsync(TestDesk desk, string sql, string decision) => desk.Server.Nation.Database.CommitAsync(new Statement(sql, new
    {
        decision,
        bytes = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(CharterTests.CoLiving.Write()).Replace("\"approvals\":4", "\"approvals\":3", StringComparison.Ordinal)),
        ana = desk.People["ana"],
        ben = desk.People["ben"],
        cyd = desk.People["cyd"],
        dee = desk.People["dee"],
        fay = desk.People["fay"],
        gil = desk.People["gil"],
    }));
}
