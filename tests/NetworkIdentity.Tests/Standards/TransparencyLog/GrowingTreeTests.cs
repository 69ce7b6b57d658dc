using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class GrowingTreeTests
{
    private static readonly NaiveTree Naive = new(66_000);

    [Fact]
    public void A_tree_that_grows_by_one_has_the_defined_root_each_time()
    {
        var tree = new GrowingTree();
        for (var size = 0; size <= 600; size++)
        {
            Assert.Equal(size, tree.Size);
            Assert.Equal(Naive.Root(size), tree.Root);
            tree.Append(Naive.Leaf(size));
        }
    }

    [Fact]
    public async Task A_tree_that_grows_from_any_size_to_any_keeps_rows_that_are_the_trees_tiles()
    {
        int[] steps = [0, 1, 2, 100, 255, 256, 257, 400, 511, 512, 513, 769, 65_279, 65_280, 65_535, 65_536, 65_537, 66_000];
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var to in steps.Skip(i).Take(4))
            {
                var tree = await GrowingTree.LoadAsync(steps[i], Naive.Root(steps[i]), Naive.ReadAsync);
                Assert.Empty(tree.TakeChanges());
                for (var leaf = steps[i]; leaf < to; leaf++) tree.Append(Naive.Leaf(leaf));
                Assert.Equal(Naive.Root(to), tree.Root);
                var changes = tree.TakeChanges();
                Assert.Equal(Tile.Changed(steps[i], to).ToHashSet(), changes.Select(row => row.Tile).ToHashSet());
                Assert.All(changes, row => Assert.Equal(Naive.Tile(row.Tile), row.Hashes.ToArray()));
            }
        }
    }

    [Fact]
    public async Task Rows_that_are_kept_batch_by_batch_are_enough_to_load_and_to_prove()
    {
        var rows = new Dictionary<(int Level, long Index), ReadOnlyMemory<byte>>();
        ValueTask<ReadOnlyMemory<byte>> Stored(Tile tile, CancellationToken cancellation) => ValueTask.FromResult(rows[(tile.Level, tile.Index)]);
        var size = 0;
        var kept = new GrowingTree();
        foreach (var batch in new[] { 1, 1, 3, 250, 1, 1, 300, 8, 1000 })
        {
            var loaded = await GrowingTree.LoadAsync(size, Naive.Root(size), Stored);
            for (var i = 0; i < batch; i++, size++)
            {
                loaded.Append(Naive.Leaf(size));
                kept.Append(Naive.Leaf(size));
            }

            // One that is kept in memory and one that is loaded for each batch write the same.
            var changes = loaded.TakeChanges();
            Assert.Equal(
                kept.TakeChanges().Select(row => (row.Tile, Convert.ToHexString(row.Hashes.Span))),
                changes.Select(row => (row.Tile, Convert.ToHexString(row.Hashes.Span))));
            foreach (var (tile, hashes) in changes)
            {
                if (rows.TryGetValue((tile.Level, tile.Index), out var before)) Assert.Equal(before.ToArray(), hashes[..before.Length].ToArray());
                rows[(tile.Level, tile.Index)] = hashes;
            }
        }

        // Older trees are proved from the rows of today.
        foreach (var old in new[] { 1, 2, 5, 255, 256, 257, 565 })
        {
            Assert.Equal(Naive.Root(old), await MerkleTree.RootOfAsync(old, Stored));
            Assert.Equal(Naive.Path(old - 1, 0, old), await MerkleTree.ProveInclusionAsync(old - 1, old, Stored));
            Assert.Equal(Naive.Subproof(old, 0, size, true), await MerkleTree.ProveConsistencyAsync(old, size, Stored));
        }
    }

    [Fact]
    public async Task F11_a_tree_is_not_taken_up_from_tiles_of_another()
    {
        foreach (var size in new[] { 1, 5, 300, 65_537 })
        {
            var root = Naive.Root(size);
            foreach (var tile in Tile.Of(size).Where(tile => tile.Width < Tile.FullWidth))
            {
                foreach (var broken in new Func<byte[], byte[]>[] { Flip, row => row[..^1], row => row[..^32], _ => [] })
                {
                    ValueTask<ReadOnlyMemory<byte>> Broken(Tile asked, CancellationToken cancellation) =>
                        ValueTask.FromResult<ReadOnlyMemory<byte>>(asked == tile ? broken(Naive.Tile(asked)) : Naive.Tile(asked));
                    await Assert.ThrowsAsync<Refusal>(() => GrowingTree.LoadAsync(size, root, Broken).AsTask());
                }
            }

            await Assert.ThrowsAsync<Refusal>(() => GrowingTree.LoadAsync(size, Naive.Root(size - 1), Naive.ReadAsync).AsTask());
            await Assert.ThrowsAsync<Refusal>(() => GrowingTree.LoadAsync(size, root.AsMemory(1), Naive.ReadAsync).AsTask());
            await Assert.ThrowsAsync<Refusal>(() => GrowingTree.LoadAsync(size - 1, root, Naive.ReadAsync).AsTask());
        }

        await Assert.ThrowsAsync<Refusal>(() => GrowingTree.LoadAsync(-1, Naive.Root(0), Naive.ReadAsync).AsTask());
    }

    [Fact]
    public async Task Loading_reads_one_tile_of_each_level()
    {
        var naive = new NaiveTree(66_000);
        await GrowingTree.LoadAsync(66_000, naive.Root(66_000), naive.ReadAsync);
        Assert.Equal(3, naive.TilesRead);
    }

    [Fact]
    public void A_hash_of_another_length_is_not_appended()
    {
        var tree = new GrowingTree();
        Assert.Throws<ArgumentException>(() => tree.Append(new byte[31]));
        Assert.Throws<ArgumentException>(() => tree.Append(new byte[33]));
        Assert.Equal(0, tree.Size);
    }

    private static byte[] Flip(byte[] row)
    {
        row[row.Length / 2] ^= 0x40;
        return row;
    }
}
