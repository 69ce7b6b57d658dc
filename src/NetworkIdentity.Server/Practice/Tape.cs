namespace NetworkIdentity.Server.Practice;

/// <summary>The last exchanges of a practice nation with wallets, apps and browsers, in memory. The tour shows them; nothing else reads them.</summary>
public sealed class Tape(TimeProvider time)
{
    private const int Longest = 600;

    /// <summary>In characters. Ordinary exchanges have some thousands; who sends long ones pushes others out and fills nothing.</summary>
    private const int MostCharacters = 8 * 1024 * 1024;

    private readonly Lock _turn = new();
    private readonly Queue<Exchange> _exchanges = new();
    private int _characters;

    /// <summary>When the tape began: what was before is not known.</summary>
    public DateTimeOffset BeganAt { get; } = time.GetUtcNow();

    /// <summary>Adds one; the oldest go where there are too many, or too long ones.</summary>
    public void Add(Exchange exchange)
    {
        lock (_turn)
        {
            _exchanges.Enqueue(exchange);
            _characters += exchange.Length;
            while (_exchanges.Count > Longest || _characters > MostCharacters) _characters -= _exchanges.Dequeue().Length;
        }
    }

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<Exchange> Play()
    {
        lock (_turn) return [.. _exchanges];
    }
}
