namespace NetworkIdentity.Server;

/// <summary>Every second: ends the suspensions whose time is over, and publishes the status lists that are due. Any server may; one of them does.</summary>
internal sealed class Publishing(NationContext nation, ILogger<Publishing> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        while (await Sweeping.WaitAsync(timer, stoppingToken))
        {
            try
            {
                await nation.Suspensions.EndDueAsync();
                await nation.StatusLists.PublishDueAsync();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "Status lists were not published; it is tried again in a second");
            }
        }
    }
}
