using System.Buffers.Binary;
using System.Text;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A text that keys have signed [C2SP-Note §Format]. There is none whose signatures were not verified.</summary>
/// <param name="Text">What was signed; it ends with a newline.</param>
/// <param name="SignedBy">The known keys that signed it: at least one.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteKey> SignedBy)
{
    /// <summary>The media type a note is served as.</summary>
    public const string MediaType = "text/plain; charset=utf-8";

    /// <summary>The longest note that is read, in characters.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>The most signatures that are looked at; the specification wants at least 16.</summary>
    public const int MaxSignatures = 100;

    private const string SignaturePrefix = "\u2014 ";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Signs a text with one key or, while keys change, with several.</summary>
    /// <exception cref="ArgumentException">No signer, or the text can't be a note's: no newline at its end, or control characters.</exception>
    public static async ValueTask<string> SignAsync(string text, IReadOnlyList<NoteSigner> signers, CancellationToken cancellation = default)
    {
        if (signers.Count == 0) throw new ArgumentException("A note has a signature.", nameof(signers));
        if (!text.EndsWith('\n') || !IsPrintable(text) || !TryEncode(text, out var bytes)) throw new ArgumentException("The text can't be a note's.", nameof(text));
        var note = new StringBuilder(text).Append('\n');
        foreach (var signer in signers)
        {
            var signature = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(signature, signer.Key.Id);
            signature = [.. signature, .. await signer.SignAsync(bytes, cancellation)];
            note.Append(SignaturePrefix).Append(signer.Key.Name).Append(' ').Append(Base64.Encode(signature)).Append('\n');
        }

        return note.ToString();
    }

    /// <summary>Reads the bytes of a note and verifies its signatures.</summary>
    /// <exception cref="Refusal">Malformed: not UTF-8, or as <see cref="Open(string, IReadOnlyList{NoteKey})"/> says.</exception>
    public static SignedNote Open(ReadOnlySpan<byte> note, IReadOnlyList<NoteKey> known)
    {
        try
        {
            return Open(StrictUtf8.GetString(note), known);
        }
        catch (DecoderFallbackException exception)
        {
            throw Refusal.Malformed("the note is not UTF-8", exception);
        }
    }

    /// <summary>Reads a note and verifies its signatures. Those of unknown keys are ignored; one of a known key that is wrong refuses the note.</summary>
    /// <exception cref="Refusal">Malformed: not the form of a note, no signature of a known key, or a wrong one.</exception>
    public static SignedNote Open(string note, IReadOnlyList<NoteKey> known)
    {
        if (note.Length > MaxLength) throw Refusal.Malformed("the note is too long");
        if (!IsPrintable(note)) throw Refusal.Malformed("the note has control characters");

        // The last empty line divides: the text may have empty lines of its own.
        var division = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (division < 0 || !note.EndsWith('\n')) throw Refusal.Malformed("the note has no signatures behind an empty line");
        var text = note[..(division + 1)];
        if (!TryEncode(text, out var bytes)) throw Refusal.Malformed("the note is not UTF-8");

        var lines = note[(division + 2)..].Split('\n', MaxSignatures + 2)[..^1];
        if (lines.Length is 0 or > MaxSignatures) throw Refusal.Malformed("the note has no signatures, or too many");
        var signedBy = new List<NoteKey>();
        foreach (var line in lines)
        {
            var (name, signature) = ParseSignature(line);
            var id = BinaryPrimitives.ReadUInt32BigEndian(signature);
            foreach (var key in known.Where(key => key.Name == name && key.Id == id))
            {
                if (!key.Verify(bytes, signature.AsSpan(sizeof(uint)))) throw Refusal.Malformed("a signature of a known key on the note is wrong");
                if (!signedBy.Contains(key)) signedBy.Add(key);
            }
        }

        if (signedBy.Count == 0) throw Refusal.Malformed("the note has no signature of a known key");
        return new(text, signedBy);
    }

    private static (string Name, byte[] Signature) ParseSignature(string line)
    {
        if (line.StartsWith(SignaturePrefix, StringComparison.Ordinal)
            && line[SignaturePrefix.Length..].Split(' ') is [var name, var encoded]
            && NoteKey.IsName(name)
            && Base64.TryDecode(encoded, out var signature)
            && signature.Length > sizeof(uint)) return (name, signature);
        throw Refusal.Malformed("a signature line of the note is not a dash, a name and base64");
    }

    // A surrogate without its other half can't be written as UTF-8.
    private static bool TryEncode(string text, out byte[] bytes)
    {
        try
        {
            bytes = StrictUtf8.GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = [];
            return false;
        }
    }

    private static bool IsPrintable(string text) => text.All(c => c is >= ' ' or '\n');
}
