namespace NetworkIdentity.Server.Practice;

/// <summary>The last exchanges of a practice nation with wallets, apps and browsers, in memory. The tour shows them; nothing else reads them.</summary>
public sealed class Tape(TimeProvider time)
{
    private const int Longest = 600;

    private readonly Lock _turn = new();
    private readonly Queue<Exchange> _exchanges = new();

    /// <summary>When the tape began: what was before is not known.</summary>
    public DateTimeOffset BeganAt { get; } = time.GetUtcNow();

    /// <summary>Adds one; the oldest goes where there are too many.</summary>
    public void Add(Exchange exchange)
    {
        lock (_turn)
        {
            _exchanges.Enqueue(exchange);
            if (_exchanges.Count > Longest) _exchanges.Dequeue();
        }
    }

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<Exchange> Play()
    {
        lock (_turn) return [.. _exchanges];
    }
}
