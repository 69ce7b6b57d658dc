using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class CheckpointTests
{
    private const string Origin = "example.com/behind-the-sofa";
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    private const string Empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private static readonly NoteSigner Log = SignedNoteTests.Signer(Origin, 1);

    [Theory]
    [InlineData(Origin + "\n20852163\n" + Root + "\n", 20852163)]
    [InlineData(Origin + "\n0\n" + Empty + "\n", 0)]
    [InlineData(Origin + "\n9223372036854775807\n" + Root + "\n", long.MaxValue)]
    [InlineData(Origin + "\n1\n" + Root + "\nan extension\n\u2014 another\n", 1)]
    public void A_checkpoint_is_read_as_it_is_written(string text, long size)
    {
        var checkpoint = Checkpoint.Parse(text);
        Assert.Equal((Origin, size, text), (checkpoint.Origin, checkpoint.Size, checkpoint.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData(Origin + "\n5\n")]
    [InlineData(Origin + "\n5\n" + Root)]
    [InlineData("\n5\n" + Root + "\n")]
    [InlineData(Origin + "\n\n" + Root + "\n")]
    [InlineData(Origin + "\n5\n" + Root + "\n\n")]
    [InlineData(Origin + "\n5\n" + Root + "\n\nextension\n")]
    [InlineData(Origin + "\n5\n" + Root + "\nextension")]
    [InlineData(Origin + "\n05\n" + Root + "\n")]
    [InlineData(Origin + "\n00\n" + Empty + "\n")]
    [InlineData(Origin + "\n+5\n" + Root + "\n")]
    [InlineData(Origin + "\n-5\n" + Root + "\n")]
    [InlineData(Origin + "\n 5\n" + Root + "\n")]
    [InlineData(Origin + "\n5 \n" + Root + "\n")]
    [InlineData(Origin + "\n5.0\n" + Root + "\n")]
    [InlineData(Origin + "\n0x5\n" + Root + "\n")]
    [InlineData(Origin + "\n9223372036854775808\n" + Root + "\n")]
    [InlineData(Origin + "\n0\n" + Root + "\n")]
    [InlineData(Origin + "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData(Origin + "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData(Origin + "\n5\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData(Origin + "\n5\n " + Root + "\n")]
    [InlineData(Origin + "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n")]
    [InlineData(Origin + "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2Ia\n")]
    public void Another_text_is_no_checkpoint(string text) => Assert.Throws<Refusal>(() => Checkpoint.Parse(text));

    [Fact]
    public async Task What_a_log_signed_is_opened_as_that_logs_alone()
    {
        var note = await new Checkpoint(Origin, 5, Convert.FromBase64String(Root)).SignAsync([Log]);
        Assert.Equal(5, Checkpoint.Open(note, Origin, [Log.Key]).Size);
        Assert.Throws<Refusal>(() => Checkpoint.Open(note, "example.com/another", [Log.Key]));
        Assert.Throws<Refusal>(() => Checkpoint.Open(note, Origin, [SignedNoteTests.Signer(Origin, 2).Key]));

        var noCheckpoint = await SignedNote.SignAsync($"{Origin}\n5\n", [Log]);
        Assert.Throws<Refusal>(() => Checkpoint.Open(noCheckpoint, Origin, [Log.Key]));
    }

    [Fact]
    public async Task What_could_not_be_read_back_is_not_signed()
    {
        var root = Convert.FromBase64String(Root);
        foreach (var bad in new Checkpoint[] { new("", 5, root), new(Origin, -1, root), new(Origin, 5, root.AsMemory(0, 31)), new(Origin, 0, root), new(Origin, 5, root, [""]), new(Origin, 5, root, ["a\nb"]), new($"a\n7\n{Root}", 5, root) })
            await Assert.ThrowsAsync<Refusal>(() => bad.SignAsync([Log]).AsTask());
    }

    [Fact]
    public void Whatever_a_checkpoint_is_broken_into_has_one_spelling() =>
        Assert.InRange(Mutations.Refused($"{Origin}\n20852163\n{Root}\n", mutant => Assert.Equal(mutant, Checkpoint.Parse(mutant).Text)), 500, 1500);
}
