using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>Servers whose clocks are not the same, and a clock that is put back: nothing is accepted twice (F8).</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task F8_a_nonce_that_one_server_used_and_swept_is_not_good_on_one_that_is_ten_minutes_behind()
    {
        await using var slow = await TestServer.StartAsync();
        slow.Time.Move(TimeSpan.FromMinutes(-5));
        await using var fast = await slow.StartBesideAsync(time: At(TimeSpan.FromMinutes(5)));
        foreach (var maker in (TestServer[])[slow, fast])
        {
            var nonce = await new TestWallet(maker).NonceAsync();
            var first = await TestIssuance.BeginAsync(slow);
            await first.StillOpenAsync(nonce);

            // By the clock of the one it has ended long ago, by that of the other it is good for minutes.
            await SweepAsync(fast, TimeSpan.FromMinutes(6));
            var second = await TestIssuance.BeginAsync(slow);
            using var answer = await second.Wallet.RequestCredentialAsync(second.Token, await second.Wallet.ProofAsync(nonce));
            await answer.RefusedAsync("invalid_nonce");
        }
    }

    [Fact]
    public async Task F8_nothing_that_was_used_is_good_again_after_the_clock_stepped_back_an_hour()
    {
        await using var server = await TestServer.StartAsync();
        var first = await TestIssuance.BeginAsync(server);
        var nonce = await first.Wallet.NonceAsync();
        await first.StillOpenAsync(nonce);
        var world = await TestSignIn.BeginAsync(server);
        var code = await world.ProveAsync(await server.MemberAsync());
        (await world.RedeemAsync(code)).EnsureSuccessStatusCode();

        server.Time.Move(TimeSpan.FromMinutes(30));
        await SweepAsync(server, TimeSpan.Zero);
        server.Time.Move(TimeSpan.FromHours(-1));
        var second = await TestIssuance.BeginAsync(server);
        using (var answer = await second.Wallet.RequestCredentialAsync(second.Token, await second.Wallet.ProofAsync(nonce))) await answer.RefusedAsync("invalid_nonce");
        using (var again = await world.RedeemAsync(code)) await again.RefusedAsync("invalid_grant");

        // And it goes on.
        await second.StillOpenAsync();
    }

    [Fact]
    public async Task F8_a_code_that_one_server_gave_tokens_for_gives_none_on_another_with_another_clock()
    {
        await using var slow = await TestServer.StartAsync();
        slow.Time.Move(TimeSpan.FromMinutes(-5));
        await using var fast = await slow.StartBesideAsync(time: At(TimeSpan.FromMinutes(5)));
        var world = await TestSignIn.BeginAsync(slow);
        var code = await world.ProveAsync(await slow.MemberAsync());

        // Ten minutes ahead it has ended; that is no harm to the other, also after the first has swept.
        using (var late = await world.RedeemAsync(code, at: fast)) await late.RefusedAsync("invalid_grant");
        await SweepAsync(fast, TimeSpan.FromMinutes(10));
        using (var good = await world.RedeemAsync(code)) Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        foreach (var server in (TestServer[])[fast, slow])
            using (var again = await world.RedeemAsync(code, at: server)) await again.RefusedAsync("invalid_grant");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task F8_ten_seconds_between_clocks_are_in_nobodys_way(int seconds)
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync(time: At(TimeSpan.FromSeconds(seconds)));
        foreach (var order in (TestServer[][])[[server, beside], [beside, server]]) await SeveralServersTests.JourneyAsync(order);
    }

    private static ManualTime At(TimeSpan offset)
    {
        var time = new ManualTime();
        time.Move(offset);
        return time;
    }

    /// <summary>Sweeps as a server does, so much later by its clock.</summary>
    private static async Task SweepAsync(TestServer server, TimeSpan later)
    {
        foreach (var statement in Sweeper.At((server.Time.GetUtcNow() + later).ToUnixTimeSeconds(), Sweeper.Retention.Usual))
            while (await server.Nation.Database.CommitAsync(statement) is null) await Task.Yield();
    }
}
