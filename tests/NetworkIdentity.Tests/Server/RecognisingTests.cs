using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Issuing;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server;

/// <summary>Journey 9, as far as a check goes: two nations, two deployments. What one recognises is accepted there, for that and as long, and nothing else is.</summary>
public sealed class RecognisingTests
{
    private const string Membership = "urn:network-identity:membership:1";
    private const string Residency = "urn:network-identity:residency:1";

    [Fact]
    public async Task Credentials_of_another_nation_are_accepted_while_it_is_recognised_and_for_the_types_of_that_alone()
    {
        await using var here = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        await using var there = await TestServer.StartAsync(change: settings => settings with { NationName = "Aurora" });
        var (wallet, holder) = (await there.MemberAsync(), new W3cHolder());
        var document = (await holder.TakeAsync(there, wallet)).ToJsonString();
        var token = (await there.Nation.Issuer.DownloadAsync((await there.RecordOfAsync(wallet)).MemberId, "membership")).Credentials[0].GetValue<string>();
        string[] all = [wallet.Credential, document, token];

        // Before: nobody vouches for it, and nobody is called.
        var heard = there.Hear();
        foreach (var text in all) await RefusedAsync(here, text);
        Assert.Empty(heard);

        // For another type: the same.
        var narrow = await RecogniseAsync(here, there, Residency);
        foreach (var text in all) await RefusedAsync(here, text);
        Assert.Empty(heard);
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, narrow.Id);

        // Recognised: at once, in each server of the nation.
        var one = await RecogniseAsync(here, there, Membership);
        foreach (var text in all)
        {
            var (json, signed) = await VerifyAsync(here, text);
            Assert.True((string)json["verdict"]! == "accepted", json.ToJsonString());
            var credential = Assert.Single(signed["credentials"]!.AsArray())!;
            Assert.Equal(("recognition", one.Id), ((string)credential["rests_on"]!["trust"]!, (string)Assert.Single(credential["rests_on"]!["recognitions"]!.AsArray())!["id"]!));
            Assert.NotNull(credential["list_at"]);
        }

        // Nobody signs in here by it, nor is whom the other recognises recognised by that.
        Assert.False(new IssuerCertificates(issuer => issuer == here.Issuer ? here.Nation.Keys.Roots : []).Trusts(there.Issuer));
        Assert.Equal("issuer_not_trusted", (await here.Nation.SdJwtVcs.VerifyAsync(wallet.Credential, null, CredentialTerms.None)).Verdict.Reason);
        await using (var third = await TestServer.StartAsync())
        {
            await RecogniseAsync(there, third, Membership);
            await RefusedAsync(here, (await third.MemberAsync()).Credential);
        }

        // It speaks for itself alone: not for this nation, and not by the word of another's root.
        foreach (var (issuer, reason) in ((string, string)[])[(here.Issuer, "issuer_key_not_trusted"), (there.Issuer + "/", "issuer_not_trusted")])
        {
            var (json, _) = await VerifyAsync(here, await Forgery.CredentialAsync(there.Nation, wallet.Credential, (_, payload) => payload["iss"] = issuer));
            Assert.Equal(reason, (string?)json["reason"]);
        }

        // What it takes back is refused here, too.
        await there.Nation.Revoker.RevokeAsync((await there.RecordOfAsync(wallet)).Id, "a reason");
        there.Time.Move(StatusListPublisher.Interval);
        await there.Nation.StatusLists.PublishDueAsync();
        var fresh = await there.MemberAsync();
        Assert.Equal("accepted", (string)(await VerifyAsync(here, fresh.Credential)).Json["verdict"]!);

        // Ended: at the next check.
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, one.Id);
        foreach (var text in (string[])[.. all, fresh.Credential]) await RefusedAsync(here, text);

        // Begun anew, and over by itself.
        var last = await RecogniseAsync(here, there, Membership);
        Assert.Equal("accepted", (string)(await VerifyAsync(here, fresh.Credential)).Json["verdict"]!);
        here.Time.Move(last.Content.Ends - here.Time.GetUtcNow());
        await RefusedAsync(here, fresh.Credential);
    }

    [Fact]
    public async Task Where_the_others_keys_cannot_be_had_it_is_neither_right_nor_wrong_and_the_report_of_it_is_signed()
    {
        await using var here = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        var there = await TestServer.StartAsync();
        string credential;
        await using (there)
        {
            credential = (await there.MemberAsync()).Credential;
            await RecogniseAsync(here, there, Membership);
        }

        var (json, signed) = await VerifyAsync(here, credential);
        Assert.Equal(("undetermined", "not_understood"), ((string)json["verdict"]!, (string)json["reason"]!));
        Assert.Equal(("undetermined", "proof", false), ((string)signed["verdict"]!, (string)signed["step"]!, (bool)signed["credentials"]![0]!["proven"]!));
        Assert.Empty(signed["credentials"]![0]!["rests_on"]!["recognitions"]!.AsArray());
    }

    [Fact]
    public async Task The_register_is_for_everyone_and_each_is_the_nations_signed_word()
    {
        await using var here = await TestServer.StartAsync();
        var empty = await here.Http.GetStringAsync(here.Url("/recognitions"));
        Assert.Contains("Nobody yet.", empty, StringComparison.Ordinal);
        var today = DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime);
        var ofUs = new Recognition(Recognition.OfUs, "Ministry <b>of</b> X", null, null, [Membership], "Entry to\nlibraries.", "Act 5", "https://law.example/5?a=1&b=2", today, today.AddDays(30));
        var gone = ofUs with { Name = "Gone", Types = [Residency], Scope = "Entry to museums.", Basis = "Act 6", From = today.AddDays(-3), Until = today.AddDays(60) };
        var (current, ended) = (await RecogniseAsync(here, ofUs), await RecogniseAsync(here, gone));
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, ended.Id);
        await RecogniseAsync(here, ofUs with { Name = "Later", From = today.AddDays(2) });
        var page = await here.Http.GetStringAsync(here.Url("/recognitions"));
        foreach (var words in (string[])["Ministry &lt;b&gt;of&lt;/b&gt; X", "href=\"https://law.example/5?a=1&amp;b=2\"", "Gone", "but ended before.", "Not yet.", current.Content.Digest]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.StartsWith(
            $"Ministry <b>of</b> X For which credentials Membership Taken for Entry to libraries. Legal basis Act 5 In force From {Day(0)} until and with {Day(30)}. Digest",
            Words(page, "Ministry &lt;b&gt;of&lt;/b&gt; X"),
            StringComparison.Ordinal);
        Assert.Matches(
            "^Gone Who recognised whom They recognised this nation For which credentials Residency Taken for Entry to museums. Legal basis Act 6 "
            + $"In force From {Day(-3)} until and with {Day(60)}, but ended before. Ended: [0-9]+ [A-Z][a-z]+ [0-9]{{4}}, [0-9:]+ UTC Digest",
            Words(page, "Gone"));
        Assert.True(page.IndexOf("Gone", StringComparison.Ordinal) > page.IndexOf("<h2>Over</h2>", StringComparison.Ordinal));
        Assert.True(page.IndexOf("Ministry", StringComparison.Ordinal) < page.IndexOf("<h2>Whom", StringComparison.Ordinal));

        using var response = await here.Http.GetAsync(here.Url("/recognitions.json"));
        var json = await response.JsonAsync();
        Assert.Equal((here.Issuer, here.Nation.DidLog!.Did), ((string)json["issuer"]!, (string)json["did"]!));
        Assert.Equal(["ended", "in_force", "to_come"], json["recognitions"]!.AsArray().Select(one => (string)one!["state"]!).Order(StringComparer.Ordinal));
        foreach (var one in json["recognitions"]!.AsArray().Select(one => one!.AsObject()))
        {
            var said = Read(here, (string)one["statement"]!, RegisteredRecognition.StatementType);
            one.Remove("statement");
            Assert.Equal(one.Select(member => $"{member.Key} {member.Value?.ToJsonString()}"), said.Skip(2).Select(member => $"{member.Key} {member.Value?.ToJsonString()}"));
            Assert.Equal((string)one["digest"]!, Recognition.Parse(said).Digest);
        }

        string Day(int days) => $"{today.AddDays(days):yyyy-MM-dd}";
    }

    [Fact]
    public async Task The_report_says_what_it_rests_on_and_what_it_does_not_say_and_nothing_about_the_person_unless_asked()
    {
        await using var server = await TestServer.StartAsync();
        var today = DateOnly.FromDateTime(server.Time.GetUtcNow().UtcDateTime);
        var ofUs = new Recognition(Recognition.OfUs, "Ministry of X", null, null, [Membership], "Entry to libraries.", "Act 5", "https://law.example/5", today, today.AddDays(30));
        var (one, _) = (await RecogniseAsync(server, ofUs), await RecogniseAsync(server, ofUs with { Name = "Of another type", Types = [Residency] }));
        var wallet = await server.MemberAsync(null, ("display_name", "Adalbertine"));

        var (json, signed) = await VerifyAsync(server, wallet.Credential);
        var credential = signed["credentials"]![0]!;
        Assert.Equal(("accepted", "amber", false), ((string)signed["verdict"]!, (string)signed["light"]!, (bool)credential["holder_proven"]!));
        Assert.Equal((server.Issuer, Membership, (string?)json["valid_until"]), ((string)credential["issuer"]!, (string)credential["type"]!, (string?)credential["valid_until"]));
        Assert.Equal((await server.RecordOfAsync(wallet)).ToBeSignedDigest, (string)credential["digest"]!);
        Assert.Equal(["held", "held", "held", "held", "held", "held", "not_shown"], credential["steps"]!.AsObject().Select(step => (string)step.Value!));
        Assert.Equal(("own", one.Id), ((string)credential["rests_on"]!["trust"]!, (string)Assert.Single(credential["rests_on"]!["recognitions"]!.AsArray())!["id"]!));
        Assert.Equal(Founding.FirstVersion, (string)credential["rests_on"]!["charter"]!["version"]!);
        var sentences = credential["does_not_say"]!.AsArray().Select(sentence => (string)sentence!).ToList();
        foreach (var words in (string[])["not a nationality", "no statement by any state", "who brought it"]) Assert.Contains(sentences, sentence => sentence.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain("Adalbertine", signed.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(credential["claims"]);

        // Asked for, it is there: and the answer to a challenge is.
        var bound = await Forgery.BindAsync(wallet.Credential, wallet.Key, "https://office.example", "17", server.Time.GetUtcNow());
        (_, signed) = await VerifyAsync(server, new JsonObject { ["presentation"] = bound, ["challenge"] = "17", ["domain"] = "https://office.example", ["include_claims"] = true }.ToJsonString(), "application/json");
        Assert.Equal(("green", "17", "https://office.example", true), ((string)signed["light"]!, (string)signed["challenge"]!, (string)signed["domain"]!, (bool)signed["credentials"]![0]!["holder_proven"]!));
        Assert.Equal("Adalbertine", (string)signed["credentials"]![0]!["claims"]!["display_name"]!);
        Assert.DoesNotContain(signed["credentials"]![0]!["does_not_say"]!.AsArray(), sentence => ((string)sentence!).Contains("who brought it", StringComparison.Ordinal));

        // Who did not prove to be its holder answered nothing: anybody could have the nation sign words of theirs.
        (_, signed) = await VerifyAsync(server, new JsonObject { ["credential"] = wallet.Credential, ["challenge"] = "Buy at", ["domain"] = "https://shop.example" }.ToJsonString(), "application/json");
        Assert.Equal(("refused", false, null, null), ((string)signed["verdict"]!, (bool)signed["credentials"]![0]!["holder_proven"]!, (string?)signed["challenge"], (string?)signed["domain"]));
        Assert.DoesNotContain("shop.example", signed.ToJsonString(), StringComparison.Ordinal);

        // What does not hold is signed as that, with nothing of what stands in it but its names, and no more than so much of them.
        var forged = await Forgery.CredentialAsync(server.Nation, wallet.Credential, (_, payload) => (payload["iss"], payload["charter_version"]) = ("https://" + new string('e', 5000), "Mine"));
        (_, signed) = await VerifyAsync(server, new JsonObject { ["credential"] = forged, ["include_claims"] = true }.ToJsonString(), "application/json");
        credential = signed["credentials"]![0]!;
        Assert.Equal(("refused", "issuer", "issuer_not_trusted", false), ((string)signed["verdict"]!, (string)signed["step"]!, (string)signed["reason"]!, (bool)credential["proven"]!));
        Assert.Equal((500, null, null, null), (((string)credential["issuer"]!).Length, credential["claims"], (string?)credential["rests_on"]!["trust"], credential["rests_on"]!["charter"]));
        (_, signed) = await VerifyAsync(server, "hello");
        Assert.Equal(("refused", "shape_invalid", null), ((string)signed["verdict"]!, (string)signed["reason"]!, (string?)signed["credentials"]![0]!["digest"]));

        // The page says the same, and has the report to save.
        using var form = new FormUrlEncodedContent([new("text", wallet.Credential)]);
        using var answer = await server.Http.PostAsync(server.Url("/verify"), form);
        var page = await answer.Content.ReadAsStringAsync();
        foreach (var words in (string[])["It is this nation itself", "Ministry of X", "href=\"https://law.example/5\"", "What it does not say", "not a nationality", "download=\"verification-report.jwt\""]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Of another type", page, StringComparison.Ordinal);
        var saved = page.Split("href=\"data:application/jwt,")[1].Split('"')[0];
        Assert.Equal("accepted", (string)Read(server, saved, SignedReports.Type)["verdict"]!);
    }

    [Fact]
    public async Task What_a_verdict_rested_on_is_what_was_so_when_it_fell()
    {
        await using var here = await TestServer.StartAsync(change: settings => settings with { FetchLoopback = true });
        await using var there = await TestServer.StartAsync();
        var credential = (await there.MemberAsync()).Credential;
        var one = await RecogniseAsync(here, there, Membership);
        await RecogniseAsync(here, there, Residency);
        var report = await here.Nation.PublicVerifier.VerifyAsync(credential);
        Assert.Equal(Outcome.Accepted, report.Verdict.Outcome);
        await RecognitionActs.EndAsync(here.Nation.Database, here.Time, one.Id);
        await here.Nation.Recognitions.ReadAsync();
        var basis = await here.Nation.SignedReports.BasisOfAsync(report);
        Assert.Equal(("recognition", one.Id), (basis.Trust, Assert.Single(basis.Recognitions).Id));
    }

    [Fact]
    public async Task Of_several_types_the_report_has_what_each_does_not_say_and_who_accepts_any()
    {
        await using var server = await TestServer.StartAsync();
        var types = server.Nation.Types;
        var today = DateOnly.FromDateTime(server.Time.GetUtcNow().UtcDateTime);
        var ofUs = new Recognition(Recognition.OfUs, "Ministry of X", null, null, [Residency], "Entry to libraries.", "Act 5", "https://law.example/5", today, today.AddDays(30));
        var one = await RecogniseAsync(server, ofUs);
        await RecogniseAsync(server, ofUs with { Types = ["urn:network-identity:steward:1"] });
        var report = new VerificationReport("ldp_vc", server.Nation.DidLog!.Did, $"{types["membership"].W3cName} {types["residency"].W3cName}", Verdict.Accepted([]), VerificationReport.StepsOf(Verdict.Accepted([]), StepState.NotShown));
        var basis = await server.Nation.SignedReports.BasisOfAsync(report);
        foreach (var sentence in types["membership"].Rules.DoesNotSay.Concat(types["residency"].Rules.DoesNotSay)) Assert.Single(basis.DoesNotSay, sentence);
        Assert.NotEqual(types["membership"].Rules.DoesNotSay, types["residency"].Rules.DoesNotSay);
        Assert.Equal(one.Id, Assert.Single(basis.Recognitions).Id);
    }

    [Fact]
    public async Task The_report_names_the_digest_of_the_charter_that_the_credential_names()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (_, signed) = await VerifyAsync(desk.Server, desk.Wallets["fay"].Credential);
        var charter = (await Charters.InForceAsync(desk.Server.Nation.Database))!;
        Assert.Equal((charter.Version, charter.Digest), ((string)signed["credentials"]![0]!["rests_on"]!["charter"]!["version"]!, (string)signed["credentials"]![0]!["rests_on"]!["charter"]!["digest"]!));
    }

    [Fact]
    public async Task The_founder_recognises_and_ends_it_by_command()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        string[] add = ["recognition", "add", "--direction", "of_us", "--name", "Ministry of X", "--type", "membership", "--scope", "Entry.", "--basis", "Act 5", "--basis-url", "https://law.example/5", "--from", "2026-01-01", "--until", $"{server.Time.GetUtcNow().AddYears(1):yyyy-MM-dd}", "--json"];
        var added = (await netid.RunAsync(add)).Json;
        Assert.Equal(("in_force", Membership), ((string)added["state"]!, (string)added["types"]![0]!));
        Assert.StartsWith("unknown_type", (await netid.RunAsync([.. add.Select(word => word == "membership" ? "passport" : word)])).Error, StringComparison.Ordinal);
        Assert.Equal("ended", (string)(await netid.RunAsync("recognition", "end", (string)added["id"]!, "--json")).Json["state"]!);
        Assert.Equal(1, (await netid.RunAsync("recognition", "end", (string)added["id"]!)).ExitCode);
        Assert.Equal("ended", (string)Assert.Single((await netid.RunAsync("recognition", "list", "--json")).Json.AsArray())!["state"]!);
    }

    private static Task<RegisteredRecognition> RecogniseAsync(TestServer here, TestServer there, string type)
    {
        var today = DateOnly.FromDateTime(here.Time.GetUtcNow().UtcDateTime);
        return RecogniseAsync(here, new(
            Recognition.ByUs, "Aurora", there.Issuer, there.Nation.DidLog!.Did, [type], "Members of any tier.", "Treaty of 2026", "https://law.example/treaty", today.AddDays(-1), today.AddDays(20)));
    }

    private static Task<RegisteredRecognition> RecogniseAsync(TestServer here, Recognition recognition) =>
        RecognitionActs.RecogniseAsync(here.Nation.Database, here.Nation.Keys.Nation, here.Time, recognition);

    /// <summary>What a person reads of one in the register, from its name on.</summary>
    private static string Words(string page, string name)
    {
        var html = Regex.Replace(page.Split("<h3>").Single(part => part.StartsWith($"<bdi>{name}</bdi>", StringComparison.Ordinal)), "</?(bdi|a|time|code)\\b[^>]*>", "");
        return Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]+>", " ")), "\\s+", " ").Trim();
    }

    private static async Task RefusedAsync(TestServer server, string text)
    {
        var (json, signed) = await VerifyAsync(server, text);
        Assert.Equal(("refused", "issuer", "issuer_not_trusted"), ((string?)json["verdict"], (string?)json["step"], (string?)json["reason"]));
        Assert.Equal("refused", (string)signed["verdict"]!);
    }

    /// <summary>The answer, and the report in it, whose signature is the nation's.</summary>
    private static async Task<(JsonObject Json, JsonObject Signed)> VerifyAsync(TestServer server, string text, string type = "text/plain")
    {
        using var content = new StringContent(text, Encoding.UTF8, type);
        using var response = await server.Http.PostAsync(server.Url("/verify"), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await response.JsonAsync();
        return (json, Read(server, (string)json["report"]!, SignedReports.Type));
    }

    private static JsonObject Read(TestServer server, string statement, string type) => SignedStatement.Read(
        new IssuerCertificates(issuer => issuer == server.Issuer ? server.Nation.Keys.Roots : []), statement, type, server.Issuer, server.Time.GetUtcNow());
}
