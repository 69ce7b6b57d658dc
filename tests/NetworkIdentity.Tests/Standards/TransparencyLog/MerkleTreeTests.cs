using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class MerkleTreeTests
{
    private static readonly NaiveTree Tree = new(1000);

    public static TheoryData<string, int> KnownRoots => new()
    {
        // The roots of the tests of Certificate Transparency's own implementations, over these leaves.
        { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0 },
        { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", 1 },
        { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", 2 },
        { "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", 3 },
        { "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", 4 },
        { "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", 5 },
        { "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", 6 },
        { "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", 7 },
        { "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", 8 },
    };

    [Theory]
    [MemberData(nameof(KnownRoots))]
    public void The_roots_are_the_known_ones(string root, int size)
    {
        string[] entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        byte[] hashes = [.. entries[..size].SelectMany(entry => MerkleTree.HashLeaf(Convert.FromHexString(entry)))];
        Assert.Equal(root, Convert.ToHexStringLower(MerkleTree.RootOf(hashes)));
    }

    [Fact]
    public async Task Inclusion_proofs_are_the_definitions_for_every_leaf_of_every_small_tree()
    {
        for (var size = 1; size <= 130; size++)
        {
            var root = Tree.Root(size);
            for (var index = 0; index < size; index++)
            {
                var proof = await MerkleTree.ProveInclusionAsync(index, size, Tree.ReadAsync);
                Assert.Equal(Tree.Path(index, 0, size), proof);
                Assert.True(MerkleTree.VerifyInclusion(Tree.Leaf(index), index, size, root, proof));
            }
        }
    }

    [Fact]
    public async Task Consistency_proofs_are_the_definitions_between_all_small_trees()
    {
        var roots = Enumerable.Range(0, 131).Select(Tree.Root).ToList();
        for (var size = 0; size <= 130; size++)
        {
            Assert.Equal(roots[size], await MerkleTree.RootOfAsync(size, Tree.ReadAsync));
            for (var old = 0; old <= size; old++)
            {
                var proof = await MerkleTree.ProveConsistencyAsync(old, size, Tree.ReadAsync);
                Assert.Equal(old == 0 ? [] : Tree.Subproof(old, 0, size, true), proof);
                Assert.True(MerkleTree.VerifyConsistency(old, roots[old], size, roots[size], proof));
            }
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(769)]
    [InlineData(1000)]
    public async Task Proofs_are_the_definitions_across_tiles(int size)
    {
        Assert.Equal(Tree.Root(size), await MerkleTree.RootOfAsync(size, Tree.ReadAsync));
        int[] places = [.. new[] { 0, 1, 2, 127, 128, 254, 255, 256, 257, 383, 511, 512, 513, 768, 999, size - 1 }.Where(i => i < size).Distinct()];
        foreach (var index in places)
        {
            Assert.Equal(Tree.Path(index, 0, size), await MerkleTree.ProveInclusionAsync(index, size, Tree.ReadAsync));
            Assert.Equal(Tree.Subproof(index + 1, 0, size, true), await MerkleTree.ProveConsistencyAsync(index + 1, size, Tree.ReadAsync));
        }
    }

    [Fact]
    public async Task A_proof_reads_each_tile_once()
    {
        var tree = new NaiveTree(1000);
        await MerkleTree.ProveInclusionAsync(300, 1000, tree.ReadAsync);

        // The leaf's tile, the last one of leaves for the hashes right of it, and the one above.
        Assert.Equal(3, tree.TilesRead);
    }

    [Fact]
    public async Task A_row_that_has_grown_since_gives_the_same_proof()
    {
        var proof = await MerkleTree.ProveInclusionAsync(5, 11, (tile, cancellation) => Tree.ReadAsync(tile with { Width = 200 }, cancellation));
        Assert.Equal(Tree.Path(5, 0, 11), proof);
    }

    [Fact]
    public async Task What_is_not_in_the_tree_is_not_proved()
    {
        foreach (var (index, size) in new[] { (-1L, 5L), (5, 5), (0, 0), (0, -1), (long.MaxValue, 5) })
            await Assert.ThrowsAsync<Refusal>(() => MerkleTree.ProveInclusionAsync(index, size, Tree.ReadAsync).AsTask());
        foreach (var (old, size) in new[] { (-1L, 5L), (6, 5), (0, -1), (-2, -1) })
            await Assert.ThrowsAsync<Refusal>(() => MerkleTree.ProveConsistencyAsync(old, size, Tree.ReadAsync).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => MerkleTree.RootOfAsync(-1, Tree.ReadAsync).AsTask());
    }

    [Fact]
    public async Task F11_a_tile_that_was_cut_short_gives_no_proof()
    {
        static async ValueTask<ReadOnlyMemory<byte>> CutAsync(Tile tile, CancellationToken cancellation) => (await Tree.ReadAsync(tile, cancellation))[..^1];
        await Assert.ThrowsAsync<Refusal>(() => MerkleTree.RootOfAsync(300, CutAsync).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => MerkleTree.ProveInclusionAsync(7, 300, CutAsync).AsTask());
        await Assert.ThrowsAsync<Refusal>(() => MerkleTree.ProveConsistencyAsync(7, 300, CutAsync).AsTask());
    }

    [Fact]
    public void An_inclusion_proof_with_anything_changed_is_refused()
    {
        for (var size = 1; size <= 20; size++)
        {
            var root = Tree.Root(size);
            for (var index = 0; index < size; index++)
            {
                var (leaf, path) = (Tree.Leaf(index), Tree.Path(index, 0, size));
                Assert.True(MerkleTree.VerifyInclusion(leaf, index, size, root, path));
                foreach (var changed in Changes(path)) Assert.False(MerkleTree.VerifyInclusion(leaf, index, size, root, changed));
                foreach (var changed in Changes(leaf)) Assert.False(MerkleTree.VerifyInclusion(changed, index, size, root, path));
                foreach (var changed in Changes(root)) Assert.False(MerkleTree.VerifyInclusion(leaf, index, size, changed, path));
                for (var other = -1; other <= size; other++)
                    if (other != index) Assert.False(MerkleTree.VerifyInclusion(leaf, other, size, root, path));
                foreach (var other in new[] { -1, 0, long.MinValue }) Assert.False(MerkleTree.VerifyInclusion(leaf, index, other, root, path));
            }
        }
    }

    [Fact]
    public void A_consistency_proof_with_anything_changed_is_refused()
    {
        for (var size = 0; size <= 20; size++)
        {
            var root = Tree.Root(size);
            for (var old = 0; old <= size; old++)
            {
                var (oldRoot, proof) = (Tree.Root(old), old == 0 ? [] : Tree.Subproof(old, 0, size, true));
                Assert.True(MerkleTree.VerifyConsistency(old, oldRoot, size, root, proof));
                foreach (var changed in Changes(proof)) Assert.False(MerkleTree.VerifyConsistency(old, oldRoot, size, root, changed));
                foreach (var changed in Changes(oldRoot)) Assert.False(MerkleTree.VerifyConsistency(old, changed, size, root, proof));

                // Every tree is consistent with the empty one, whatever its root; of the others' roots every bit counts.
                foreach (var changed in Changes(root))
                    Assert.Equal(old == 0 && size > 0 && changed.Length == 32, MerkleTree.VerifyConsistency(old, oldRoot, size, changed, proof));
                Assert.False(MerkleTree.VerifyConsistency(-1, oldRoot, size, root, proof));
                Assert.False(MerkleTree.VerifyConsistency(size + 1, oldRoot, size, root, proof));
                for (var other = 0; other <= size; other++)
                    if (other != old) Assert.False(MerkleTree.VerifyConsistency(other, oldRoot, size, root, proof));
            }
        }
    }

    [Fact]
    public void F11_the_same_size_with_another_root_is_no_continuation() =>
        Assert.False(MerkleTree.VerifyConsistency(7, Tree.Root(7), 7, Tree.Root(8), []));

    [Fact]
    public void The_greatest_sizes_are_no_trouble()
    {
        List<byte[]> path = [.. Enumerable.Repeat(Tree.Leaf(0), 63)];
        Assert.False(MerkleTree.VerifyInclusion(Tree.Leaf(0), long.MaxValue - 1, long.MaxValue, Tree.Leaf(0), path));
        Assert.False(MerkleTree.VerifyConsistency(long.MaxValue - 1, Tree.Leaf(0), long.MaxValue, Tree.Leaf(0), path));
        Assert.False(MerkleTree.VerifyConsistency(1L << 62, Tree.Leaf(0), long.MaxValue, Tree.Leaf(0), path));
    }

    private static IEnumerable<byte[]> Changes(byte[] hash)
    {
        for (var i = 0; i < hash.Length; i++)
        {
            byte[] changed = [.. hash];
            changed[i] ^= (byte)(1 << (i % 8));
            yield return changed;
        }

        yield return [];
        yield return hash[..^1];
        yield return [.. hash, 0];
    }

    private static IEnumerable<List<byte[]>> Changes(List<byte[]> proof)
    {
        for (var i = 0; i < proof.Count; i++)
        {
            foreach (var changed in Changes(proof[i])) yield return [.. proof[..i], changed, .. proof[(i + 1)..]];
            yield return [.. proof[..i], .. proof[(i + 1)..]];
            yield return [.. proof[..i], null!, .. proof[(i + 1)..]];
            yield return [.. proof[..i], proof[i], .. proof[i..]];
            if (i > 0) yield return [.. proof[..(i - 1)], proof[i], proof[i - 1], .. proof[(i + 1)..]];
        }

        yield return [.. proof, new byte[32]];
        yield return [new byte[32], .. proof];
    }
}
