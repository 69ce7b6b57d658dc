using System.Net;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Registry;

/// <summary>The command line beside a running server, on the same file.</summary>
public sealed class SecondProcessTests
{
    [Fact]
    public async Task What_another_process_writes_a_running_server_sees()
    {
        await using var server = await TestServer.StartAsync();
        var netid = NetidProcess.Beside(server);

        // An offer that the process makes, the server's wallet takes.
        var offer = (await netid.RunAsync("offer", "membership", "--claim", "tier=citizen", "--json")).Json;
        var uri = offer["credential_offer_uri"]!.GetValue<string>();
        var wallet = new TestWallet(server);
        await wallet.TakeAsync(uri[(uri.LastIndexOf('/') + 1)..].Split('?')[0].Split("%2F")[^1]);

        // The list is fetched, and so kept by the server, before the process revokes.
        var record = Assert.Single(await Credentials.ListAsync(server.Nation.Database));
        Assert.Equal(offer["member_id"]!.GetValue<string>(), record.MemberId);
        Assert.Equal(TokenStatus.Valid, await StatusAsync());
        var revoked = await netid.RunAsync("credential", "revoke", record.Id, "--reason", "lost", "--json");
        Assert.Equal("revoked", revoked.Json["state"]!.GetValue<string>());
        server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(TokenStatus.Invalid, await StatusAsync());

        // A partner that the process registers, the server knows.
        var client = (await netid.RunAsync("client", "add", "--name", "App", "--redirect-uri", "https://app.example/cb", "--json")).Json;
        var query = $"?client_id={client["client_id"]}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&scope=openid&code_challenge={new string('a', 43)}&code_challenge_method=S256";
        using var page = await server.Http.GetAsync(new Uri(server.Url("/authorize") + query));
        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);

        async Task<TokenStatus> StatusAsync()
        {
            var jws = Jws.Parse(await server.Http.GetStringAsync(new Uri(server.Url($"/status/{record.ListId}"))));
            return TokenStatusList.Read(jws, server.Url($"/status/{record.ListId}"), server.Time.GetUtcNow()).List.Get(record.Idx);
        }
    }

    [Fact]
    public async Task Server_and_process_write_at_once_and_both_are_answered()
    {
        await using var server = await TestServer.StartAsync();
        using var done = new CancellationTokenSource();
        var written = 0;
        var writing = Task.Run(async () =>
        {
            for (; !done.IsCancellationRequested; written++) Assert.Null(await server.Nation.Database.CommitAsync(Spent.Use("thing", $"{written}", 1)));
        });
        var offers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => NetidProcess.Beside(server).RunAsync("offer", "membership", "--json")));
        await done.CancelAsync();
        await writing;
        Assert.All(offers, offer => Assert.True(offer.ExitCode == 0, offer.Error));
        Assert.Equal(3, (await Members.AllAsync(server.Nation.Database)).Count);
        Assert.InRange(written, 10, int.MaxValue);
    }
}
