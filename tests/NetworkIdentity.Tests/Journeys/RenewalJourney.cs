using System.Text.Json.Nodes;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>What has expired is renewed: another credential of the same person, in a slot of its own; the one before stays what it is.</summary>
public sealed class RenewalJourney
{
    [Fact]
    public async Task A79_I3_an_expired_membership_opens_nothing_and_its_renewal_does_in_a_slot_of_its_own()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var ana = await server.MemberAsync(null, ("display_name", "Ana"), ("tier", "citizen"));
        var old = (Wallet: ana.Credential, Record: await server.RecordOfAsync(ana));
        var library = await TestSignIn.BeginAsync(server);
        var before = SubOf(await library.SignInAsync(ana));

        // After its end, by the clock alone: nobody revoked it, and no list says a word.
        server.Time.Move(TimeSpan.FromDays(345));
        await server.Nation.Keys.RenewAsync();
        while (server.Time.GetUtcNow().ToUnixTimeSeconds() <= old.Record.ExpiresAt)
        {
            server.Time.Move(TimeSpan.FromDays(7));
            await server.Nation.Keys.RenewAsync();
        }

        await RefusedAsync();
        Assert.Equal((false, 0), (await StandsAsync(old.Record), await SlotAsync(old.Record)));

        // Renewed, it is the same person, in another slot.
        var offer = await server.Nation.Offering.RenewAsync(old.Record.Id, new Dictionary<string, string>(), withTransactionCode: false);
        Assert.Equal(old.Record.MemberId, offer.MemberId);
        await ana.TakeAsync(offer.Id);
        var renewed = await server.RecordOfAsync(ana);
        Assert.NotEqual((old.Record.ListId, old.Record.Idx), (renewed.ListId, renewed.Idx));
        await library.OpenAsync();
        Assert.Equal(before, SubOf(await library.SignInAsync(ana)));

        // The old one stays refused, and each ends alone.
        var current = ana.Credential;
        ana.Credential = old.Wallet;
        await RefusedAsync();
        ana.Credential = current;
        server.Time.Move(TimeSpan.FromSeconds(1));
        await server.Nation.Revoker.RevokeAsync(old.Record.Id, "to be tidy");
        Assert.Equal((true, 1, 0), (await StandsAsync(renewed), await SlotAsync(old.Record), await SlotAsync(renewed)));
        await library.OpenAsync();
        await library.SignInAsync(ana);

        // Who did what is told with the record.
        var acts = (await NetidProcess.Beside(server).RunAsync("credential", "show", old.Record.Id, "--json")).Json["acts"]!.AsArray().Select(act => act!.GetValue<string>()).ToList();
        Assert.Equal(["issue", "renew", "revoke"], acts.Select(act => act.Split(' ')[1]));
        Assert.All(acts, act => Assert.EndsWith("by founder", act));

        async Task RefusedAsync()
        {
            await library.OpenAsync();
            using var refused = await ana.AnswerAsync(await ana.FetchAsync(library.SameDeviceLink));
            Assert.Contains("expired", await refused.RefusedAsync("invalid_request"));
        }

        async Task<bool> StandsAsync(Credentials.Row record) =>
            (await Credentials.FindAsync(server.Nation.Database, record.Id))!.Stands(server.Time.GetUtcNow().ToUnixTimeSeconds());

        Task<int> SlotAsync(Credentials.Row record) => server.Nation.Database.ReadAsync(async connection =>
            (int)await connection.QuerySingleAsync<long>("SELECT status FROM status_slot WHERE list_id = @ListId AND idx = @Idx", record));
    }

    private static string SubOf(JsonObject session) =>
        Jws.Parse(session["id_token"]!.GetValue<string>()).Claims()["sub"]!.GetValue<string>();
}
