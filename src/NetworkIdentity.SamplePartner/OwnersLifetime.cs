using Microsoft.Extensions.Hosting;

namespace NetworkIdentity.SamplePartner;

/// <summary>The app stands in a process with others: who built it starts and stops it, and signals are theirs.</summary>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
