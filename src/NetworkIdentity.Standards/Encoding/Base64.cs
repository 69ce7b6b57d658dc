namespace NetworkIdentity.Standards.Encoding;

/// <summary>base64 with padding [RFC4648 §4], in its one canonical spelling.</summary>
internal static class Base64
{
    /// <summary>Encodes with padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>Decodes the one canonical spelling; false where the text is not one.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var decoded = new byte[text.Length / 4 * 3];

        // The framework skips white space and does not look at the unused bits of the last character.
        if (!Convert.TryFromBase64String(text, decoded, out var length) || Encode(decoded.AsSpan(0, length)) != text) return false;
        bytes = decoded[..length];
        return true;
    }
}
