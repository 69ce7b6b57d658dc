using System.Buffers;
using System.Globalization;
using System.Text;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>Percent-encoding of UTF-8 [RFC3986 §2.1].</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes once; null where a percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.</summary>
    public static string? Decode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsAscii(text[at])) return null;
            if (text[at] != '%')
            {
                bytes.Write([(byte)text[at]]);
                continue;
            }

            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])) return null;
            bytes.Write([byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)]);
            at += 2;
        }

        try
        {
            return StrictUtf8.GetString(bytes.WrittenSpan);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Encodes all that is not unreserved, in capital digits.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var value in StrictUtf8.GetBytes(text))
        {
            if (Unreserved.Contains((char)value)) encoded.Append((char)value);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return encoded.ToString();
    }
}
