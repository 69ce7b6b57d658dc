using NetworkIdentity.Registry;

namespace NetworkIdentity.Server;

/// <summary>Once a minute: deletes what has expired, makes keys whose time has come, writes them into the log of the nation's DID, and takes the census that is due.</summary>
internal sealed class Sweeping(NationContext nation, Settings settings, ILogger<Sweeping> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                foreach (var statement in Sweeper.At(nation.Time.GetUtcNow().ToUnixTimeSeconds(), settings.Retention))
                    while (!stoppingToken.IsCancellationRequested && await nation.Database.CommitAsync(statement) is null) await Task.Yield();
                await nation.StatusLists.SweepAsync();
                await nation.Keys.RenewAsync();
                if (nation.DidLog is { } did) await did.RenewAsync();
                await nation.Deciding.GoOnAsync(Failed);
                await nation.Applying.GoOnAsync(Failed);
                await nation.Recovering.GoOnAsync(Failed);
                await nation.Appealing.GoOnAsync(Failed);
                await nation.Granting.GoOnAsync(Failed);
                await nation.Reminding.GoOnAsync(Failed);
                await nation.Census.TakeDueAsync();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(exception);
            }
        }
    }

    private void Failed(Exception exception) => log.LogError(exception, "Sweeping failed; it is tried again in a minute");

    internal static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
