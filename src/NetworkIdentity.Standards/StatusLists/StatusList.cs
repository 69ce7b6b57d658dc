using System.Numerics;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>Statuses of 1, 2, 4 or 8 bits in one packed array, of either standard [TSL §4] [BSL §3.3]. Not safe for writing by many threads.</summary>
public sealed class StatusList
{
    /// <summary>The most bytes a list may inflate to where a reader names no other number: 16,777,216 statuses of two bits.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The fewest statuses of a Bitstring Status List [BSL §3.2 step 2].</summary>
    public const int MinBitstringSize = 131_072;

    private readonly byte[] _bytes;

    // How far an index is shifted to be a byte's, which bits of it are the place in that byte, and how far a place is shifted to be a bit's.
    private readonly int _toByte;
    private readonly int _places;
    private readonly int _toBit;

    // What turns the order of the places around: a place counted from the other end is the same bits inverted.
    private readonly int _flip;

    private StatusList(int bits, byte[] bytes, StatusListFormat format)
    {
        Bits = bits;
        Format = format;
        _bytes = bytes;
        _toBit = BitOperations.Log2((uint)bits);
        _toByte = 3 - _toBit;
        _places = (1 << _toByte) - 1;
        _flip = format == StatusListFormat.Bitstring ? 8 - bits : 0;
    }

    /// <summary>Makes a list in which every status is 0.</summary>
    /// <param name="bits">Bits per status: 1, 2, 4 or 8.</param>
    /// <param name="size">How many statuses at least; rounded up to whole bytes.</param>
    /// <param name="format">Whose list it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">Other bits, or a size that is not from 1 (of a bitstring: from 131,072) to 2^31, or of more bytes than an array has.</exception>
    public StatusList(int bits, long size, StatusListFormat format = StatusListFormat.Token)
        : this(IsWidth(bits) ? bits : throw new ArgumentOutOfRangeException(nameof(bits), bits, "1, 2, 4 or 8"), NewBytes(bits, size, format), format)
    {
    }

    /// <summary>Bits per status.</summary>
    public int Bits { get; }

    /// <summary>Whose packing and compression it has.</summary>
    public StatusListFormat Format { get; }

    /// <summary>How many statuses there are.</summary>
    public long Size => _bytes.LongLength << _toByte;

    /// <summary>The list's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Makes a list in which every status is 0 but these.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As the constructor and <see cref="Set"/> have it.</exception>
    public static StatusList Of(int bits, long size, IEnumerable<(long Index, TokenStatus Status)> statuses, StatusListFormat format = StatusListFormat.Token)
    {
        var list = new StatusList(bits, size, format);
        foreach (var (index, status) in statuses) list.Set(index, status);
        return list;
    }

    /// <summary>A list of these bytes, which are copied.</summary>
    /// <exception cref="Refusal">Malformed: other bits than 1, 2, 4 or 8, or no bytes.</exception>
    public static StatusList FromBytes(ReadOnlySpan<byte> bytes, int bits, StatusListFormat format = StatusListFormat.Token) =>
        Read(bits, bytes.ToArray(), format);

    /// <summary>The status at <paramref name="index"/>.</summary>
    /// <exception cref="Refusal">Malformed (of a bitstring: RANGE_ERROR): the index is not in the list, so that nothing can be said [TSL §8.3 step 6] [BSL §3.2 step 10].</exception>
    public TokenStatus Get(long index)
    {
        if ((ulong)index >= (ulong)Size)
            throw Format == StatusListFormat.Bitstring ? BitstringRefusal.Range() : Refusal.Malformed("the index is not in the status list");
        return (TokenStatus)(_bytes[index >> _toByte] >> ShiftOf(index) & Mask);
    }

    /// <summary>Sets the status at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in the list, or the status needs more bits.</exception>
    public void Set(long index, TokenStatus status)
    {
        if ((ulong)index >= (ulong)Size) throw new ArgumentOutOfRangeException(nameof(index));
        if ((uint)status > (uint)Mask) throw new ArgumentOutOfRangeException(nameof(status), status, "The list has too few bits for it.");
        ref var at = ref _bytes[index >> _toByte];
        var shift = ShiftOf(index);
        at = (byte)(at & ~(Mask << shift) | (int)status << shift);
    }

    /// <summary>The value of <c>lst</c> [TSL §4.2] or of <c>encodedList</c> [BSL §3.3].</summary>
    public string Encode() => Format == StatusListFormat.Bitstring
        ? $"u{Deflated.ToGzip(_bytes)}"
        : Deflated.ToZlib(_bytes);

    /// <summary>Reads a value of <c>lst</c> or of <c>encodedList</c>.</summary>
    /// <param name="text">The value.</param>
    /// <param name="bits">Bits per status.</param>
    /// <param name="maxBytes">The most bytes it may inflate to.</param>
    /// <param name="format">Whose list it is.</param>
    /// <exception cref="Refusal">
    /// Malformed: other bits, not base64url, not ZLIB or GZIP, cut short, something behind the end, too large, or empty.
    /// </exception>
    public static StatusList Decode(string text, int bits, int maxBytes, StatusListFormat format = StatusListFormat.Token)
    {
        if (format == StatusListFormat.Token) return Read(bits, Deflated.FromZlib(text, maxBytes), format);
        if (!text.StartsWith('u')) throw Refusal.Malformed("encodedList must be multibase's base64url: u and no padding");
        return Read(bits, Deflated.FromGzip(text.AsSpan(1), maxBytes), format);
    }

    /// <summary>The same bytes, read with other bits per status.</summary>
    internal StatusList WithBits(int bits) => bits == Bits ? this : Read(bits, _bytes, Format);

    private static StatusList Read(int bits, byte[] bytes, StatusListFormat format)
    {
        if (!IsWidth(bits)) throw Refusal.Malformed("bits of the status list must be 1, 2, 4 or 8");
        if (bytes.Length == 0) throw Refusal.Malformed("the status list is empty");
        return new(bits, bytes, format);
    }

    private int Mask => (1 << Bits) - 1;

    private int ShiftOf(long index) => ((int)index & _places) << _toBit ^ _flip;

    private static byte[] NewBytes(int bits, long size, StatusListFormat format)
    {
        var fewest = format == StatusListFormat.Bitstring ? MinBitstringSize : 1;
        if (size < fewest || size > StatusListReference.MaxIndex + 1 || size * bits / 8 > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"{fewest} to 2^31");
        return new byte[(size * bits + 7) / 8];
    }

    private static bool IsWidth(int bits) => bits is 1 or 2 or 4 or 8;
}
