namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A tree to which leaves are appended: the one hash per bit of its size that a root needs, and the partial tiles. For one thread.</summary>
/// <remarks>
/// A leaf costs two hashes on average and the root one per set bit of the size. If what was taken to be kept could not be kept, the tree
/// is ahead of the store: it is thrown away and loaded again.
/// </remarks>
public sealed class GrowingTree
{
    // The roots of the complete subtrees at the right edge, the largest first: as many as the size has set bits.
    private readonly List<byte[]> _subtrees = [];
    private readonly byte[][] _rows = new byte[Tile.Levels][];
    private readonly List<TileRow> _filled = [];
    private long _takenSize;

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The root.</summary>
    public byte[] Root
    {
        get
        {
            if (Size == 0) return MerkleTree.EmptyRoot;
            var root = _subtrees[^1];
            for (var i = _subtrees.Count - 2; i >= 0; i--) root = MerkleTree.HashNode(_subtrees[i], root);
            return root;
        }
    }

    /// <summary>Takes up a tree where it ended, from the partial tiles at its right edge.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="root">The root they must give: the store's, or that of a checkpoint.</param>
    /// <param name="tiles">The tiles; one per level is read at most.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Refusal">Malformed: the tiles are not those of the tree with this root.</exception>
    public static async ValueTask<GrowingTree> LoadAsync(
        long size, ReadOnlyMemory<byte> root, TileReader tiles, CancellationToken cancellation = default)
    {
        if (size < 0) throw Refusal.Malformed("a tree has no negative size");
        var tree = new GrowingTree { Size = size, _takenSize = size };
        for (var level = Tile.Levels - 1; level >= 0; level--)
        {
            var hashes = Tile.HashesOn(level, size);
            if (Tile.At(level, hashes / Tile.FullWidth, size) is not { } tile) continue;
            var read = tile.HashesOf(await tiles(tile, cancellation));
            read.CopyTo(tree.RowOf(level));
            for (var (at, bit) = (0, Tile.FullWidth / 2); bit > 0; bit /= 2)
            {
                if ((tile.Width & bit) == 0) continue;
                tree._subtrees.Add(MerkleTree.RootOf(read.Span.Slice(at * MerkleTree.HashLength, bit * MerkleTree.HashLength)));
                at += bit;
            }
        }

        if (!root.Span.SequenceEqual(tree.Root)) throw Refusal.Malformed("the tiles at the right edge are not those of the tree with this root");
        return tree;
    }

    /// <summary>Appends a leaf.</summary>
    /// <exception cref="ArgumentException">The hash is not 32 bytes.</exception>
    public void Append(ReadOnlySpan<byte> leafHash)
    {
        if (leafHash.Length != MerkleTree.HashLength) throw new ArgumentException("A hash is 32 bytes.", nameof(leafHash));
        var hash = leafHash.ToArray();
        Put(0, hash);
        for (var height = 0; (Size >> height & 1) == 1; height++)
        {
            hash = MerkleTree.HashNode(_subtrees[^1], hash);
            _subtrees.RemoveAt(_subtrees.Count - 1);
            if ((height + 1) % 8 == 0) Put((height + 1) / 8, hash);
        }

        _subtrees.Add(hash);
        Size++;
    }

    /// <summary>The tiles that changed since the tree was loaded or this was last asked, with all their hashes.</summary>
    public IReadOnlyList<TileRow> TakeChanges()
    {
        var changes = new List<TileRow>(_filled);
        _filled.Clear();
        foreach (var tile in Tile.Changed(_takenSize, Size))
            if (tile.Width < Tile.FullWidth) changes.Add(new(tile, PartialRow(tile)));
        _takenSize = Size;
        return changes;
    }

    /// <summary>A copy of the hashes of a partial tile at the right edge.</summary>
    internal byte[] PartialRow(Tile tile) => _rows[tile.Level][..tile.Length];

    // Before the size is raised: it says how many hashes each level has.
    private void Put(int level, byte[] hash)
    {
        var hashes = Tile.HashesOn(level, Size);
        var at = (int)(hashes % Tile.FullWidth);
        hash.CopyTo(RowOf(level).AsSpan(at * MerkleTree.HashLength));
        if (at + 1 < Tile.FullWidth) return;
        _filled.Add(new(new(level, hashes / Tile.FullWidth, Tile.FullWidth), _rows[level]));
        _rows[level] = null!;
    }

    private byte[] RowOf(int level) => _rows[level] ??= new byte[Tile.FullWidth * MerkleTree.HashLength];
}
