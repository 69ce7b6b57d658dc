namespace NetworkIdentity.Standards.Encoding;

/// <summary>Bytes as text whose first character says how [CID §2.4]: <c>z</c> for base58btc, <c>u</c> for base64url without padding.</summary>
public static class Multibase
{
    /// <summary>As base58btc.</summary>
    public static string Base58(ReadOnlySpan<byte> bytes) => "z" + Base58Btc.Encode(bytes);

    /// <summary>As base64url.</summary>
    public static string Base64(ReadOnlySpan<byte> bytes) => "u" + Base64Url.Encode(bytes);

    /// <summary>Decodes what is of a base that the place allows.</summary>
    /// <param name="text">The text with its prefix.</param>
    /// <param name="bases">The prefixes that may stand here: <c>z</c>, <c>u</c> or both.</param>
    /// <exception cref="Refusal">Malformed: empty, another base, or not of its base.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text, string bases = "z")
    {
        if (text.IsEmpty || !bases.Contains(text[0], StringComparison.Ordinal)) throw Refusal.Malformed($"not multibase of {string.Join(" or ", bases.ToCharArray())}");
        return text[0] == 'z' ? Base58Btc.Decode(text[1..]) : Base64Url.Decode(text[1..]);
    }
}
