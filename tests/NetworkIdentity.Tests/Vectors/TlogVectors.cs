using System.Text;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>A log of 15 leaves with a checkpoint of every size, as Tessera's own tests have it.</summary>
public sealed class TlogVectors
{
    private const string Folder = "tlog/testdata/log";
    private const string Origin = "example.com/log/testdata";
    private static readonly NoteKey Key = NoteKey.Parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");

    public static TheoryData<int> Sizes => [.. Enumerable.Range(0, 16)];

    private static byte[] Bytes(string path) => VectorFiles.Bytes($"{Folder}/{path}");

    private static Checkpoint Checkpoint(int size) => NetworkIdentity.Standards.TransparencyLog.Checkpoint.Open(VectorFiles.Text($"{Folder}/checkpoint.{size}"), Origin, [Key]);

    private static ValueTask<ReadOnlyMemory<byte>> ReadAsync(Tile tile, CancellationToken cancellation) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes(tile.Path));

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Checkpoint_tile_and_entries_of_a_size_agree(int size)
    {
        var checkpoint = Checkpoint(size);
        Assert.Equal(size, checkpoint.Size);
        Assert.Equal(checkpoint.Root.ToArray(), await MerkleTree.RootOfAsync(size, ReadAsync));
        if (size > 0) await EntriesAgreeAsync(size, checkpoint);
        VectorFiles.Passed(1);
    }

    [Fact]
    public async Task Every_checkpoint_continues_every_earlier_one()
    {
        var pairs = 0;
        for (var size = 0; size <= 15; size++)
        {
            var checkpoint = Checkpoint(size);
            for (var old = 0; old <= size; old++)
            {
                var proof = await MerkleTree.ProveConsistencyAsync(old, size, ReadAsync);
                Assert.True(MerkleTree.VerifyConsistency(old, Checkpoint(old).Root.Span, size, checkpoint.Root.Span, proof));
                pairs++;
            }
        }

        VectorFiles.Passed(pairs);
    }

    private static async Task EntriesAgreeAsync(int size, NetworkIdentity.Standards.TransparencyLog.Checkpoint checkpoint)
    {
        var tile = Tile.Of(size).Single();
        var bundle = Bytes(EntryBundle.PathOf(tile));
        var entries = await new VerifiedTiles(size, checkpoint.Root, ReadAsync).VerifyEntriesAsync(tile, bundle);
        Assert.Equal(bundle, EntryBundle.Encode(entries));
        Assert.Equal("one", Encoding.ASCII.GetString(entries[0]));

        var tree = new GrowingTree();
        foreach (var entry in entries) tree.Append(MerkleTree.HashLeaf(entry));
        Assert.Equal(checkpoint.Root.ToArray(), tree.Root);
        Assert.Equal(Bytes(tile.Path), tree.TakeChanges().Single().Hashes.ToArray());
    }
}
