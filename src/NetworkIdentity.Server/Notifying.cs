namespace NetworkIdentity.Server;

/// <summary>Every second: begins to send the notices that are due. Any server may; each is sent by one of them.</summary>
internal sealed class Notifying(NationContext nation, ILogger<Notifying> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        while (await Sweeping.WaitAsync(timer, stoppingToken))
        {
            try
            {
                await nation.NoticeDelivery.BeginDueAsync(Failed, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(exception);
            }
        }

        // What is under way has half a minute by itself, and needs the database after.
        await nation.NoticeDelivery.WhenIdleAsync();
    }

    private void Failed(Exception exception) => log.LogError(exception, "Notices were not sent; it is tried again");
}
