namespace NetworkIdentity.Server.Doors;

/// <summary>How many verifications this server makes at once: for anyone who asks at <c>/verify</c>, and apart from these for members' evidence. Whoever comes while all turns are taken is turned away at once, and sign-ins have the rest of the machine.</summary>
/// <param name="atOnce">The turns there are.</param>
public sealed class VerifyTurns(int atOnce = VerifyTurns.AtOnce) : IDisposable
{
    /// <summary>The turns at <c>/verify</c>.</summary>
    public const int AtOnce = 16;

    private readonly SemaphoreSlim _free = new(atOnce);

    /// <summary>Takes a turn, which ends when it is disposed of.</summary>
    /// <exception cref="NoTurnException">All are taken.</exception>
    public IDisposable Take() => _free.Wait(0) ? new Turn(_free) : throw new NoTurnException();

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    /// <summary>All turns are taken.</summary>
    public sealed class NoTurnException() : Exception("others are having something checked; try again");

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
