using System.Net;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A server that is told to stop (F14).</summary>
public sealed class StoppingTests
{
    [Fact]
    public async Task F14_a_server_that_is_told_to_stop_is_not_ready_first_still_serves_and_finishes_what_is_under_way()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no SIGTERM");
        await using var server = await TestServer.StartAsync();
        var address = $"http://localhost:{TestServer.FreePort()}";
        await using var leaving = await NetidProcess.Beside(server).With(("NETID__Urls", address), ("NETID__Drain__Seconds", "2")).ServeAsync();
        using var http = TestServer.NewProgram();
        Assert.Equal(HttpStatusCode.OK, await HealthAsync("ready"));

        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var wallet = new TestWallet(http, server.Issuer, address, server.Time);
        var token = await wallet.TokenAsync(made.Id);
        var proof = await wallet.ProofAsync(await wallet.NonceAsync());
        var held = new WriteLock(server.Settings.ConnectionString, "credential");
        using (held)
        {
            // One request waits for the database when the signal comes, until long after the server has stopped listening.
            var underWay = wallet.RequestCredentialAsync(token, proof);
            await Task.Delay(300);
            Assert.False(underWay.IsCompleted);
            var stopped = leaving.StopAsync();
            await EventuallyAsync(async () => await HealthAsync("ready") == HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.OK, await HealthAsync("live"));
            using (var nonce = await http.PostAsync(address + "/nonce", null)) Assert.Equal(HttpStatusCode.OK, nonce.StatusCode);

            await EventuallyAsync(async () => await HealthAsync("live") is null);
            Assert.False(underWay.IsCompleted);
            held.Release();
            using var taken = await underWay;
            Assert.NotEmpty(await TestIssuance.CredentialsAsync(taken));
            Assert.Equal(0, await stopped);
        }

        Assert.Single(await Registry.Credentials.OfOfferAsync(server.Nation.Database, made.Id));

        async Task<HttpStatusCode?> HealthAsync(string which)
        {
            try
            {
                using var fresh = TestServer.NewProgram();
                using var answer = await fresh.GetAsync($"{address}/health/{which}");
                return answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var waited = 0; !await holds(); waited++)
        {
            Assert.True(waited < 200);
            await Task.Delay(25);
        }
    }
}
