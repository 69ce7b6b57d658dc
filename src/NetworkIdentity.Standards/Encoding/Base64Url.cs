using System.Buffers;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>base64url without padding, as JOSE uses it [RFC7515 §2] [RFC4648 §5].</summary>
/// <remarks>
/// Strict, so that one value has one spelling: no padding, no white space, and the unused bits of the last character are zero.
/// A lenient decoder would let a signature be spelled in several ways, and what is compared by its text would not be equal.
/// </remarks>
public static class Base64Url
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Encodes without padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <summary>Decodes the one canonical spelling.</summary>
    /// <exception cref="Refusal">Malformed: a character outside the alphabet, padding, or unused bits that are not zero.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        if (!TryDecode(text, out var bytes)) throw Refusal.Malformed("not base64url without padding");
        return bytes;
    }

    /// <summary>Decodes the one canonical spelling into a space that <see cref="LengthOf"/> says is enough; how many bytes they are.</summary>
    /// <exception cref="Refusal">Malformed: a character outside the alphabet, padding, or unused bits that are not zero.</exception>
    public static int Decode(ReadOnlySpan<char> text, Span<byte> into) =>
        TryDecode(text, into, out var written) ? written : throw Refusal.Malformed("not base64url without padding");

    /// <summary>Decodes the one canonical spelling; false where the text is not one.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var decoded = new byte[LengthOf(text)];
        var done = TryDecode(text, decoded, out _);
        bytes = done ? decoded : [];
        return done;
    }

    /// <summary>How many bytes a text stands for.</summary>
    public static int LengthOf(ReadOnlySpan<char> text) => text.Length / 4 * 3 + Math.Max(0, text.Length % 4 - 1);

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> into, out int written)
    {
        written = 0;
        if (text.Length % 4 == 1) return false;
        if (text.ContainsAnyExcept(Alphabet)) return false;

        // The framework's decoder does not always look at the unused bits of the last character; RFC 4648 §3.5 lets us insist.
        return IsCanonicalEnd(text)
            && System.Buffers.Text.Base64Url.DecodeFromChars(text, into, out _, out written) == OperationStatus.Done
            && written == LengthOf(text);
    }

    private static bool IsCanonicalEnd(ReadOnlySpan<char> text) => (text.Length % 4) switch
    {
        2 => (ValueOf(text[^1]) & 0b1111) == 0,
        3 => (ValueOf(text[^1]) & 0b11) == 0,
        _ => true,
    };

    private static int ValueOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
