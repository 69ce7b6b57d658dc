using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>Statuses of 1, 2, 4 or 8 bits, packed into bytes from the least significant bit [TSL §4]. Not safe for writing by many threads.</summary>
/// <remarks>Not to be confused with the Bitstring Status List, which packs from the most significant bit and is gzipped.</remarks>
public sealed class StatusList
{
    private readonly byte[] _bytes;

    private StatusList(int bits, byte[] bytes)
    {
        Bits = bits;
        _bytes = bytes;
    }

    /// <summary>Makes a list in which every status is valid.</summary>
    /// <param name="bits">Bits per status: 1, 2, 4 or 8.</param>
    /// <param name="size">How many statuses at least; rounded up to whole bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Other bits, or a size that is not from 1 to 2^31.</exception>
    public StatusList(int bits, long size)
    {
        if (!IsWidth(bits)) throw new ArgumentOutOfRangeException(nameof(bits), bits, "1, 2, 4 or 8");
        if (size is < 1 or > StatusListReference.MaxIndex + 1) throw new ArgumentOutOfRangeException(nameof(size), size, "1 to 2^31");
        Bits = bits;
        _bytes = new byte[(size * bits + 7) / 8];
    }

    /// <summary>Bits per status.</summary>
    public int Bits { get; }

    /// <summary>How many statuses there are.</summary>
    public long Size => _bytes.LongLength * 8 / Bits;

    /// <summary>The list's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>A list of these bytes, which are copied.</summary>
    /// <exception cref="Refusal">Malformed: other bits than 1, 2, 4 or 8, or no bytes.</exception>
    public static StatusList FromBytes(ReadOnlySpan<byte> bytes, int bits)
    {
        if (!IsWidth(bits)) throw Refusal.Malformed("bits of the status list must be 1, 2, 4 or 8");
        if (bytes.IsEmpty) throw Refusal.Malformed("the status list is empty");
        return new(bits, bytes.ToArray());
    }

    /// <summary>The status at <paramref name="index"/>.</summary>
    /// <exception cref="Refusal">Malformed: the index is not in the list, so that nothing can be said [TSL §8.3 step 6].</exception>
    public TokenStatus Get(long index)
    {
        if (index < 0 || index >= Size) throw Refusal.Malformed("the index is not in the status list");
        var (at, shift) = Place(index);
        return (TokenStatus)(_bytes[at] >> shift & Mask);
    }

    /// <summary>Sets the status at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in the list, or the status needs more bits.</exception>
    public void Set(long index, TokenStatus status)
    {
        if (index < 0 || index >= Size) throw new ArgumentOutOfRangeException(nameof(index));
        if ((int)status < 0 || (int)status > Mask) throw new ArgumentOutOfRangeException(nameof(status), status, "The list has too few bits for it.");
        var (at, shift) = Place(index);
        _bytes[at] = (byte)(_bytes[at] & ~(Mask << shift) | (int)status << shift);
    }

    /// <summary>The value of <c>lst</c>: base64url of the bytes in ZLIB's format [TSL §4.2].</summary>
    public string Encode() => Base64Url.Encode(Zlib.Compress(_bytes));

    /// <summary>Reads a value of <c>lst</c>.</summary>
    /// <param name="lst">The value.</param>
    /// <param name="bits">Bits per status.</param>
    /// <param name="maxBytes">The most bytes it may inflate to.</param>
    /// <exception cref="Refusal">
    /// Malformed: other bits, not base64url, not ZLIB, cut short, something behind the end, too large, or empty.
    /// </exception>
    public static StatusList Decode(string lst, int bits, int maxBytes)
    {
        if (!IsWidth(bits)) throw Refusal.Malformed("bits of the status list must be 1, 2, 4 or 8");
        return FromBytes(Zlib.Decompress(Base64Url.Decode(lst), maxBytes), bits);
    }

    private int Mask => (1 << Bits) - 1;

    private (long At, int Shift) Place(long index) => (index * Bits / 8, (int)(index * Bits % 8));

    private static bool IsWidth(int bits) => bits is 1 or 2 or 4 or 8;
}
