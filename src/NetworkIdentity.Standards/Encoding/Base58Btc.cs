using System.Buffers;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>base58btc: Bitcoin's alphabet, without the letters that look alike [CID §2.4].</summary>
/// <remarks>It takes time with the square of the length, so what is decoded is bounded.</remarks>
public static class Base58Btc
{
    /// <summary>The longest text that is decoded: a P-384 key, a signature or a digest is a tenth of it.</summary>
    public const int MaxLength = 1024;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Encodes: each zero byte at the beginning is a 1.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0) is >= 0 and var at ? at : bytes.Length;

        // 138/100 is more than log 256 / log 58.
        var digits = new byte[((bytes.Length - zeros) * 138 / 100) + 1];
        var used = 0;
        foreach (var value in bytes[zeros..])
        {
            int carry = value;
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += 256 * digits[i];
                digits[i] = (byte)(carry % 58);
                carry /= 58;
                used = Math.Max(used, i + 1);
            }
        }

        return string.Create(zeros + used, (digits, used), static (text, from) =>
        {
            text.Fill('1');
            for (var i = 0; i < from.used; i++) text[^(i + 1)] = Alphabet[from.digits[i]];
        });
    }

    /// <summary>Decodes; each text has one meaning, and each meaning one text.</summary>
    /// <exception cref="Refusal">Malformed: a character outside the alphabet, or longer than <see cref="MaxLength"/>.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength) throw Refusal.Malformed($"the base58btc is longer than {MaxLength} characters");
        if (text.ContainsAnyExcept(Letters)) throw Refusal.Malformed("not base58btc");
        var zeros = text.IndexOfAnyExcept('1') is >= 0 and var at ? at : text.Length;
        var bytes = new byte[text.Length];
        var used = 0;
        foreach (var letter in text[zeros..])
        {
            var carry = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += 58 * bytes[^(i + 1)];
                bytes[^(i + 1)] = (byte)carry;
                carry >>= 8;
                used = Math.Max(used, i + 1);
            }
        }

        var decoded = new byte[zeros + used];
        bytes.AsSpan(bytes.Length - used).CopyTo(decoded.AsSpan(zeros));
        return decoded;
    }
}
