using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class VerifiedTilesTests
{
    private static readonly NaiveTree Naive = new(66_000);

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(700)]
    [InlineData(66_000)]
    public async Task Every_tile_of_an_honest_server_is_given(int size)
    {
        var tiles = new VerifiedTiles(size, Naive.Root(size), Naive.ReadAsync);
        foreach (var tile in Tile.Of(size))
        {
            Assert.Equal(Naive.Tile(tile), (await tiles.ReadAsync(tile)).ToArray());
            Assert.Equal(Naive.Tile(tile with { Width = 1 }), (await tiles.ReadAsync(tile with { Width = 1 })).ToArray());
        }
    }

    [Fact]
    public async Task Proofs_and_older_roots_come_from_verified_tiles()
    {
        var tiles = new VerifiedTiles(700, Naive.Root(700), Naive.ReadAsync);
        Assert.Equal(Naive.Path(299, 0, 650), await MerkleTree.ProveInclusionAsync(299, 650, tiles.ReadAsync));
        Assert.Equal(Naive.Root(650), await MerkleTree.RootOfAsync(650, tiles.ReadAsync));
    }

    [Fact]
    public async Task F11_a_flipped_byte_in_any_tile_is_found()
    {
        foreach (var size in new[] { 1, 3, 256, 300, 700 })
        {
            var root = Naive.Root(size);
            foreach (var bad in Tile.Of(size))
            {
                for (var at = 0; at < bad.Length; at += at < 64 ? 1 : 61)
                {
                    var tiles = new VerifiedTiles(size, root, (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tile == bad ? Flip(Naive.Tile(tile), at) : Naive.Tile(tile)));
                    await Assert.ThrowsAsync<Refusal>(() => tiles.ReadAsync(bad).AsTask());
                }
            }
        }
    }

    [Fact]
    public async Task F11_a_tile_deep_in_a_large_tree_is_held_against_the_tile_above()
    {
        var (size, bad) = (66_000, new Tile(0, 17, 256));
        var tiles = new VerifiedTiles(size, Naive.Root(size), (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tile == bad ? Flip(Naive.Tile(tile), 5000) : Naive.Tile(tile)));
        Assert.Equal(Naive.Tile(new(0, 16, 256)), (await tiles.ReadAsync(new(0, 16, 256))).ToArray());
        await Assert.ThrowsAsync<Refusal>(() => tiles.ReadAsync(bad).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => tiles.ReadAsync(bad with { Width = 1 }).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => MerkleTree.ProveInclusionAsync(17 * 256, size, tiles.ReadAsync).AsTask());

        // A consistent forgery below a full tile above: that tile is held against the root.
        var above = new Tile(1, 0, 256);
        var forged = new VerifiedTiles(size, Naive.Root(size), (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tile == bad ? Flip(Naive.Tile(tile), 5000) : tile == above ? Forged(bad) : Naive.Tile(tile)));
        await Assert.ThrowsAsync<Refusal>(() => forged.ReadAsync(bad).AsTask());

        static byte[] Forged(Tile bad)
        {
            var row = Naive.Tile(new(1, 0, 256));
            MerkleTree.RootOf(Flip(Naive.Tile(bad), 5000)).CopyTo(row, (int)bad.Index * 32);
            return row;
        }
    }

    [Fact]
    public async Task F11_a_truncated_or_longer_tile_is_refused()
    {
        foreach (var change in new Func<byte[], byte[]>[] { row => row[..^1], row => row[..^32], row => [.. row, 0], row => [.. row, .. row], _ => [] })
        {
            foreach (var bad in Tile.Of(700))
            {
                var tiles = new VerifiedTiles(700, Naive.Root(700), (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tile == bad ? change(Naive.Tile(tile)) : Naive.Tile(tile)));
                await Assert.ThrowsAsync<Refusal>(() => tiles.ReadAsync(bad).AsTask());
            }
        }
    }

    [Fact]
    public async Task A_tile_that_the_tree_has_not_is_not_asked_for()
    {
        var tiles = new VerifiedTiles(300, Naive.Root(300), (_, _) => throw new InvalidOperationException("asked"));
        foreach (var tile in new Tile[] { new(0, 2, 1), new(0, 1, 45), new(0, 0, 257), new(0, 0, 0), new(0, 0, -1), new(0, -1, 1), new(1, 0, 2), new(2, 0, 1), new(63, 0, 1), new(-1, 0, 1) })
            await Assert.ThrowsAsync<Refusal>(() => tiles.ReadAsync(tile).AsTask());
    }

    [Fact]
    public async Task Entries_are_held_against_their_leaves()
    {
        var tiles = new VerifiedTiles(300, Naive.Root(300), Naive.ReadAsync);
        var tile = new Tile(0, 1, 44);
        byte[][] entries = [.. Enumerable.Range(256, 44).Select(NaiveTree.Entry)];
        var bundle = EntryBundle.Encode(entries);
        Assert.Equal(entries, await tiles.VerifyEntriesAsync(tile, bundle));

        for (var at = 0; at < bundle.Length; at++)
            await Assert.ThrowsAsync<Refusal>(() => tiles.VerifyEntriesAsync(tile, Flip([.. bundle], at)).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => tiles.VerifyEntriesAsync(tile with { Index = 0 }, bundle).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => tiles.VerifyEntriesAsync(new(1, 0, 1), EntryBundle.Encode([[1]])).AsTask());
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
