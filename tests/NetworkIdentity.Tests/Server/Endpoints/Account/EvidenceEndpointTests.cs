using System.Net;
using System.Text.RegularExpressions;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server.Endpoints.Account;

/// <summary>Evidence of what a member holds, by a button of their page.</summary>
public sealed class EvidenceEndpointTests
{
    private const string Path = "/account/evidence";

    [Fact]
    public async Task A_member_has_evidence_of_their_own_credential_by_a_button_and_it_is_accepted_without_the_nation()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;
        var record = await server.RecordOfAsync(desk.Wallets["fay"]);
        _ = await server.Nation.StatusLists.FindAsync(record.ListId);
        await server.Nation.Log.SequenceAsync();
        var fay = await desk.AtAsync("fay", "/account");
        var page = await fay.GetStringAsync(server.Url("/account"));
        Assert.Contains($"action=\"{server.Url(Path)}\"", page);
        var of = Regex.Match(page, "name=\"of\" value=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal(record.Id, of);

        using (var file = await desk.SendAsync(fay, page, Path, ("of", of)))
        {
            Assert.True(file.StatusCode == HttpStatusCode.OK, await file.Content.ReadAsStringAsync());
            Assert.Equal(("application/json", "evidence.json"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
            Assert.True(file.Headers.CacheControl!.NoStore);
            var evidence = StrictJson.ParseObject(await file.Content.ReadAsByteArrayAsync());
            var report = await EvidenceVerifier.VerifyAsync(evidence, server.Nation.DidLog!.Did, server.Time.GetUtcNow(), server.Time);
            Assert.Equal((Outcome.Accepted, record.Type), (report.Verdict.Outcome, server.Nation.Types.Values.Single(type => type.Vct == report.Type).Name));
        }

        // While others have theirs made one comes later, and /verify has turns of its own; who proved long ago who they are does so anew.
        using (server.Alone())
        using (var first = server.The<VerifyTurns>(Path).Take())
        using (var second = server.The<VerifyTurns>(Path).Take())
        using (var full = await desk.SendAsync(fay, page, Path, ("of", of)))
        {
            await full.RefusedAsPageAsync("temporarily_unavailable", HttpStatusCode.ServiceUnavailable);
            server.The<VerifyTurns>().Take().Dispose();
        }

        server.Time.Move(TimeSpan.FromMinutes(6));
        using (var late = await desk.SendAsync(fay, page, Path, ("of", of)))
            Assert.StartsWith(server.Url("/authorize"), late.Headers.Location?.ToString());

        // Nobody else's, not from another's form, and not without a session.
        var ivy = await desk.AtAsync("ivy", "/account");
        var theirs = await ivy.GetStringAsync(server.Url("/account"));
        using (var others = await desk.SendAsync(ivy, theirs, Path, ("of", of))) await others.RefusedAsPageAsync("not_found", HttpStatusCode.NotFound);
        using (var foreign = await desk.SendAsync(ivy, page, Path, ("of", of))) await foreign.RefusedAsPageAsync("invalid_request");
        await server.Nation.Database.CommitAsync(Sessions.EndOfMember(desk.People["ivy"], "account", Sessions.LoggedOut, server.Time.GetUtcNow().ToUnixTimeSeconds()));
        using (var nobody = await desk.SendAsync(ivy, theirs, Path, ("of", of))) Assert.Equal((HttpStatusCode.SeeOther, server.Url("/account")), (nobody.StatusCode, nobody.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task Where_something_is_missing_of_it_the_page_says_what_and_nothing_is_given()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var record = await desk.Server.RecordOfAsync(desk.Wallets["fay"]);
        var fay = await desk.AtAsync("fay", "/account");
        var page = await fay.GetStringAsync(desk.Server.Url("/account"));

        // No leaf is found of its issue, however often it is asked for.
        await desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE credential SET to_be_signed_digest = 'other' WHERE id = @Id", new { record.Id }));
        var asked = desk.SendAsync(fay, page, Path, ("of", record.Id));
        while (!asked.IsCompleted)
        {
            desk.Server.Time.Move(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        using var none = await asked;
        var words = await none.RefusedAsPageAsync("evidence_not_made", HttpStatusCode.ServiceUnavailable);
        Assert.Contains("the receipt of its issue: there is none for that notification_id", words, StringComparison.Ordinal);
        Assert.Contains("Try again in a minute", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_whose_key_signs_nothing_any_more_is_in_its_wallet_alone_and_the_page_says_so()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var server = desk.Server;

        // Ivy joined when the key had been in use for a while: her membership outlives it.
        var record = await server.RecordOfAsync(desk.Wallets["ivy"]);
        var key = server.Nation.Keys.Keys.Single(key => key.Kid == record.Kid);
        using var alone = server.Alone();
        foreach (var at in (DateTimeOffset[])[key.RetireAfter - KeyRing.Overlap + TimeSpan.FromHours(1), key.RetireAfter + TimeSpan.FromHours(1)])
        {
            server.Time.Move(at - server.Time.GetUtcNow());
            await server.Nation.Keys.RenewAsync();
        }

        Assert.True(record.Stands(server.Time.GetUtcNow().ToUnixTimeSeconds()));
        var ivy = await desk.AtAsync("ivy", "/account");
        using var none = await desk.SendAsync(ivy, await ivy.GetStringAsync(server.Url("/account")), Path, ("of", record.Id));
        var words = await none.RefusedAsPageAsync("credential_not_here", HttpStatusCode.Conflict);
        Assert.Contains("Only your wallet has this credential", words, StringComparison.Ordinal);
        Assert.DoesNotContain("Try again", words, StringComparison.Ordinal);
    }
}
