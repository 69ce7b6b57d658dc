namespace NetworkIdentity.Server;

/// <summary>Gives the leaves of the public log their places, every second. Any server may; one of them does.</summary>
internal sealed class Sequencing(NationContext nation, ILogger<Sequencing> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        do
        {
            try
            {
                await nation.Log.SequenceAsync();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "The public log did not grow; it is tried again in a second");
            }
        }
        while (await Sweeping.WaitAsync(timer, stoppingToken));
    }
}
