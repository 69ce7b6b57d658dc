using System.Net;
using System.Text.RegularExpressions;
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
}
