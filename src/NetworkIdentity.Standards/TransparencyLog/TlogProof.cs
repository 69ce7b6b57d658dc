using System.Text;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A receipt: that a leaf is in a log, verified with nothing but the log's key [C2SP-Proof §Format].</summary>
/// <param name="Index">The leaf's index.</param>
/// <param name="Inclusion">The hashes beside its way to the root, the lowest first.</param>
/// <param name="Note">The log's signed checkpoint, as it was published.</param>
/// <param name="Extra">What the one who made the leaf adds, vouched for by nobody; null for nothing.</param>
public sealed record TlogProof(long Index, IReadOnlyList<byte[]> Inclusion, string Note, ReadOnlyMemory<byte>? Extra = null)
{
    /// <summary>The end of a file's name.</summary>
    public const string FileExtension = ".tlog-proof";

    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraPrefix = "extra ";
    private const string IndexPrefix = "index ";

    // A way to the root is no longer than the bits of a size.
    private const int MaxHashes = 63;

    /// <summary>The text form.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder(FirstLine).Append('\n');
            if (Extra is { Length: > 0 } extra) text.Append(ExtraPrefix).Append(Base64.Encode(extra.Span)).Append('\n');
            text.Append(IndexPrefix).Append(Index).Append('\n');
            foreach (var hash in Inclusion) text.Append(Base64.Encode(hash)).Append('\n');
            return text.Append('\n').Append(Note).ToString();
        }
    }

    /// <summary>Reads the text form. Nothing is verified yet.</summary>
    /// <exception cref="Refusal">Malformed: a line that is not the format's, or in another spelling.</exception>
    public static TlogProof Parse(string text)
    {
        if (text.Length > SignedNote.MaxLength) throw Refusal.Malformed("the proof is too long");
        var division = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (division < 0) throw Refusal.Malformed("the proof has no checkpoint behind an empty line");
        var lines = new Queue<string>(text[..division].Split('\n'));
        if (lines.Dequeue() != FirstLine) throw Refusal.Malformed($"a proof begins with {FirstLine}");

        ReadOnlyMemory<byte>? extra = null;
        if (lines.TryPeek(out var line) && line.StartsWith(ExtraPrefix, StringComparison.Ordinal))
        {
            if (!Base64.TryDecode(lines.Dequeue()[ExtraPrefix.Length..], out var bytes) || bytes.Length == 0) throw Refusal.Malformed("extra of the proof is not base64 of something");
            extra = bytes;
        }

        if (!lines.TryDequeue(out line) || !line.StartsWith(IndexPrefix, StringComparison.Ordinal) || Checkpoint.ParseNumber(line[IndexPrefix.Length..]) is not { } index)
            throw Refusal.Malformed("index of the proof is missing or not a number");
        if (lines.Count > MaxHashes) throw Refusal.Malformed("the proof has too many hashes");
        var inclusion = new List<byte[]>();
        foreach (var encoded in lines)
        {
            if (!Base64.TryDecode(encoded, out var hash) || hash.Length != MerkleTree.HashLength) throw Refusal.Malformed("a hash of the proof is not 32 bytes in base64");
            inclusion.Add(hash);
        }

        return new(index, inclusion, text[(division + 2)..], extra);
    }

    /// <summary>Verifies that the log has the leaf; the checkpoint that says so [C2SP-Proof §Verifying a tlog proof].</summary>
    /// <param name="leafHash">The leaf's hash, made by the caller from what it knows.</param>
    /// <param name="origin">Which log it must be.</param>
    /// <param name="logKeys">The keys of this log.</param>
    /// <exception cref="Refusal">Malformed: the checkpoint is not this log's, or the leaf is not in its tree.</exception>
    public Checkpoint Verify(ReadOnlySpan<byte> leafHash, string origin, IReadOnlyList<NoteKey> logKeys)
    {
        // Step 3, cosignatures of witnesses, is skipped: no witness is known.
        var checkpoint = Checkpoint.Open(Note, origin, logKeys);
        if (!MerkleTree.VerifyInclusion(leafHash, Index, checkpoint.Size, checkpoint.Root.Span, Inclusion))
            throw Refusal.Malformed("the proof does not show that the leaf is in the log");
        return checkpoint;
    }
}
