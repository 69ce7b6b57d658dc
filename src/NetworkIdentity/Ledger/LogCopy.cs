using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>The copy of a public log that <see cref="LogWatch"/> kept, read without belief: its checkpoint is signed, and all else is held against that.</summary>
public sealed class LogCopy
{
    private readonly string _folder;
    private readonly VerifiedTiles _tiles;

    private LogCopy(string folder, string note, Checkpoint checkpoint, IReadOnlyList<NoteKey> keys)
    {
        Keys = keys;
        _folder = folder;
        Note = note;
        Checkpoint = checkpoint;
        _tiles = new VerifiedTiles(checkpoint.Size, checkpoint.Root, async (tile, cancellation) => await File.ReadAllBytesAsync(In(tile.Path), cancellation));
    }

    /// <summary>The signed checkpoint, as it was published.</summary>
    public string Note { get; }

    /// <summary>What it says.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The log's keys.</summary>
    public IReadOnlyList<NoteKey> Keys { get; }

    /// <summary>The last published status lists that lie beside the log: compact tokens, which are to be verified.</summary>
    public IEnumerable<string> StatusLists => Directory.Exists(In(LogWatch.StatusFolder))
        ? Directory.GetFiles(In(LogWatch.StatusFolder)).Where(file => !file.EndsWith(".draft", StringComparison.Ordinal)).Select(File.ReadAllText)
        : [];

    /// <summary>Opens a copy.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="origin">The log's name.</param>
    /// <param name="keys">The log's keys.</param>
    /// <exception cref="Refusal"><c>log_copy_unfit</c>: it is not there, or another log's, or none of the keys signed it.</exception>
    public static LogCopy Open(string folder, string origin, IReadOnlyList<NoteKey> keys)
    {
        try
        {
            var note = File.ReadAllText(Path.Combine(folder, "checkpoint"));
            return new LogCopy(folder, note, Checkpoint.Open(note, origin, keys), keys);
        }
        catch (Exception exception) when (exception is IOException or Refusal { Code: Refusal.MalformedCode })
        {
            throw NationRefusal.LogCopyUnfit(exception is Refusal refusal ? refusal.Description : exception.Message);
        }
    }

    /// <summary>A tile of it, verified.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadTileAsync(Tile tile, CancellationToken cancellation = default) => _tiles.ReadAsync(tile, cancellation);

    /// <summary>The entries from a leaf on, each held against its leaf.</summary>
    public async Task<IReadOnlyList<byte[]>> EntriesFromAsync(long from)
    {
        var entries = new List<byte[]>();
        for (var bundle = from / Tile.FullWidth; Tile.At(0, bundle, Checkpoint.Size) is { } tile; bundle++)
        {
            var read = await _tiles.VerifyEntriesAsync(tile, await File.ReadAllBytesAsync(In(EntryBundle.PathOf(tile))));
            entries.AddRange(read.Skip((int)Math.Max(0, from - bundle * Tile.FullWidth)));
        }

        return entries;
    }

    private string In(string path) => Path.Combine(_folder, path);
}
