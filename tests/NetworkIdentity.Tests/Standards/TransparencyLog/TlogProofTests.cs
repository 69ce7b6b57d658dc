using System.Text;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class TlogProofTests
{
    private const string Origin = "example.com/log";
    private static readonly NoteSigner Log = SignedNoteTests.Signer(Origin, 1);
    private static readonly NaiveTree Tree = new(300);

    private static async Task<TlogProof> ProofAsync(int index, int size, byte[]? extra = null) =>
        new(index, await MerkleTree.ProveInclusionAsync(index, size, Tree.ReadAsync), await new Checkpoint(Origin, size, Tree.Root(size)).SignAsync([Log]), extra);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 5)]
    [InlineData(123, 300)]
    public async Task A_receipt_is_verified_offline(int index, int size)
    {
        var text = (await ProofAsync(index, size, [1, 2, 3])).Text;
        Assert.StartsWith($"c2sp.org/tlog-proof@v1\nextra AQID\nindex {index}\n", text, StringComparison.Ordinal);
        var read = TlogProof.Parse(text);
        Assert.Equal(text, read.Text);
        Assert.Equal([1, 2, 3], read.Extra!.Value.ToArray());
        Assert.Equal(size, read.Verify(Tree.Leaf(index), Origin, [Log.Key]).Size);
        Assert.Null(TlogProof.Parse((await ProofAsync(index, size)).Text).Extra);
    }

    [Fact]
    public async Task A_receipt_for_something_else_is_refused()
    {
        var proof = await ProofAsync(4, 7);
        Assert.Throws<Refusal>(() => proof.Verify(Tree.Leaf(5), Origin, [Log.Key]));
        Assert.Throws<Refusal>(() => proof.Verify(new byte[31], Origin, [Log.Key]));
        Assert.Throws<Refusal>(() => proof.Verify(Tree.Leaf(4), "example.com/another", [Log.Key]));
        Assert.Throws<Refusal>(() => proof.Verify(Tree.Leaf(4), Origin, [SignedNoteTests.Signer(Origin, 2).Key]));
        Assert.Throws<Refusal>(() => (proof with { Index = 5 }).Verify(Tree.Leaf(4), Origin, [Log.Key]));
        var larger = (await ProofAsync(4, 9)).Note;
        Assert.Throws<Refusal>(() => (proof with { Note = larger }).Verify(Tree.Leaf(4), Origin, [Log.Key]));
    }

    [Fact]
    public async Task A_receipt_with_any_byte_changed_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes((await ProofAsync(4, 7)).Text);
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            Assert.Throws<Refusal>(() => TlogProof.Parse(Encoding.UTF8.GetString(changed)).Verify(Tree.Leaf(4), Origin, [Log.Key]));
            Assert.Throws<Refusal>(() => TlogProof.Parse(Encoding.UTF8.GetString(bytes, 0, at)).Verify(Tree.Leaf(4), Origin, [Log.Key]));
        }
    }

    [Fact]
    public async Task Another_text_is_no_receipt()
    {
        var text = (await ProofAsync(4, 7)).Text;
        var hash = Convert.ToBase64String(new byte[32]);
        (string From, string To)[] breaks =
        [
            ("proof@v1", "proof@v2"), ("index 4", "index 04"), ("index 4", "index"), ("index 4", "index -4"), ("index 4", "index 9223372036854775808"), ("index 4\n", ""),
            ("index 4", "index 4\nindex 4"), ("index 4", "extra \nindex 4"), ("index 4", "extra !\nindex 4"), ("index 4", "extra AR==\nindex 4"), ("index 4", "extra AQ==\nextra AQ==\nindex 4"),
            ("index 4", "index 4\nAAAA"), ("index 4", $"index 4\n{hash} "), ("index 4\n", "index 4\n\n"), ("index 4", "index 4\r"),
            ("index 4", "index 4" + string.Concat(Enumerable.Repeat("\n" + hash, 64))),
        ];
        foreach (var (from, to) in breaks)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            Assert.Throws<Refusal>(() => TlogProof.Parse(text.Replace(from, to, StringComparison.Ordinal)).Verify(Tree.Leaf(4), Origin, [Log.Key]));
        }

        foreach (var whole in new[] { "", "\n\n", "c2sp.org/tlog-proof@v1\n\n", new string('a', SignedNote.MaxLength + 1) }) Assert.Throws<Refusal>(() => TlogProof.Parse(whole));
    }

    [Fact]
    public async Task Whatever_a_receipt_is_broken_into_has_one_spelling() =>
        Assert.InRange(Mutations.Refused((await ProofAsync(4, 7, [1, 2, 3])).Text, mutant => Assert.Equal(mutant, TlogProof.Parse(mutant).Text)), 500, 1500);
}
