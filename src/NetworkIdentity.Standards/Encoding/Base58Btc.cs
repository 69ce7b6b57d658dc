using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>base58btc: Bitcoin's alphabet, without the letters that look alike [CID §2.4].</summary>
/// <remarks>It takes time with the square of the length, so what is decoded is bounded.</remarks>
public static class Base58Btc
{
    /// <summary>The longest text that is decoded: a P-384 key, a signature or a digest is a tenth of it.</summary>
    public const int MaxLength = 1024;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>58 to the fifth, the most of its powers that a limb of 32 bits holds: five digits are carried at once.</summary>
    private const ulong FiveDigits = 58 * 58 * 58 * 58 * 58;

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    private static readonly byte[] Values = [.. Enumerable.Range(0, 128).Select(c => (byte)Math.Max(0, Alphabet.IndexOf((char)c, StringComparison.Ordinal)))];

    /// <summary>Encodes: each zero byte at the beginning is a 1.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0) is >= 0 and var at ? at : bytes.Length;
        bytes = bytes[zeros..];

        // Limbs of five digits, the lowest first. 138/100 is more than log 256 / log 58.
        var limbs = new uint[(bytes.Length * 138 / 500) + 2];
        var used = 0;
        while (!bytes.IsEmpty)
        {
            var take = bytes.Length % 4 == 0 ? 4 : bytes.Length % 4;
            ulong carry = 0;
            foreach (var value in bytes[..take]) carry = (carry << 8) | value;
            for (var i = 0; i < used; i++) (carry, limbs[i]) = Split(((ulong)limbs[i] << 32) + carry);
            while (carry != 0) (carry, limbs[used++]) = Split(carry);
            bytes = bytes[take..];
        }

        Span<char> text = stackalloc char[5];
        var made = new System.Text.StringBuilder(zeros + (used * 5)).Append('1', zeros);
        for (var i = used - 1; i >= 0; i--)
        {
            var rest = limbs[i];
            for (var digit = 4; digit >= 0; digit--) (rest, text[digit]) = (rest / 58, Alphabet[(int)(rest % 58)]);
            made.Append(i == used - 1 ? text.TrimStart('1') : text);
        }

        return made.ToString();

        static (ulong Carry, uint Limb) Split(ulong value) => (value / FiveDigits, (uint)(value % FiveDigits));
    }

    /// <summary>Decodes; each text has one meaning, and each meaning one text.</summary>
    /// <exception cref="Refusal">Malformed: a character outside the alphabet, or longer than <see cref="MaxLength"/>.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength) throw Refusal.Malformed($"the base58btc is longer than {MaxLength} characters");
        if (text.ContainsAnyExcept(Letters)) throw Refusal.Malformed("not base58btc");
        var zeros = text.IndexOfAnyExcept('1') is >= 0 and var at ? at : text.Length;
        text = text[zeros..];

        // Limbs of 32 bits, the lowest first; five digits are less than one.
        var limbs = new uint[(text.Length / 5) + 2];
        var used = 0;
        while (!text.IsEmpty)
        {
            var take = text.Length % 5 == 0 ? 5 : text.Length % 5;
            ulong carry = 0;
            foreach (var letter in text[..take]) carry = (carry * 58) + Values[letter];
            for (var i = 0; i < used; i++)
            {
                carry += limbs[i] * FiveDigits;
                limbs[i] = (uint)carry;
                carry >>= 32;
            }

            if (carry != 0) limbs[used++] = (uint)carry;
            text = text[take..];
        }

        var bytes = new byte[zeros + (used * 4)];
        for (var i = 0; i < used; i++) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - (4 * (i + 1))), limbs[i]);
        var leading = used == 0 ? 0 : BitOperations.LeadingZeroCount(limbs[used - 1]) / 8;
        return leading == 0 ? bytes : [.. bytes.AsSpan(0, zeros), .. bytes.AsSpan(zeros + leading)];
    }
}
