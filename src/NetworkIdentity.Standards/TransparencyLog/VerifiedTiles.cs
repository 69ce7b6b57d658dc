namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>The tiles of a tree whose root is known, from a reader that isn't trusted: none is given that the root does not vouch for.</summary>
/// <remarks>
/// The partial tiles at the right edge together make the root and so are checked first; every full tile is a hash in the tile above it.
/// Tiles above the leaves are kept, which is one in 256; those of leaves are not. For one thread.
/// </remarks>
public sealed class VerifiedTiles
{
    private readonly long _size;
    private readonly ReadOnlyMemory<byte> _root;
    private readonly TileReader _untrusted;
    private readonly Dictionary<Tile, ReadOnlyMemory<byte>> _kept = [];
    private GrowingTree? _edge;

    /// <summary>The tiles of the tree of a checkpoint that was verified.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="root">The root.</param>
    /// <param name="untrusted">Fetches a tile, of exactly the tile's width.</param>
    public VerifiedTiles(long size, ReadOnlyMemory<byte> root, TileReader untrusted)
    {
        _size = size;
        _root = root;
        _untrusted = untrusted;
    }

    /// <summary>A tile of the tree, or the beginning of one; a <see cref="TileReader"/>.</summary>
    /// <exception cref="Refusal">Malformed: the tree has no such tile, or what was read is not the tree's.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Tile tile, CancellationToken cancellation = default)
    {
        if (Tile.At(tile.Level, tile.Index, _size) is not { } whole || tile.Width < 1 || tile.Width > whole.Width)
            throw Refusal.Malformed("the tree of that size has no such tile");
        return tile.HashesOf(await VerifyAsync(whole, cancellation));
    }

    /// <summary>The entries of a bundle that was fetched, each held against its leaf.</summary>
    /// <param name="tile">The bundle's tile of leaves.</param>
    /// <param name="bundle">The bundle as it was served.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Refusal">Malformed: the tree has no such tile, or an entry is not the tree's.</exception>
    public async ValueTask<IReadOnlyList<byte[]>> VerifyEntriesAsync(Tile tile, ReadOnlyMemory<byte> bundle, CancellationToken cancellation = default)
    {
        if (tile.Level != 0) throw Refusal.Malformed("entries stand below tiles of level 0");
        var leaves = await ReadAsync(tile, cancellation);
        var entries = EntryBundle.Decode(bundle.Span, tile.Width);
        for (var i = 0; i < entries.Count; i++)
        {
            if (!leaves.Span.Slice(i * MerkleTree.HashLength, MerkleTree.HashLength).SequenceEqual(MerkleTree.HashLeaf(entries[i])))
                throw Refusal.Malformed($"{EntryBundle.PathOf(tile)} has an entry that is not the tree's");
        }

        return entries;
    }

    private async ValueTask<ReadOnlyMemory<byte>> VerifyAsync(Tile tile, CancellationToken cancellation)
    {
        _edge ??= await GrowingTree.LoadAsync(_size, _root, FetchAsync, cancellation);
        if (tile.Width < Tile.FullWidth) return _edge.PartialRow(tile);
        if (_kept.TryGetValue(tile, out var hashes)) return hashes;

        var above = await VerifyAsync(Tile.At(tile.Level + 1, tile.Index / Tile.FullWidth, _size)!.Value, cancellation);
        hashes = await FetchAsync(tile, cancellation);
        var expected = above.Slice((int)(tile.Index % Tile.FullWidth) * MerkleTree.HashLength, MerkleTree.HashLength);
        if (!expected.Span.SequenceEqual(MerkleTree.RootOf(hashes.Span))) throw Refusal.Malformed($"{tile.Path} is not the tree's");
        if (tile.Level > 0) _kept[tile] = hashes;
        return hashes;
    }

    private async ValueTask<ReadOnlyMemory<byte>> FetchAsync(Tile tile, CancellationToken cancellation)
    {
        var hashes = await _untrusted(tile, cancellation);
        return hashes.Length == tile.Length ? hashes : throw Refusal.Malformed($"{tile.Path} is not {tile.Length} bytes");
    }
}
