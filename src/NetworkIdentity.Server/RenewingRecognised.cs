namespace NetworkIdentity.Server;

/// <summary>Finds out, beside what anybody waits for, what stations should know of the nations that this one recognises. Each server does so for itself.</summary>
internal sealed class RenewingRecognised(NationContext nation, ILogger<RenewingRecognised> log) : BackgroundService
{
    /// <summary>How soon whoever is recognised anew is asked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, nation.Time);
        do
        {
            try
            {
                await nation.TrustBundle.RenewAsync().WaitAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "The nations that are recognised were not asked; it is tried again in seconds");
            }
        }
        while (await Sweeping.WaitAsync(timer, stoppingToken));
    }
}
