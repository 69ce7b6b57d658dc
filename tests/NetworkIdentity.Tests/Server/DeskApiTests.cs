using System.Net;
using System.Text;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Specimens.TestDeskApp;

namespace NetworkIdentity.Tests.Server;

/// <summary>The desk by HTTP: /api/desk/decisions.</summary>
public sealed class DeskApiTests
{
    private static readonly object Porto = new { act = "add_node", name = "Porto", region = "Europe" };

    [Fact]
    public async Task Four_stewards_revoke_by_calls_and_it_is_done_on_its_day()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var ana = await app.AtAsync(desk.Wallets["ana"]);
        var id = await ana.ProposeAsync(new { act = "revoke", member = desk.People["fay"], ground = "harm", reason = "Broke a door.\nAnd a window." });
        var (read, _) = await ana.ReadAsync(id);
        Assert.Equal(("open", 1L, 4L, true, true, "fay", "Austin"), ((string)read["state"]!, (long)read["counted"]!, (long)read["needed"]!, (bool)read["approved"]!, (bool)read["prove_again"]!, (string)read["member_name"]!, (string)read["node"]!));
        Assert.Equal("""{"ground":"harm","reason":"Broke a door.\nAnd a window."}""", read["content"]!.ToJsonString());
        foreach (var name in (string[])["ben", "cyd", "dee"])
        {
            var device = await app.AtAsync(desk.Wallets[name]);
            using (var listed = await device.CallAsync("GET", Calls))
            {
                var list = await listed.JsonAsync();
                Assert.Equal((id, false), ((string)list["decisions"]![0]!["id"]!, (bool)list["decisions"]![0]!["approved"]!));
                Assert.Equal((desk.People[name], CharterTests.CoLiving.Version), ((string)list["member"]!, (string)list["charter"]!));
                Assert.Contains("revoke", list["proposable"]!.AsArray().Select(act => (string)act!));
            }

            using var approved = await device.ActAsync(id, "approve");
            var after = await approved.JsonAsync();
            Assert.True((bool)after["approved"]!);
            Assert.Equal(name == "dee", after["due_at"] is not null);
            Assert.Equal((await device.ReadAsync(id)).Tag, approved.Headers.ETag!.ToString());
        }

        Assert.Null((await desk.Server.RecordOfAsync(desk.Wallets["fay"])).RevokedAt);
        desk.Server.Time.Move(TimeSpan.FromDays(21) + TimeSpan.FromMinutes(1));
        await desk.Deciding.GoOnAsync();
        Assert.NotNull((await desk.Server.RecordOfAsync(desk.Wallets["fay"])).RevokedAt);
        (read, _) = await (await app.AtAsync(desk.Wallets["ben"])).ReadAsync(id);
        Assert.Equal("done", (string)read["state"]!);
        Assert.Null(read["counted"]);
    }

    [Fact]
    public async Task An_approval_is_taken_back_and_a_proposal_withdrawn_by_its_proposer_alone()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var (ana, ben) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]));
        var id = await ana.ProposeAsync(Porto);
        using (var none = await ben.ActAsync(id, "take-back")) await RefusedAsync(none, "not_approved", HttpStatusCode.Conflict);
        using (var done = await ben.ActAsync(id, "approve")) Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using (var twice = await ben.ActAsync(id, "approve")) await RefusedAsync(twice, "already_approved", HttpStatusCode.Conflict);
        using (var back = await ben.ActAsync(id, "take-back")) Assert.Equal(1, (long)(await back.JsonAsync())["counted"]!);
        using (var theirs = await ben.ActAsync(id, "withdraw")) await RefusedAsync(theirs, "unknown_decision", HttpStatusCode.NotFound);
        using (var own = await ana.ActAsync(id, "withdraw")) Assert.Equal("withdrawn", (string)(await own.JsonAsync())["state"]!);
        using var over = await ana.ActAsync(id, "approve");
        await RefusedAsync(over, "decision_ended", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A89_no_cookie_and_no_token_but_a_bound_one_of_a_member_for_the_desk_opens_it()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var app = await RegisterAsync(server);
        var ana = await app.AtAsync(desk.Wallets["ana"]);

        // The pages' session, which the browser would send from anywhere.
        var browser = await desk.AtAsync("ana");
        using (var cookie = await browser.GetAsync(server.Url(Calls)))
        {
            await RefusedAsync(cookie, "invalid_token", HttpStatusCode.Unauthorized);
            var challenge = cookie.Headers.WwwAuthenticate.ToString();
            Assert.StartsWith("DPoP realm=", challenge, StringComparison.Ordinal);
            Assert.Contains($"resource_metadata=\"{new Uri(server.Issuer).GetLeftPart(UriPartial.Authority)}/.well-known/oauth-protected-resource/api/desk\"", challenge, StringComparison.Ordinal);
            Assert.DoesNotContain("error", challenge, StringComparison.Ordinal);
        }

        // As a bearer token; without a proof; with a proof of another key, another call, another token; a proof again.
        using (var bearer = await ana.CallAsync("GET", Calls, scheme: "Bearer")) await RefusedAsync(bearer, "invalid_token", HttpStatusCode.Unauthorized);
        using (var bare = await ana.CallAsync("GET", Calls, proof: null)) await RefusedAsync(bare, "invalid_dpop_proof", HttpStatusCode.Unauthorized);
        using (var other = await ana.CallAsync("GET", Calls, proof: await ana.Client.ProofAsync("GET", Calls, ana.Token, key: TestFapiClient.NewKey()))) await RefusedAsync(other, "invalid_token", HttpStatusCode.Unauthorized);
        using (var elsewhere = await ana.CallAsync("POST", Calls, Porto, key: "k", proof: await ana.Client.ProofAsync("GET", Calls, ana.Token))) await RefusedAsync(elsewhere, "invalid_dpop_proof", HttpStatusCode.Unauthorized);
        var proof = await ana.Client.ProofAsync("GET", Calls, ana.Token);
        using (var once = await ana.CallAsync("GET", Calls, proof: proof)) Assert.Equal(HttpStatusCode.OK, once.StatusCode);
        using (var again = await ana.CallAsync("GET", Calls, proof: proof)) await RefusedAsync(again, "invalid_dpop_proof", HttpStatusCode.Unauthorized);

        // A token that is bound to no key, one for userinfo, and one of a program for itself.
        var key = TestFapiClient.NewKey();
        var loose = await TestFapiClient.RegisterAsync(server, isFapi2: false, key, request => request with { Metadata = request.Metadata with { Scopes = ["desk"] } });
        var code = await loose.CodeAsync(desk.Wallets["ana"], parameters => (parameters["scope"], parameters["resource"]) = ("openid desk", Resource.Desk(server.Nation.Keys.Nation)));
        using (var redeemed = await loose.RedeemAsync(code, proof: null))
        {
            var unbound = await redeemed.JsonAsync();
            Assert.Equal("Bearer", (string)unbound["token_type"]!);
            foreach (var scheme in (string[])["DPoP", "Bearer"])
            {
                using var refused = await ana.CallAsync("GET", Calls, token: (string)unbound["access_token"]!, scheme: scheme);
                await RefusedAsync(refused, "invalid_token", HttpStatusCode.Unauthorized);
            }
        }

        var plain = await TestFapiClient.RegisterAsync(server, isFapi2: false);
        plain.ProofKey = ana.Client.ProofKey;
        var tokens = await plain.SignInAsync(desk.Wallets["ana"]);
        using (var refused = await ana.CallAsync("GET", Calls, token: (string)tokens["access_token"]!)) await RefusedAsync(refused, "invalid_token", HttpStatusCode.Unauthorized);
        using (var asked = await plain.PushAsync(parameters => (parameters["scope"], parameters["resource"]) = ("openid desk", Resource.Desk(server.Nation.Keys.Nation)))) await asked.RefusedAsync("invalid_target");
        var job = await TestFapiClient.RegisterAsync(server, isFapi2: false, change: request => request with
        {
            RedirectUris = [],
            Metadata = request.Metadata with { Scopes = ["desk"], GrantTypes = [ClientMetadata.ClientCredentialsGrant] },
        });
        job.ProofKey = ana.Client.ProofKey;
        using (var granted = await job.PostAsync("/token", new Dictionary<string, string?> { ["grant_type"] = "client_credentials" }, await job.ProofAsync("POST", "/token")))
        {
            var own = (string)(await granted.JsonAsync())["access_token"]!;
            using var refused = await ana.CallAsync("GET", Calls, token: own);
            await RefusedAsync(refused, "invalid_token", HttpStatusCode.Unauthorized);
        }

        Assert.Equal(0, await server.CountAsync("decision"));
    }

    [Fact]
    public async Task A_token_ends_with_its_session_its_app_and_the_desk_itself()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var app = await RegisterAsync(server);
        var (ana, ben) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]));

        // Whose membership is set aside has no session any more.
        await server.Nation.Database.CommitAsync(Sessions.EndOfMember(desk.People["ana"], null, Sessions.CredentialEnded, server.Time.GetUtcNow().ToUnixTimeSeconds()));
        using (var ended = await ana.CallAsync("GET", Calls)) await RefusedAsync(ended, "invalid_token", HttpStatusCode.Unauthorized);
        using (var good = await ben.CallAsync("GET", Calls)) Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        await server.Nation.Registration.RetireAsync(app.ClientId);
        using (var retired = await ben.CallAsync("GET", Calls)) await RefusedAsync(retired, "invalid_token", HttpStatusCode.Unauthorized);
        var cyd = await (await RegisterAsync(server)).AtAsync(desk.Wallets["cyd"]);
        await Resource.RetireAsync(server.Nation.Database, server.Time, Resource.Desk(server.Nation.Keys.Nation));
        using var closed = await cyd.CallAsync("GET", Calls);
        await RefusedAsync(closed, "invalid_token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A90_a_person_counts_once_from_two_devices_in_the_same_moment()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var id = await (await app.AtAsync(desk.Wallets["ana"])).ProposeAsync(Porto);
        var devices = new[] { await app.AtAsync(desk.Wallets["ben"]), await app.AtAsync(desk.Wallets["ben"]), await (await RegisterAsync(desk.Server)).AtAsync(desk.Wallets["ben"]) };
        var tag = (await devices[0].ReadAsync(id)).Tag;
        var answers = await Task.WhenAll(devices.Select(device => device.ActAsync(id, "approve", tag)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict));
        Assert.Equal([desk.People["ana"], desk.People["ben"]], (await Approvals.OfAsync(desk.Server.Nation.Database, id)).ToHashSet().OrderBy(one => one == desk.People["ben"]));
        Assert.Equal(2, (long)(await devices[1].ReadAsync(id)).Decision["counted"]!);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task A91_for_who_may_not_decide_it_there_is_no_such_decision()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var hal = await app.AtAsync(desk.Wallets["hal"]);
        var id = await hal.ProposeAsync(Suspension(desk, "fay"));
        var tag = (await hal.ReadAsync(id)).Tag;
        foreach (var name in (string[])["gil", "fay", "ivy"])
        {
            var device = await app.AtAsync(desk.Wallets[name]);
            using (var list = await device.CallAsync("GET", Calls)) Assert.Empty((await list.JsonAsync())["decisions"]!.AsArray());
            foreach (var (method, verb) in ((string, string)[])[("GET", ""), ("POST", "/approve"), ("POST", "/take-back"), ("POST", "/withdraw")])
            {
                using var theirs = await device.CallAsync(method, $"{Calls}/{id}{verb}", match: method == "GET" ? null : tag);
                using var none = await device.CallAsync(method, $"{Calls}/{RandomId.New()}{verb}", match: method == "GET" ? null : tag);
                Assert.Equal(await RefusedAsync(none, "unknown_decision", HttpStatusCode.NotFound), await RefusedAsync(theirs, "unknown_decision", HttpStatusCode.NotFound));
            }
        }

        // A steward of one node proposes nothing of another's members, and who has no say, nothing at all.
        using (var other = await (await app.AtAsync(desk.Wallets["gil"])).CallAsync("POST", Calls, Suspension(desk, "hal"), key: "a")) await RefusedAsync(other, "not_eligible", HttpStatusCode.NotFound);
        foreach (var act in (object[])[Porto, new { act = "become_king" }])
        {
            using var none = await (await app.AtAsync(desk.Wallets["ivy"])).CallAsync("POST", Calls, act, key: "b");
            await RefusedAsync(none, "not_eligible", HttpStatusCode.NotFound);
        }

        Assert.Equal((1L, 1L, 1L), (await desk.Server.CountAsync("decision"), await desk.Server.CountAsync("approval"), await desk.Server.CountAsync("idempotency_key")));
        Assert.Equal(1, (await Decisions.FindAsync(desk.Server.Nation.Database, id))!.Revision);
    }

    [Fact]
    public async Task A92_who_decides_says_what_they_read_and_what_has_moved_since_is_not_decided()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var (ana, ben, cyd) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]), await app.AtAsync(desk.Wallets["cyd"]));
        var id = await ana.ProposeAsync(Porto);
        var tag = (await cyd.ReadAsync(id)).Tag;
        foreach (var verb in (string[])["approve", "take-back", "withdraw"])
        {
            using var unsaid = await ana.CallAsync("POST", $"{Calls}/{id}/{verb}");
            await RefusedAsync(unsaid, "precondition_required", (HttpStatusCode)428);
            using var any = await ana.CallAsync("POST", $"{Calls}/{id}/{verb}", match: "*");
            await RefusedAsync(any, "precondition_required", (HttpStatusCode)428);
            foreach (var wrong in (string[])["\"0.0\"", "W/" + tag, tag.Trim('"'), "\"\"", "\"1.1", "\"9999999999999999999999.1\""])
            {
                using var stale = await ana.CallAsync("POST", $"{Calls}/{id}/{verb}", match: wrong);
                await RefusedAsync(stale, "decision_moved", HttpStatusCode.PreconditionFailed);
            }
        }

        // Also an approval moves it, for who reads by program: they read it again.
        using (var first = await ben.ActAsync(id, "approve", $"\"0.0\", {tag}")) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using (var late = await cyd.ActAsync(id, "approve", tag)) await RefusedAsync(late, "decision_moved", HttpStatusCode.PreconditionFailed);
        Assert.Equal(2, await desk.Server.CountAsync("approval"));
        using var now = await cyd.ActAsync(id, "approve");
        Assert.Equal(HttpStatusCode.OK, now.StatusCode);
    }

    [Fact]
    public async Task A92_a_proposal_that_is_sent_again_is_proposed_once_and_another_under_its_key_is_refused()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await using var beside = await desk.Server.StartBesideAsync();
        var app = await RegisterAsync(desk.Server);
        var (ana, ben) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]));
        foreach (var key in (string?[])[null, "", "with space", new string('k', 201)])
        {
            using var keyless = await ana.CallAsync("POST", Calls, Porto, key: key);
            await RefusedAsync(keyless, "idempotency_key_missing", HttpStatusCode.BadRequest);
        }

        // What is refused uses no key.
        using (var refused = await ana.CallAsync("POST", Calls, new { act = "add_node", name = "", region = "" }, key: "one")) await RefusedAsync(refused, "invalid_node", HttpStatusCode.BadRequest);
        Assert.Equal(0, await desk.Server.CountAsync("idempotency_key"));

        // In the same moment, at two servers, from two devices of the same member: one.
        var second = await app.AtAsync(desk.Wallets["ana"]);
        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? ana : second).CallAsync("POST", Calls, Porto, key: "one", at: i % 4 < 2 ? desk.Server : beside)));
        Assert.All(sent, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        var texts = new HashSet<string>();
        foreach (var answer in sent) texts.Add($"{answer.Headers.Location} {await answer.Content.ReadAsStringAsync()}");
        Assert.Single(texts);
        Assert.Equal((1L, 1L), (await desk.Server.CountAsync("decision"), await desk.Server.CountAsync("approval")));
        var id = (string)(await sent[0].JsonAsync())["id"]!;

        // The same still, after all has changed; and never another thing.
        using (var gone = await ana.ActAsync(id, "withdraw")) Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        Assert.Equal(id, await ana.ProposeAsync(Porto, "one"));
        foreach (var body in (object[])[new { act = "add_node", name = "Faro", region = "Europe" }, new { act = "add_node", region = "Europe", name = "Porto" }])
        {
            using var reused = await second.CallAsync("POST", Calls, body, key: "one");
            await RefusedAsync(reused, "idempotency_key_reused", HttpStatusCode.UnprocessableEntity);
        }

        // Another's key of the same name is another key, and so is the same member's at another program, and tomorrow's.
        Assert.NotEqual(id, await ben.ProposeAsync(Porto, "one"));
        Assert.NotEqual(id, await (await (await RegisterAsync(desk.Server)).AtAsync(desk.Wallets["ana"])).ProposeAsync(Porto, "one"));
        using (var open = await ana.CallAsync("POST", Calls, Porto, key: "two")) await RefusedAsync(open, "already_proposed", HttpStatusCode.Conflict);
        desk.Server.Time.Move(AskedOnce.Kept + TimeSpan.FromMinutes(1));
        Assert.NotEqual(id, await (await app.AtAsync(desk.Wallets["ana"])).ProposeAsync(new { act = "add_node", name = "Faro", region = "Europe" }, "one"));
        foreach (var answer in sent) answer.Dispose();
    }

    [Fact]
    public async Task A93_what_is_not_what_the_act_takes_is_refused_and_words_come_back_as_they_were_sent()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var ana = await app.AtAsync(desk.Wallets["ana"]);
        foreach (var (body, code) in ((string, string)[])
        [
            ("", "invalid_request"), ("[]", "invalid_request"), ("{}", "invalid_request"), ("{\"act\":5}", "invalid_request"),
            ("""{"act":"add_node","act":"revoke","name":"a","region":"b"}""", "invalid_request"),
            ("""{"act":"add_node","name":"a","region":"b","nodes":"c"}""", "invalid_proposal"),
            ("""{"act":"add_node","name":["a"],"region":"b"}""", "invalid_proposal"),
            ("""{"act":"add_node","name":true,"region":"b"}""", "invalid_proposal"),
            ("""{"act":"appoint","member":"M","node":"nation","acts":["suspend","reign"],"until":"2027-01-01"}""", "invalid_proposal"),
            ("""{"act":"appoint","member":"M","node":"nation","acts":[["suspend"]],"until":"2027-01-01"}""", "invalid_proposal"),
            ("""{"act":"appoint","member":"M","node":"node:Porto","acts":["suspend"],"until":"2027-01-01"}""", "unknown_node"),
            ("""{"act":"suspend","member":"M","ground":"envy","reason":"r","days":5}""", "invalid_proposal"),
            ("""{"act":"suspend","member":"M","ground":"harm","reason":"r","days":5.5}""", "invalid_proposal"),
            ("""{"act":"suspend","member":"M","ground":"harm","reason":"r","days":-5}""", "invalid_proposal"),
            ("""{"act":"suspend","member":"M","ground":"harm","reason":"over\u202eridden","days":5}""", "invalid_proposal"),
            ("""{"act":"suspend","member":"nobody","ground":"harm","reason":"r","days":5}""", "unknown_member"),
            ("""{"act":"change_charter","charter":{"version":"2"}}""", "invalid_charter"),
        ])
        {
            using var content = new StringContent(body.Replace("\"M\"", $"\"{desk.People["fay"]}\"", StringComparison.Ordinal), Encoding.UTF8, "application/json");
            using var refused = await ana.CallAsync("POST", Calls, content, key: "k");
            await RefusedAsync(refused, code, HttpStatusCode.BadRequest);
        }

        using (var form = await ana.CallAsync("POST", Calls, new FormUrlEncodedContent([KeyValuePair.Create("act", "add_node")]), key: "k")) await RefusedAsync(form, "invalid_request", HttpStatusCode.BadRequest);
        using (var large = await ana.CallAsync("POST", Calls, new StringContent(new string(' ', 1 << 20), Encoding.UTF8, "application/json"), key: "k"))
            await RefusedAsync(large, "invalid_request", HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(0, await desk.Server.CountAsync("decision"));

        const string Reason = "</script><img src=x> =cmd|'/c calc'!A1\n\nשלום \U0001F9D1\u200D\U0001F33E";
        var id = await ana.ProposeAsync(new { act = "suspend", member = desk.People["fay"], ground = "harm", reason = Reason, days = 5 });
        Assert.Equal(Reason, (string)(await ana.ReadAsync(id)).Decision["content"]!["reason"]!);

        // A mandate, and a charter with how it differs.
        var until = DateOnly.FromDateTime(desk.Server.Time.GetUtcNow().UtcDateTime.AddDays(30)).ToString("yyyy-MM-dd");
        var appointed = await ana.ReadAsync(await ana.ProposeAsync(new { act = "appoint", member = desk.People["fay"], node = "node:Austin", acts = new[] { "suspend", "admit" }, until }));
        Assert.Equal(["admit", "suspend"], appointed.Decision["content"]!["acts"]!.AsArray().Select(act => (string)act!).Order());
        var charter = CharterTests.CoLiving.ToJson();
        (charter["version"], charter["acts"]!["revoke"]!["approvals"]) = ("2", 5);
        var changed = await ana.ReadAsync(await ana.ProposeAsync(new { act = "change_charter", charter }));
        Assert.Contains("/acts/revoke/approvals", changed.Decision["changes"]!.AsArray().Select(change => (string)change!["path"]!));
    }

    [Fact]
    public async Task A94_each_member_at_each_program_has_a_limit_of_their_own()
    {
        await using var desk = await TestDesk.GovernedAsync(change: settings => settings with { LimitPerApp = 10 });
        var app = await RegisterAsync(desk.Server);
        var (ana, ben) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]));
        using var alone = desk.Server.Alone();
        HttpResponseMessage answer;
        var calls = 0;
        while ((answer = await ana.CallAsync("GET", Calls)).IsSuccessStatusCode && ++calls < 30) answer.Dispose();
        await RefusedAsync(answer, "too_many_requests", HttpStatusCode.TooManyRequests);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        answer.Dispose();
        using var others = await ben.CallAsync("GET", Calls);
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
    }

    [Fact]
    public async Task Where_the_charter_says_so_a_member_proves_anew_within_five_minutes()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await RegisterAsync(desk.Server);
        var (ana, ben) = (await app.AtAsync(desk.Wallets["ana"]), await app.AtAsync(desk.Wallets["ben"]));
        var (suspension, node) = (await ana.ProposeAsync(Suspension(desk, "fay")), await ana.ProposeAsync(Porto));
        desk.Server.Time.Move(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        foreach (var device in (Device[])[ana, ben])
        {
            // Renewed without the member, the token is good, and says when they proved.
            using var renewed = await device.Client.RefreshAsync(device.RefreshToken);
            device.Token = (string)(await renewed.JsonAsync())["access_token"]!;
        }

        using (var late = await ben.ActAsync(suspension, "approve"))
        {
            await RefusedAsync(late, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
            var challenge = late.Headers.WwwAuthenticate.ToString();
            Assert.StartsWith("DPoP ", challenge, StringComparison.Ordinal);
            Assert.Contains("error=\"insufficient_user_authentication\"", challenge, StringComparison.Ordinal);
            Assert.EndsWith(", max_age=\"300\", scope=\"openid desk steward\"", challenge, StringComparison.Ordinal);
        }

        using (var late = await ana.CallAsync("POST", Calls, new { act = "revoke", member = desk.People["ivy"], ground = "harm", reason = "r" }, key: "k"))
            await RefusedAsync(late, "insufficient_user_authentication", HttpStatusCode.Unauthorized);
        Assert.Equal((2L, 2L), (await desk.Server.CountAsync("decision"), await desk.Server.CountAsync("approval")));

        // What asks for no proof, and what takes a word back, needs none.
        using (var other = await ben.ActAsync(node, "approve")) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using (var back = await ana.ActAsync(suspension, "take-back")) Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        using var fresh = await (await app.AtAsync(desk.Wallets["ben"])).ActAsync(suspension, "approve");
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task The_desk_says_where_its_tokens_are_from_and_has_one_scope_that_nothing_else_has()
    {
        await using var server = await TestServer.StartAsync();
        using var answer = await server.Http.GetAsync(server.Url("/.well-known/oauth-protected-resource/api/desk"));
        var metadata = await answer.JsonAsync();
        Assert.Equal((server.Issuer + "/api/desk", true), ((string)metadata["resource"]!, (bool)metadata["dpop_bound_access_tokens_required"]!));
        Assert.Equal(("""["desk"]""", $"""["{server.Issuer}"]"""), (metadata["scopes_supported"]!.ToJsonString(), metadata["authorization_servers"]!.ToJsonString()));
        foreach (var (identifier, scopes) in ((string, string[])[])[("https://api.example", ["desk"]), (server.Issuer + "/api/desk", ["read"]), (server.Issuer + "/api/desk", ["desk", "read"])])
        {
            var refusal = await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => new Resource(identifier, "The desk", scopes, "ES256", null).AddAsync(server.Nation.Database, server.Nation.Keys.Nation, server.Nation.Types, server.Time));
            Assert.Equal("invalid_resource", refusal.Code);
        }

        // Until the operator opens it, nobody can ask for tokens.
        using var closed = await server.Http.GetAsync(server.Url(Calls));
        await RefusedAsync(closed, "invalid_token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keys_are_forgotten_after_their_day()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await (await (await RegisterAsync(desk.Server)).AtAsync(desk.Wallets["ana"])).ProposeAsync(Porto);
        var now = desk.Server.Time.GetUtcNow();
        foreach (var (after, left) in ((TimeSpan, long)[])[(AskedOnce.Kept - TimeSpan.FromMinutes(1), 1), (AskedOnce.Kept + TimeSpan.FromMinutes(1), 0)])
        {
            foreach (var statement in Sweeper.At((now + after).ToUnixTimeSeconds(), Sweeper.Retention.Usual)) await desk.Server.Nation.Database.CommitAsync(statement);
            Assert.Equal(left, await desk.Server.CountAsync("idempotency_key"));
        }
    }

    private static object Suspension(TestDesk desk, string name) => new { act = "suspend", member = desk.People[name], ground = "harm", reason = "Broke a door.", days = 10 };
}
