using System.Diagnostics;
using System.Net;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>Another process holds a lock for longer than a server waits (F4).</summary>
public sealed class LockedTests
{
    [Fact]
    public async Task F4_a_lock_that_is_held_elsewhere_is_503_in_bounded_time_what_is_read_goes_on_and_so_does_all_when_it_is_released()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with
        {
            ConnectionString = settings.ConnectionString + (TestPostgres.IsEngine ? ";Command Timeout=3" : ";Default Timeout=1"),
        });
        var ready = await TestIssuance.BeginAsync(server);
        var held = new WriteLock(server.Settings.ConnectionString, "credential");
        using (held)
        {
            var clock = Stopwatch.StartNew();
            using var refused = await ready.RequestAsync();
            await refused.RefusedAsync("temporarily_unavailable", HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.InRange(clock.Elapsed.TotalSeconds, 0.5, 30);
            using var health = await server.Http.GetAsync(server.Url("/health/ready"));
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            held.Release();
        }

        await ready.StillOpenAsync();
    }
}
