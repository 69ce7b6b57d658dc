using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>The public log: every act that changes who belongs, in an order that can't be changed unseen [C2SP-Tiles].</summary>
/// <remarks>
/// An act writes its leaf, the journal row, in its own transaction. Some moments later a server gives the waiting rows their places, a batch at a time: the
/// tiles, the places and the head with its signed checkpoint are one commit, and the head moves only from where it was. So two servers can't grow two
/// trees, and what is published is what is kept.
/// </remarks>
public sealed class PublicLog : IDisposable
{
    /// <summary>How many leaves one commit places.</summary>
    private const int Batch = 512;

    private readonly Database _database;
    private readonly KeyRing _keys;
    private readonly LogMemory? _memory;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private GrowingTree? _tree;

    /// <summary>The furthest head that this server has seen. Behind it the log does not go, whatever the database says.</summary>
    private LogHeads.Row? _furthest;

    private PublicLog(Database database, KeyRing keys, LogMemory? memory)
    {
        _database = database;
        _keys = keys;
        _memory = memory;
    }

    /// <summary>Whether the log was seen to go back while the server ran.</summary>
    public bool WasPutBack { get; private set; }

    /// <summary>The log's name in its checkpoints.</summary>
    public string Origin => _keys.Nation.LogOrigin;

    /// <summary>The keys that its checkpoints may be signed with.</summary>
    public IReadOnlyList<NoteKey> Keys => [.. _keys.Published(KeyPurpose.Log).Select(key => NoteKey.Of(Origin, key.Signing!))];

    /// <summary>Opens the log, and holds what is stored of it together.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="keys">What signs its checkpoints.</param>
    /// <param name="memory">Remembers outside the database how far the log had come; null where nobody does.</param>
    /// <exception cref="LogMismatchException">The head, the checkpoint, the tiles or the rows are not of one log, or it had come further than the database says.</exception>
    public static async Task<PublicLog> OpenAsync(Database database, KeyRing keys, LogMemory? memory = null)
    {
        var log = new PublicLog(database, keys, memory);
        try
        {
            await log.CheckAsync();
            return log;
        }
        catch (Refusal refusal)
        {
            log.Dispose();
            throw new LogMismatchException(refusal.Description, refusal);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Gives the waiting leaves their places, and signs the checkpoint of the tree that has them.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="LogMismatchException">The database was put back to an earlier state while the server ran: nothing is placed any more.</exception>
    public async Task<long> SequenceAsync()
    {
        await _turn.WaitAsync();
        try
        {
            for (var (placed, lost) = (0L, 0); ;)
            {
                var head = await SeeAsync();
                var waiting = await Journal.WaitingAsync(_database, Batch);
                if (waiting.Count == 0) return placed;
                if (await PlaceAsync(head, waiting))
                {
                    placed += waiting.Count;
                }
                else
                {
                    // Another server was first: what it placed is no longer waiting.
                    _tree = null;
                    if (++lost == 16) return placed;
                }
            }
        }
        catch
        {
            // What was kept is not known: the tree is read again.
            _tree = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The head; null before the first leaf.</summary>
    public Task<LogHeads.Row?> HeadAsync() => LogHeads.FindAsync(_database);

    /// <summary>The hashes of a tile; null where the log has no such tile, or it is not so wide yet.</summary>
    public async Task<ReadOnlyMemory<byte>?> TileAsync(Tile tile) =>
        await LogTiles.FindAsync(_database, tile.Level, tile.Index) is { } row && row.Length >= tile.Length ? new ReadOnlyMemory<byte>(row, 0, tile.Length) : default(ReadOnlyMemory<byte>?);

    /// <summary>The bundle of entries below a tile of level 0; null where the log has no such tile, or it is not so wide yet.</summary>
    public async Task<byte[]?> EntriesAsync(Tile tile)
    {
        var from = tile.Index * Tile.FullWidth;
        var rows = await Journal.SequencedAsync(_database, from, from + tile.Width);
        return rows.Count == tile.Width ? EntryBundle.Encode([.. rows.Select(LeafRecord.EntryOf)]) : null;
    }

    /// <summary>The proof that a leaf is in the tree of a size.</summary>
    /// <exception cref="Refusal">Malformed: there is no such leaf, or no such tree yet.</exception>
    public async Task<IReadOnlyList<byte[]>> ProveInclusionAsync(long index, long size)
    {
        await CheckSizeAsync(size);
        return await MerkleTree.ProveInclusionAsync(index, size, ReadTileAsync);
    }

    /// <summary>The proof that the tree of one size is the beginning of the tree of another.</summary>
    /// <exception cref="Refusal">Malformed: there is no such tree yet, or the first is not the smaller.</exception>
    public async Task<IReadOnlyList<byte[]>> ProveConsistencyAsync(long oldSize, long newSize)
    {
        await CheckSizeAsync(newSize);
        return await MerkleTree.ProveConsistencyAsync(oldSize, newSize, ReadTileAsync);
    }

    /// <summary>The receipt of a row: the proof that its leaf is in the log, and what opens it; null while it waits for its place.</summary>
    public async Task<TlogProof?> ReceiptAsync(Journal.Row row)
    {
        if (row.Seq is not { } index || await HeadAsync() is not { } head || head.Size <= index) return null;
        return new TlogProof(
            index, await MerkleTree.ProveInclusionAsync(index, head.Size, ReadTileAsync), head.Checkpoint, row.Entry is null ? LeafRecord.OpeningOf(row) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<bool> PlaceAsync(LogHeads.Row? head, IReadOnlyList<Journal.Row> waiting)
    {
        if (_tree is null || _tree.Size != (head?.Size ?? 0)) _tree = await LoadAsync(head);
        foreach (var row in waiting) _tree.Append(LeafRecord.HashOf(row));

        var signer = new NoteSigner(Origin, _keys.Current(KeyPurpose.Log));
        var next = new LogHeads.Row
        {
            Size = _tree.Size,
            Root = _tree.Root,
            Checkpoint = await new Checkpoint(Origin, _tree.Size, _tree.Root).SignAsync([signer]),
        };
        var from = next.Size - waiting.Count;
        var broken = await _database.CommitAsync(
        [
            head is null ? LogHeads.Begin(next) : LogHeads.Move(head.Size, head.Root, next),
            .. waiting.Select((row, at) => Journal.Sequence(row.Id, from + at)),
            .. _tree.TakeChanges().Select(change => LogTiles.Put(change.Tile.Level, change.Tile.Index, change.Hashes.ToArray())),
        ]);
        if (broken is not null) return false;
        Remember(next);
        return true;
    }

    /// <summary>Looks how far the log has come, by whichever server, and remembers it.</summary>
    /// <exception cref="LogMismatchException">It was further, or was another one.</exception>
    private async Task<LogHeads.Row?> SeeAsync()
    {
        var (head, before) = (await HeadAsync(), _furthest);
        if (before is not null && (head is null || !await ContinuesAsync(before, head)))
        {
            WasPutBack = true;
            throw new LogMismatchException(
                $"it had {before.Size} leaves, and the database has {head?.Size ?? 0}, or others: the database was put back while the server ran. Nothing is placed. Stop the servers, and: netid restore");
        }

        if (head is not null && head.Size > (before?.Size ?? 0)) Remember(head);
        return head;
    }

    /// <summary>Whether a head is the one that was seen, or what another server made of it: put back and grown past by one that remembered nothing, it would be neither.</summary>
    private async Task<bool> ContinuesAsync(LogHeads.Row before, LogHeads.Row head)
    {
        if (head.Size <= before.Size) return head.Size == before.Size && head.Root.AsSpan().SequenceEqual(before.Root);
        return (await MerkleTree.RootOfAsync(before.Size, ReadTileAsync)).AsSpan().SequenceEqual(before.Root);
    }

    private void Remember(LogHeads.Row head)
    {
        // Kept first: where that fails it is tried again at the next look.
        _memory?.Keep(head.Checkpoint);
        _furthest = head;
    }

    private ValueTask<GrowingTree> LoadAsync(LogHeads.Row? head) =>
        GrowingTree.LoadAsync(head?.Size ?? 0, head?.Root ?? MerkleTree.EmptyRoot, ReadTileAsync);

    private async ValueTask<ReadOnlyMemory<byte>> ReadTileAsync(Tile tile, CancellationToken cancellation) =>
        await TileAsync(tile) ?? throw Refusal.Malformed($"{tile.Path} of the log is missing or too short");

    private async Task CheckSizeAsync(long size)
    {
        if (await HeadAsync() is not { } head || size > head.Size) throw Refusal.Malformed("the log has not come so far yet");
    }

    /// <summary>What can be seen at once: the head is signed, the right edge of the tree makes its root, and the last leaves are those of the last rows.</summary>
    private async Task CheckAsync()
    {
        // What is remembered is read first: a server beside this one may go on meanwhile, and then the database is ahead of it.
        var remembered = _memory?.Read();
        var head = await HeadAsync();
        if (head is not null)
        {
            var checkpoint = Checkpoint.Open(head.Checkpoint, Origin, Keys);
            if (checkpoint.Size != head.Size || !checkpoint.Root.Span.SequenceEqual(head.Root)) throw Refusal.Malformed("the head is not what its checkpoint says");
            _tree = await LoadAsync(head);
            _furthest = head;
            if (Tile.At(0, (head.Size - 1) / Tile.FullWidth, head.Size) is { } tile)
            {
                var rows = await Journal.SequencedAsync(_database, tile.Index * Tile.FullWidth, head.Size);
                var hashes = await ReadTileAsync(tile, CancellationToken.None);
                if (rows.Count != tile.Width || !hashes.Span.SequenceEqual(rows.SelectMany(LeafRecord.HashOf).ToArray()))
                    throw Refusal.Malformed("the last rows of the journal are not the last leaves of the log");
            }
        }

        // Beside servers that go on: so both are read at one moment.
        var (last, size) = await Journal.ExtentAsync(_database);
        if ((last ?? -1) != (size ?? 0) - 1) throw Refusal.Malformed("rows of the journal are missing, or have places the log doesn't know");
        if (remembered is not null) await LogMemory.CheckAsync(remembered, Origin, Keys, head?.Size ?? 0, ReadTileAsync);
        if (head is not null && (remembered is null || Checkpoint.Open(remembered, Origin, Keys).Size < head.Size)) Remember(head);
    }
}
