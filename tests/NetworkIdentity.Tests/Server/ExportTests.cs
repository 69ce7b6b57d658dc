using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>What a member is given of all that is held about them.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Every_table_that_names_a_member_is_in_the_export()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var columns = await desk.Server.Nation.Database.ReadAsync(connection => Task.FromResult(
            desk.Server.Nation.Database.Inner.Tables(connection).SelectMany(table => table.Columns.Select(column => (Table: table.Name, Column: column))).ToList()));
        var naming = columns.Where(one => one.Column is "member_id" or "proposed_by").Select(one => one.Table).Distinct().ToList();
        Assert.InRange(naming.Count, 12, 100);
        Assert.Empty(naming.Except(Holdings.All.Select(part => part.Table)));
        Assert.Equal(Holdings.All.Count, Holdings.All.Select(part => part.Name).Distinct().Count());
    }

    [Fact]
    public async Task It_holds_something_of_every_part_is_as_its_schema_says_and_names_nobody_else()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await KimAsync(desk);
        var browser = await desk.AtAsync("kim", "/account/export");
        using var answer = await desk.SendAsync(browser, await browser.GetStringAsync(desk.Server.Url("/account/export")), "/account/export");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("export.json", answer.Content.Headers.ContentDisposition!.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        var export = StrictJson.ParseObject(Encoding.UTF8.GetBytes(text));
        Assert.Equal(["mergers", "departures"], Holdings.All.Where(part => export[part.Name] is JsonArray { Count: 0 }).Select(part => part.Name));
        Assert.Empty(JsonSchema.Compile(StrictJson.ParseObject(Exporting.SchemaFile)).Validate(export).Select(violation => $"{violation.Path} {violation.Words}"));
        using (var schema = await desk.Server.Http.GetAsync(desk.Server.Url("/schemas/export.schema.json"))) Assert.Equal(Exporting.SchemaFile, await schema.Content.ReadAsByteArrayAsync());

        // What is sealed is opened, and what a wallet was given stands there.
        foreach (var said in (string[])["I sing.", "She sings well.", "[{not JSON", "kim@example.org", "Cooked for forty", "It was the wind."]) Assert.Contains(said, text, StringComparison.Ordinal);

        // The id of an offer that can be taken opens it: whoever has the file must not (a guardian may).
        Assert.All((JsonArray)export["offers"]!, offer => Assert.True(offer!["redeemed_at"] is not null || offer["revoked_at"] is not null));

        // What nobody has decided is not for them; on their page neither.
        var about = await browser.GetStringAsync(desk.Server.Url("/account/about"));
        Assert.Contains("How many vouch", about);
        foreach (var shown in (string[])[text, about]) Assert.DoesNotContain("Broke a door.", shown, StringComparison.Ordinal);

        var credential = export["credentials"]!.AsArray().Single(one => (string?)one!["format"] == "dc+sd-jwt")!;
        var mine = SdJwt.Parse(desk.Wallets["kim"].Credential);
        var theirs = SdJwt.Parse((string)credential["credential"]!);
        Assert.Equal(mine.Process().Claims.ToJsonString(), theirs.Process().Claims.ToJsonString());
        Assert.Equal((string?)credential["to_be_signed"], Base64Url.Encode(Encoding.ASCII.GetBytes(desk.Wallets["kim"].Credential.Split('~')[0][..desk.Wallets["kim"].Credential.Split('~')[0].LastIndexOf('.')])));

        // Nobody else by name, nor who decided about them by their id.
        foreach (var name in (string[])["fay", "cyd"]) Assert.DoesNotContain($"\"{name}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(desk.People["cyd"], text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("a tag", text, StringComparison.Ordinal);
        Assert.DoesNotContain("data_key", text, StringComparison.Ordinal);

        // Who left has the same by their link, and that they did.
        var exit = await LeaveTests.LeaveAsync(desk, "kim");
        using var stranger = TestServer.NewBrowser();
        using var after = await desk.SendAsync(stranger, "", $"{exit}/export");
        var last = StrictJson.ParseObject(await after.Content.ReadAsByteArrayAsync());
        Assert.Single(last["departures"]!.AsArray());
        Assert.All(last["credentials"]!.AsArray(), one => Assert.Equal(("left", false), ((string?)one!["revoked_reason"], one.AsObject().ContainsKey("credential"))));
        Assert.Empty(JsonSchema.Compile(StrictJson.ParseObject(Exporting.SchemaFile)).Validate(last));
        Assert.Equal(kim, (string?)last["member"]!["id"]);
    }

    [Fact]
    public async Task Its_leaves_open_the_public_log()
    {
        await using var desk = await TestDesk.GovernedAsync();
        await KimAsync(desk);
        await desk.Server.Nation.Log.SequenceAsync();
        var export = await desk.Server.Nation.Exporting.ExportAsync(desk.People["kim"]);
        var leaves = export["log"]!["leaves"]!.AsArray();
        var acts = leaves.Select(leaf => (string)leaf!["record"]!["act"]!).ToHashSet();
        Assert.Superset(new HashSet<string> { "apply", "vouch", "offer", "issue", "propose", "witness", "fact", "admit" }, acts);
        foreach (var leaf in leaves)
        {
            // As a stranger does it: the bytes of the record behind the salt.
            var record = Encoding.UTF8.GetBytes(leaf!["record"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
            Assert.True(Base64Url.TryDecode((string)leaf["salt"]!, out var salt));
            var commitment = Base64Url.Encode(SHA256.HashData([.. salt, .. record]));
            var row = (await Journal.SequencedAsync(desk.Server.Nation.Database, (long)leaf["index"]!, (long)leaf["index"]! + 1)).Single();
            var entry = StrictJson.ParseObject(Ledger.LeafRecord.EntryOf(row));
            Assert.Equal((commitment, (string?)leaf["record"]!["act"]), ((string?)entry["commitment"], (string?)entry["act"]));

            // What a census reads of it, but for the salt, behind which others are hidden.
            Assert.Equal(row.Counts is null, leaf["counted"] is null);
            if (row.Counts is null) continue;
            var counted = Ledger.Counted.Parse(row.Counts);
            Assert.Equal((counted.Node, counted.Type), ((string?)leaf["counted"]!["node"], (string)leaf["counted"]!["type"]!));
            Assert.DoesNotContain(counted.Salt, export.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Contains(leaves, leaf => leaf!["counted"]?["node"] is not null);

        // Of a decision about them, no vote.
        var about = export["decisions_about_you"]!.AsArray().Select(one => (string)one!["id"]!).ToHashSet();
        Assert.DoesNotContain(leaves, leaf => about.Contains((string)leaf!["record"]!["subject"]!) && (string)leaf["record"]!["actor"]! != (string)leaf["record"]!["subject"]!);
        Assert.Equal((await desk.Server.Nation.Log.HeadAsync())!.Checkpoint, (string?)export["log"]!["checkpoint"]);
    }

    /// <summary>Somebody of whom the nation holds everything that it can: who asked to join, was vouched for and admitted, and did and was told all sorts of things.</summary>
    private static async Task<string> KimAsync(TestDesk desk)
    {
        var (nation, time) = (desk.Server.Nation, desk.Server.Time);
        var applied = await nation.Applying.ApplyAsync("kim", "I sing.", "Lisbon");
        await nation.Applying.VouchAsync(applied.VouchCode, desk.People["ana"], "She sings well.");
        await nation.Applying.VouchAsync(applied.VouchCode, desk.People["fay"], "[{not JSON");
        var question = (await nation.Deciding.ForAsync(desk.People["ben"])).Single();
        foreach (var name in (string[])["ben", "cyd"]) await nation.Deciding.ApproveAsync(question.Row.Id, desk.People[name]);
        var made = await nation.Applying.CollectAsync(applied.Secret);
        await (desk.Wallets["kim"] = new TestWallet(desk.Server)).TakeAsync(made.Id, made.TransactionCode);
        var kim = desk.People["kim"] = made.MemberId;
        await nation.Applying.GoOnAsync();
        time.Move(TimeSpan.FromDays(100));

        var member = (await Member.FindAsync(nation.Database, nation.Keys, kim))!;
        await nation.Database.CommitAsync([.. Contact.Put(member, "kim@example.org", time.GetUtcNow())]);
        await nation.Database.CommitAsync(Stewards.Insert(new() { Id = RandomId.New(), MemberId = kim, Acts = "[\"admit\"]", Until = time.GetUtcNow().AddDays(9).ToUnixTimeSeconds(), CreatedAt = time.GetUtcNow().ToUnixTimeSeconds() }));
        var book = new FactBook(nation.Database, nation.Keys, time);
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        foreach (var (about, by) in ((string, string)[])[(kim, desk.People["ana"]), (desk.People["fay"], kim)])
            await book.WitnessAsync(await book.RecordAsync(new FactDraft(FactKind.Hosting, about, day, day, "Cooked for forty"), 1, new(Act.Witness, "x", "2026-1", [])), by, new(Act.Witness, "x", "2026-1", []));
        var other = await nation.Applying.ApplyAsync("Lou", "Words.", null);
        await nation.Applying.VouchAsync(other.VouchCode, kim, "Words.");
        await nation.Deciding.ProposeAsync(Proposal.Suspend(kim, "harm", "Broke a door.", 10), desk.People["ana"]);
        var charter = Core.Governing.CharterTests.CoLiving.ToJson();
        charter["version"] = "2027-1";
        await nation.Deciding.ProposeAsync(Proposal.ChangeCharter(Charter.Parse(StrictJson.Write(charter))), kim);
        var signIn = await TestSignIn.BeginAsync(desk.Server);
        await signIn.SignInAsync(desk.Wallets["kim"]);

        using (var account = new TestChainAccount())
        {
            var challenge = nation.AccountBinding.Begin(account.Account, "a session");
            await nation.AccountBinding.BindAsync(kim, "a session", account.Account, challenge.Nonce, account.Sign(challenge.Message));
        }

        // An appeal, a grant, a proof and a recovery, as their records are.
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        await nation.Naming.NameAsync(kim, [desk.People["dee"], desk.People["eve"], desk.People["fay"]]);
        await nation.Naming.NameAsync(desk.People["fay"], [desk.People["dee"], desk.People["eve"], kim]);
        foreach (var (ward, guardian) in ((string, string)[])[(kim, desk.People["dee"]), (desk.People["fay"], kim)])
            await nation.Database.CommitAsync(Guardianships.Insert(new() { Id = RandomId.New(), MemberId = ward, GuardianId = guardian, Until = seconds + 86400, NamedAt = seconds }));
        var appeal = RandomId.New();
        await nation.Database.CommitAsync(
            Appeals.Insert(new()
            {
                Id = appeal,
                DecisionId = RandomId.New(),
                MemberId = kim,
                Words = member.Data.Seal(StrictJson.Write(new JsonObject { ["words"] = "It was the wind." }), $"appeal/{appeal}"),
                Digest = "",
                CharterVersion = "2026-1",
                AppealedAt = seconds,
                DecideUntil = seconds,
                State = Appeals.Upheld,
                EndedAt = seconds,
            }),
            MembershipGrants.Insert(new() { Id = RandomId.New(), MemberId = kim, Act = Act.Renew, CharterVersion = "2026-1", GrantedAt = seconds, OpenUntil = seconds, Revision = 1, State = MembershipGrants.Lapsed, EndedAt = seconds }),
            Personhoods.Insert(new() { ApplicationId = applied.Id, Tag = "a tag", CharterVersion = "2026-1", ProvenAt = seconds }),
            Recoveries.Insert(new() { Id = RandomId.New(), MemberId = kim, OpenedBy = desk.People["fay"], StartDigest = "digest", CharterVersion = "2026-1", State = Recoveries.Lapsed, Revision = 1, OpenedAt = seconds, OpenUntil = seconds, EndedAt = seconds }));
        return kim;
    }
}
