using System.Text;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class SignedNoteTests
{
    private const string Text = "One line\n\nand, after an empty one, \u00e9.\n";
    private static readonly NoteSigner Log = Signer("example.com/log", 1);
    private static readonly NoteSigner Next = Signer("example.com/log", 2);
    private static readonly NoteSigner Stranger = Signer("stranger.example", 3);

    internal static NoteSigner Signer(string name, byte seed) => new(name, SigningKey.FromEd25519(Enumerable.Repeat(seed, 32).ToArray()));

    [Fact]
    public void The_specifications_example_verifies()
    {
        var key = NoteKey.Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        const string note = "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        var opened = SignedNote.Open(Encoding.UTF8.GetBytes(note), [key]);
        Assert.Equal("This is an example message.\n", opened.Text);
        Assert.Equal([key], opened.SignedBy);
    }

    [Fact]
    public void The_example_of_gos_library_verifies()
    {
        var key = NoteKey.Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        const string note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        Assert.Equal([key], SignedNote.Open(note, [key]).SignedBy);
    }

    [Fact]
    public void A_key_is_read_as_it_is_written()
    {
        var vkey = Log.Key.ToString();
        var read = NoteKey.Parse(vkey);
        Assert.Equal(vkey, read.ToString());
        Assert.Equal((Log.Key.Name, Log.Key.Id), (read.Name, read.Id));
        Assert.Equal(Log.Key.PublicKey.ToArray(), read.PublicKey.ToArray());
        Assert.Matches("^example\\.com/log\\+[0-9a-f]{8}\\+A[A-Za-z0-9+/=]+$", vkey);
        Assert.NotEqual(Log.Key.Id, Next.Key.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903a")]
    [InlineData("example.com/foo+530d903a+")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n")]
    [InlineData("example.com/foo+530d903a+ AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Another_text_is_no_key(string vkey) => Assert.Throws<Refusal>(() => NoteKey.Parse(vkey));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\u2003b")]
    [InlineData("a\nb")]
    [InlineData("a+b")]
    [InlineData("a\0")]
    public void A_name_that_would_blur_a_signature_line_is_refused(string name) => Assert.Throws<Refusal>(() => Signer(name, 1));

    [Fact]
    public void Only_ed25519_signs()
    {
        using var ecdsa = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        Assert.Throws<ArgumentException>(() => new NoteSigner("example.com/log", SigningKey.FromEcdsa(ecdsa)));
    }

    [Fact]
    public async Task What_was_signed_is_opened()
    {
        var note = await SignedNote.SignAsync(Text, [Log, Next]);
        Assert.Equal(Text, SignedNote.Open(note, [Log.Key]).Text);
        Assert.Equal([Log.Key, Next.Key], SignedNote.Open(note, [Next.Key, Stranger.Key, Log.Key]).SignedBy);
        Assert.StartsWith(Text + "\n\u2014 example.com/log ", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signatures_of_unknown_keys_are_ignored_and_are_not_enough()
    {
        var note = await SignedNote.SignAsync(Text, [Stranger, Log]);
        Assert.Equal([Log.Key], SignedNote.Open(note, [Log.Key]).SignedBy);

        // The name alone, or the id alone, does not make a key known.
        Assert.Throws<Refusal>(() => SignedNote.Open(note, [Next.Key]));
        Assert.Throws<Refusal>(() => SignedNote.Open(note, []));
    }

    [Fact]
    public async Task A_wrong_signature_of_a_known_key_refuses_the_whole_note()
    {
        var note = await SignedNote.SignAsync(Text, [Log]);
        var other = await SignedNote.SignAsync("Something else\n", [Next, Log]);
        var (wrongNext, wrongLog) = (Lines(other)[^2], Lines(other)[^1]);
        Assert.Equal([Log.Key], SignedNote.Open(note + wrongNext + "\n", [Log.Key]).SignedBy);
        Assert.Throws<Refusal>(() => SignedNote.Open(note + wrongNext + "\n", [Log.Key, Next.Key]));
        Assert.Throws<Refusal>(() => SignedNote.Open(note + wrongLog + "\n", [Log.Key]));
        Assert.Single(SignedNote.Open(note + Lines(note)[^1] + "\n", [Log.Key]).SignedBy);
    }

    [Fact]
    public async Task Sixteen_signatures_and_more_are_read_and_a_flood_is_not()
    {
        var note = await SignedNote.SignAsync(Text, [Log]);
        var stranger = Lines(await SignedNote.SignAsync(Text, [Stranger]))[^1] + "\n";
        Assert.Equal(Text, SignedNote.Open(note + string.Concat(Enumerable.Repeat(stranger, SignedNote.MaxSignatures - 1)), [Log.Key]).Text);
        Assert.Throws<Refusal>(() => SignedNote.Open(note + string.Concat(Enumerable.Repeat(stranger, SignedNote.MaxSignatures)), [Log.Key]));
        Assert.Throws<Refusal>(() => SignedNote.Open(new string('a', SignedNote.MaxLength) + note, [Log.Key]));
    }

    [Fact]
    public async Task A_signature_of_another_form_refuses_the_note()
    {
        var note = await SignedNote.SignAsync(Text, [Log]);
        string[] bad =
        [
            "\n", "x\n", "- a AAAAAAA=\n", "\u2014a AAAAAAA=\n", "\u2014 AAAAAAA=\n", "\u2014 a b AAAAAAA=\n", "\u2014  AAAAAAA=\n", "\u2014 a+b AAAAAAA=\n",
            "\u2014 a AAAAAA==\n", "\u2014 a AAAAAAA\n", "\u2014 a AAAAAAB=\n", "\u2014 a AAAA AAA=\n", "\u2014 a \n", "\u2014 a AAAAAAA=", "\u2014 a\u00a0b AAAAAAA=\n", "\u2014 a AAAAAAA= \n",
        ];
        Assert.Equal(Text, SignedNote.Open(note + "\u2014 a AAAAAAA=\n", [Log.Key]).Text);
        foreach (var line in bad) Assert.Throws<Refusal>(() => SignedNote.Open(note + line, [Log.Key]));
        foreach (var whole in new[] { "", "\n", "\n\n", Text, Text + "\n", note[..^1] }) Assert.Throws<Refusal>(() => SignedNote.Open(whole, [Log.Key]));
        foreach (var control in new[] { '\0', '\t', '\r', '\u001f' }) Assert.Throws<Refusal>(() => SignedNote.Open(control + note, [Log.Key]));
        Assert.Throws<Refusal>(() => SignedNote.Open("\ud800" + note, [Log.Key]));
    }

    [Fact]
    public async Task A_text_that_is_no_notes_is_not_signed()
    {
        foreach (var text in new[] { "", "no newline", "a\tb\n", "a\r\n", "\ud800\n" })
            await Assert.ThrowsAsync<ArgumentException>(() => SignedNote.SignAsync(text, [Log]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => SignedNote.SignAsync(Text, []).AsTask());
    }

    [Fact]
    public async Task Control_characters_are_refused_even_where_they_were_signed()
    {
        const string text = "a\tb\n";
        var id = Convert.FromHexString(Log.Key.ToString().Split('+')[1]);
        byte[] signature = [.. id, .. await Log.SignAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken)];
        Assert.Throws<Refusal>(() => SignedNote.Open($"{text}\n\u2014 example.com/log {Convert.ToBase64String(signature)}\n", [Log.Key]));
    }

    [Fact]
    public async Task A_note_with_any_byte_changed_is_refused()
    {
        var note = Encoding.UTF8.GetBytes(await SignedNote.SignAsync(Text, [Log]));
        for (var at = 0; at < note.Length; at++)
        {
            foreach (var bit in new byte[] { 1, 2, 0x20, 0x80 })
            {
                byte[] changed = [.. note];
                changed[at] ^= bit;
                Assert.Throws<Refusal>(() => SignedNote.Open(changed, [Log.Key]));
            }

            Assert.Throws<Refusal>(() => SignedNote.Open(note.AsSpan(0, at), [Log.Key]));
        }
    }

    [Fact]
    public async Task Whatever_a_note_is_broken_into_only_the_signed_text_is_opened()
    {
        var note = await SignedNote.SignAsync(Text, [Log, Stranger]);
        Assert.InRange(Mutations.Refused(note, mutant => Assert.Equal(Text, SignedNote.Open(mutant, [Log.Key]).Text)), 1000, 1500);
        Assert.InRange(Mutations.Refused(Log.Key.ToString(), mutant => NoteKey.Parse(mutant)), 1000, 1500);
    }

    private static string[] Lines(string note) => note.TrimEnd('\n').Split('\n');
}
