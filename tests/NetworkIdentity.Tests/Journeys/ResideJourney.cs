using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Journeys;

/// <summary>Journey 4, the credential's half: a residency of a node, which begins on its day and ends by itself.</summary>
public sealed class ResideJourney
{
    private const string Scope = "openid residency";

    [Fact]
    public async Task A_residency_begins_on_its_day_opens_the_door_and_ends_by_itself()
    {
        // The nation has a node, and Ana belongs. From the day after tomorrow she lives there for thirty days.
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);
        await netid.RunAsync("node", "add", "--name", "Lisbon", "--region", "Europe");
        var ana = await server.MemberAsync(null, ("node", "Lisbon"));
        var member = (await server.RecordOfAsync(ana)).MemberId;
        var (from, until) = (server.Day(2), server.Day(31));
        var offer = (await netid.RunAsync(
            "offer", "residency", "--member", member, "--claim", "residency_status=resident", "--claim", "node=Lisbon", "--claim", $"from={from}", "--claim", $"until={until}", "--json")).Json;
        await ana.TakeAsync(offer["credential_offer_uri"]!.GetValue<string>().Split('?')[0].Split('/')[^1]);

        // Her wallet and everyone else sees what it is not, and when it ends; what it says of her they don't.
        var shown = SdJwt.Parse(ana.Held["residency"]).IssuerSigned.Claims();
        Assert.Equal("Not an immigration status", shown["notice"]!.GetValue<string>());
        Assert.Equal(Start(until).AddDays(1).ToUnixTimeSeconds(), shown["exp"]!.GetValue<long>());
        Assert.Equal(Start(from).ToUnixTimeSeconds(), shown["nbf"]!.GetValue<long>());
        foreach (var withheld in (string[])["residency_status", "node", "from", "until"]) Assert.Null(shown[withheld]);

        // The door asks for membership and residency. Before her first day it says so.
        var door = await TestSignIn.BeginAsync(server, request => request with { Policy = ProofPolicy.Of(["membership", "residency"]) }, Scope);
        Assert.Contains("not_yet_valid", await RefusedAsync(ana, door));
        Assert.Contains("This credential is not valid yet", await door.Browser.GetStringAsync(door.Page));

        // On her first day it opens, and again on her last.
        server.Time.Move(TimeSpan.FromDays(2));
        await door.OpenAsync(Scope);
        var claims = Jws.Parse((await door.SignInAsync(ana))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal(("resident", "Lisbon", until), (Text(claims, "residency_status"), Text(claims, "node"), Text(claims, "until")));
        Assert.Null(claims["residency"]!["from"]);
        server.Time.Move(Start(until).AddHours(23) - server.Time.GetUtcNow());
        await door.OpenAsync(Scope);
        var late = await door.SignInAsync(ana);

        // Then it has ended, without anyone's act: at the door, and for the app that was told at the last minute. She still belongs.
        server.Time.Move(TimeSpan.FromHours(1));
        await door.OpenAsync(Scope);
        Assert.Contains("expired", await RefusedAsync(ana, door));
        using (var told = await door.UserInfoAsync(late["access_token"]!.GetValue<string>())) await told.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Null((await server.RecordOfAsync(ana, "residency")).RevokedAt);
        var library = await TestSignIn.BeginAsync(server);
        Assert.NotNull((await library.SignInAsync(ana))["id_token"]);

        // Another stay has days of its own: the old ones are not said again.
        var again = await Assert.ThrowsAsync<Refusal>(() => server.GiveAsync(ana, "residency"));
        Assert.Equal("invalid_claim", again.Code);
        Assert.Contains("until must be", again.Description);
        await server.GiveResidencyAsync(ana, 0, 1);
        await door.OpenAsync(Scope);
        Assert.NotNull((await door.SignInAsync(ana))["id_token"]);
    }

    [Fact]
    public async Task A_code_of_the_last_minute_is_worth_nothing_in_the_next_day()
    {
        await using var server = await TestServer.StartAsync();
        var ana = await server.MemberAsync();
        await server.GiveResidencyAsync(ana, 0, 1);
        var door = await TestSignIn.BeginAsync(server, request => request with { Policy = ProofPolicy.Of(["residency"]) }, Scope);
        server.Time.Move(Start(server.Day(2)).AddSeconds(-30) - server.Time.GetUtcNow());
        await door.OpenAsync(Scope);
        var code = await door.ProveAsync(ana);
        server.Time.Move(TimeSpan.FromSeconds(31));
        using var refused = await door.RedeemAsync(code);
        Assert.Contains("has ended", await refused.RefusedAsync("invalid_grant"));
    }

    private static async Task<string> RefusedAsync(TestWallet wallet, TestSignIn world)
    {
        using var refused = await wallet.AnswerAsync(await wallet.FetchAsync(world.SameDeviceLink));
        return await refused.RefusedAsync("invalid_request");
    }

    private static string Text(JsonObject claims, string name) => claims["residency"]![name]!.GetValue<string>();

    private static DateTimeOffset Start(string day) => new(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}
