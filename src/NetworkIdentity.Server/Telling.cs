namespace NetworkIdentity.Server;

/// <summary>Every second: begins to tell the clients whose members' sessions have ended. Any server may; each session is told by one of them.</summary>
internal sealed class Telling(NationContext nation, ILogger<Telling> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        while (await Sweeping.WaitAsync(timer, stoppingToken))
        {
            try
            {
                await nation.LogoutNotices.BeginDueAsync(Failed, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(exception);
            }
        }

        // What is under way has five seconds by itself, and needs the database after.
        await nation.LogoutNotices.WhenIdleAsync();
    }

    private void Failed(Exception exception) => log.LogError(exception, "Apps were not told that sessions ended; it is tried again");
}
