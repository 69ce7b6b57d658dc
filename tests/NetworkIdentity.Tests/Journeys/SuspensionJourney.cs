using System.Net;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>The suspension half of journey 6: what is suspended opens nothing for a time, and then does again, whoever acts or nobody.</summary>
public sealed class SuspensionJourney
{
    [Fact]
    public async Task A79_A38_a_suspended_membership_opens_nothing_until_its_end_and_then_opens_as_before()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        var netid = NetidProcess.Beside(server);
        var ana = await server.MemberAsync(null, ("tier", "citizen"));
        var record = await server.RecordOfAsync(ana);
        var library = await TestSignIn.BeginAsync(server);
        var session = await library.SignInAsync(ana);
        await library.OpenAsync();
        var code = await library.ProveAsync(ana);
        Assert.Equal(TokenStatus.Valid, await ListedAsync(server));

        var last = DateOnly.FromDateTime(server.Time.GetUtcNow().UtcDateTime).AddDays(2).ToString("yyyy-MM-dd");
        var suspended = (await netid.RunAsync("credential", "suspend", record.Id, "--reason", "a quarrel about the garden", "--until", last, "--json")).Json;
        Assert.Equal(("suspended", "a quarrel about the garden"), (suspended["state"]!.GetValue<string>(), suspended["suspended_reason"]!.GetValue<string>()));

        // At once, on every server: the code in hand, the session, and a new sign-in, with its own reason and no word of why.
        foreach (var at in (TestServer[])[server, beside])
        {
            using (var late = await library.RedeemAsync(code, at: at)) Assert.Contains("suspended", await late.RefusedAsync("invalid_grant"));
            using (var told = await library.UserInfoAsync(session["access_token"]!.GetValue<string>(), at)) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        await RefusedAsync();

        // Everyone reads it within the interval, on every server.
        server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal((TokenStatus.Suspended, TokenStatus.Suspended), (await ListedAsync(server), await ListedAsync(beside)));
        await RefusedAsync();
        Assert.StartsWith("already_suspended", (await netid.RunAsync("credential", "renew", record.Id)).Error);
        Assert.StartsWith("not_a_member", (await netid.RunAsync("member", "appoint", record.MemberId, "--until", last)).Error);

        // Resumed: who proves is signed in again. What was ended stays so.
        var resumed = (await netid.RunAsync("credential", "resume", record.Id, "--reason", "they made peace", "--json")).Json;
        Assert.Equal(("valid", "they made peace"), (resumed["state"]!.GetValue<string>(), resumed["resumed_reason"]!.GetValue<string>()));
        using (var again = await library.RedeemAsync(code)) await again.RefusedAsync("invalid_grant");
        using (var told = await library.UserInfoAsync(session["access_token"]!.GetValue<string>())) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await AcceptedAsync();
        Assert.StartsWith("not_suspended", (await netid.RunAsync("credential", "resume", record.Id, "--reason", "again")).Error);

        // Suspended once more, and its time goes by: good at the second, though no list says so yet; and then the list does, by itself.
        var end = server.Time.GetUtcNow().AddHours(1);
        await server.Nation.Suspensions.SuspendAsync(record.Id, "again", end);
        server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(TokenStatus.Suspended, await ListedAsync(server));
        await RefusedAsync();
        server.Time.Move(end - server.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await AcceptedAsync();
        for (var waited = 0; await ListedAsync(beside) != TokenStatus.Valid; waited++)
        {
            Assert.InRange(waited, 0, 100);
            await Task.Delay(100);
            server.Time.Move(TimeSpan.FromSeconds(1));
        }

        var renewed = (await netid.RunAsync("credential", "renew", record.Id, "--json")).Json;
        Assert.Equal(record.MemberId, renewed["member_id"]!.GetValue<string>());

        async Task RefusedAsync()
        {
            await library.OpenAsync();
            using var refused = await ana.AnswerAsync(await ana.FetchAsync(library.SameDeviceLink));
            Assert.Contains("Refused at step Status: suspended", await refused.RefusedAsync("invalid_request"));
            var page = await library.Browser.GetStringAsync(library.Page);
            Assert.Contains("This credential is suspended", page);
            Assert.DoesNotContain("garden", page);
        }

        async Task AcceptedAsync()
        {
            await library.OpenAsync();
            await library.SignInAsync(ana);
        }

        async Task<TokenStatus> ListedAsync(TestServer at)
        {
            using var stranger = TestServer.NewBrowser();
            var jws = Jws.Parse(await stranger.GetStringAsync(at.UrlHere($"/status/{record.ListId}")));
            return TokenStatusList.Read(jws, server.Nation.Keys.Nation.Url($"/status/{record.ListId}"), server.Time.GetUtcNow()).List.Get(record.Idx);
        }
    }
}
