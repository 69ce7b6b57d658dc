using Microsoft.Extensions.Configuration;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Keeping;

/// <summary>How long what has ended is kept is configuration, and the sweep keeps to it.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task What_has_ended_is_kept_as_long_as_is_configured_and_what_was_taken_for_good()
    {
        await using var server = await TestServer.StartAsync();
        var retention = Read(("NetId:Retention:SignInHours", "2"), ("NetId:Retention:OfferDays", "3")).Retention;
        Assert.Equal(new Sweeper.Retention(TimeSpan.FromHours(2), TimeSpan.FromDays(3)), retention);

        // A sign-in with its request, code and token; an offer that was taken, one that was not, and a nonce that was used.
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        using (var redeemed = await signIn.RedeemAsync(await signIn.ProveAsync(wallet))) Assert.True(redeemed.IsSuccessStatusCode);
        await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        string[] tables = ["sign_in", "presentation_request", "authorization_code", "access_token", "offer", "spent"];
        var begin = server.Time.GetUtcNow();
        var before = await CountsAsync();
        Assert.All(before, count => Assert.NotEqual(0, count));

        await SweepAsync(begin.AddHours(2));
        Assert.Equal(before, await CountsAsync());
        await SweepAsync(begin.AddHours(2).AddMinutes(6));
        Assert.Equal([0, 0, 0, 0, 2, 1], await CountsAsync());
        await SweepAsync(begin.AddDays(3));
        Assert.Equal([0, 0, 0, 0, 2, 0], await CountsAsync());
        await SweepAsync(begin.AddDays(3).AddHours(1).AddMinutes(1));
        Assert.Equal([0, 0, 0, 0, 1, 0], await CountsAsync());
        await SweepAsync(begin.AddYears(20));
        Assert.Equal(1, await server.CountAsync("offer"));
        Assert.Equal(1, await server.CountAsync("credential"));
        Assert.NotEqual(0, await server.CountAsync("journal"));

        async Task SweepAsync(DateTimeOffset at)
        {
            foreach (var statement in Sweeper.At(at.ToUnixTimeSeconds(), retention))
                while (await server.Nation.Database.CommitAsync(statement) is null) await Task.Yield();
        }

        async Task<List<long>> CountsAsync()
        {
            var counts = new List<long>();
            foreach (var table in tables) counts.Add(await server.CountAsync(table));
            return counts;
        }
    }

    [Fact]
    public void Where_nothing_is_configured_it_is_an_hour_and_thirty_days() => Assert.Equal(Sweeper.Retention.Usual, Read().Retention);

    [Theory]
    [InlineData("NETID__Retention__SignInHours", "0")]
    [InlineData("NETID__Retention__SignInHours", "for ever")]
    [InlineData("NETID__Retention__OfferDays", "-1")]
    [InlineData("NETID__Retention__OfferDays", "3651")]
    [InlineData("NETID__Drain__Seconds", "61")]
    [InlineData("NETID__Drain__Seconds", "1.5")]
    public void What_is_no_such_time_names_its_setting(string setting, string value) => Assert.Contains(
        setting, Assert.Throws<SettingsException>(() => Read((setting.Replace("NETID__", "NetId:", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal), value))).Message, StringComparison.Ordinal);

    private static Settings Read(params (string Name, string? Value)[] given) => Settings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(
            [new("NetId:Keys:Secret", TestNation.Secret), .. given.Select(one => new KeyValuePair<string, string?>(one.Name, one.Value))]).Build(),
        isDevelopment: false);
}
