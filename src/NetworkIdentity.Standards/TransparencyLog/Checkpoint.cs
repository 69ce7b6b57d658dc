using System.Globalization;
using System.Text;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>What a log says its tree is: how many leaves, and the root above them [C2SP-Checkpoint §Note text].</summary>
/// <param name="Origin">Which log: best its URL without a scheme.</param>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The 32-byte root.</param>
/// <param name="Extensions">Lines behind, mostly none.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root, IReadOnlyList<string> Extensions)
{
    /// <summary>A checkpoint without further lines.</summary>
    public Checkpoint(string origin, long size, ReadOnlyMemory<byte> root)
        : this(origin, size, root, [])
    {
    }

    /// <summary>The text that is signed.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder().Append(Origin).Append('\n').Append(Size).Append('\n').Append(Base64.Encode(Root.Span)).Append('\n');
            foreach (var line in Extensions) text.Append(line).Append('\n');
            return text.ToString();
        }
    }

    /// <summary>Signs it: the note to publish.</summary>
    /// <exception cref="Refusal">Malformed: it is not one that <see cref="Parse"/> reads.</exception>
    /// <exception cref="ArgumentException">No signer, or control characters.</exception>
    public ValueTask<string> SignAsync(IReadOnlyList<NoteSigner> signers, CancellationToken cancellation = default)
    {
        var text = Text;
        var read = Parse(text);
        if (read.Origin != Origin || !read.Extensions.SequenceEqual(Extensions)) throw Refusal.Malformed("a line of the checkpoint has a line break");
        return SignedNote.SignAsync(text, signers, cancellation);
    }

    /// <summary>Verifies a log's note and reads it.</summary>
    /// <param name="note">The note.</param>
    /// <param name="origin">Whose checkpoint it must be.</param>
    /// <param name="logKeys">The keys of this log; one of them must have signed.</param>
    /// <exception cref="Refusal">Malformed: as the note or the text refuses, or another log's.</exception>
    public static Checkpoint Open(string note, string origin, IReadOnlyList<NoteKey> logKeys)
    {
        var checkpoint = Parse(SignedNote.Open(note, logKeys).Text);
        return checkpoint.Origin == origin ? checkpoint : throw Refusal.Malformed("the checkpoint is another log's");
    }

    /// <summary>Reads the text of a note whose signature was verified.</summary>
    /// <exception cref="Refusal">Malformed: not three lines or more, an empty one, a size or root in another spelling, an empty tree with leaves.</exception>
    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0 || lines[..^1].Any(line => line.Length == 0)) throw Refusal.Malformed("a checkpoint has at least three lines, none empty");
        var size = ParseNumber(lines[1]) ?? throw Refusal.Malformed("the size of the checkpoint is not a number");
        if (!Base64.TryDecode(lines[2], out var root) || root.Length != MerkleTree.HashLength) throw Refusal.Malformed("the root of the checkpoint is not 32 bytes in base64");
        if (size == 0 && !root.AsSpan().SequenceEqual(MerkleTree.EmptyRoot)) throw Refusal.Malformed("the root of the checkpoint is not that of an empty tree");
        return new(lines[0], size, root, lines[3..^1]);
    }

    // Decimal, with no zero before it.
    internal static long? ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (text[0] != '0' || text.Length == 1) ? number : null;
}
