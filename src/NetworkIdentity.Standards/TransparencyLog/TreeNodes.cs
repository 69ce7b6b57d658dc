using System.Numerics;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>The hashes inside a tree, made from its tiles. For one proof: a tile is read once and kept.</summary>
internal sealed class TreeNodes(long size, TileReader tiles)
{
    private readonly Dictionary<Tile, ReadOnlyMemory<byte>> _read = [];

    /// <summary>The root of the subtree of some leaves, which begins where a tree of that many may begin.</summary>
    public async ValueTask<byte[]> RootOfAsync(long from, long to, CancellationToken cancellation)
    {
        if (BitOperations.IsPow2(to - from)) return await CompleteAsync(from, BitOperations.Log2((ulong)(to - from)), cancellation);
        var middle = from + MerkleTree.LeftOf(to - from);
        var (left, right) = (await RootOfAsync(from, middle, cancellation), await RootOfAsync(middle, to, cancellation));
        return MerkleTree.HashNode(left, right);
    }

    // A complete subtree of this height lies within one tile: it is the root above 1 to 128 of its hashes.
    private async ValueTask<byte[]> CompleteAsync(long from, int height, CancellationToken cancellation)
    {
        var level = height / 8;
        var first = from >> (8 * level);
        var tile = Tile.At(level, first / Tile.FullWidth, size)!.Value;
        if (!_read.TryGetValue(tile, out var hashes)) _read[tile] = hashes = tile.HashesOf(await tiles(tile, cancellation));
        var start = (int)(first % Tile.FullWidth) * MerkleTree.HashLength;
        return MerkleTree.RootOf(hashes.Span.Slice(start, MerkleTree.HashLength << (height % 8)));
    }
}
