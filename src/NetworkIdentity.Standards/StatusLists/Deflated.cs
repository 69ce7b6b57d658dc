using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>ZLIB's format [RFC1950] and GZIP's [RFC1952], spelled in base64url: inflated in one pass into a bounded space, and to their exact end.</summary>
internal static class Deflated
{
    /// <summary>
    /// Of a list, runs of zeros are all that repeats. To look for nothing else is as quick as the quickest level; of one status in a hundred set it is
    /// 2% smaller than the usual level and 12% larger than the highest, which takes eighty times as long; from one in twenty on it is the smallest.
    /// </summary>
    private static readonly ZLibCompressionOptions Runs = new() { CompressionLevel = 9, CompressionStrategy = ZLibCompressionStrategy.RunLengthEncoding };

    private static readonly byte[] Follower = Base64Url.Decode(ToGzip("."u8));

    public static string ToZlib(ReadOnlySpan<byte> bytes)
    {
        var into = new MemoryStream();
        using (var zlib = new ZLibStream(into, Runs, leaveOpen: true)) zlib.Write(bytes);
        return Base64Url.Encode(into.GetBuffer().AsSpan(0, (int)into.Length));
    }

    public static string ToGzip(ReadOnlySpan<byte> bytes)
    {
        var into = new MemoryStream();
        using (var gzip = new GZipStream(into, Runs, leaveOpen: true)) gzip.Write(bytes);
        return Base64Url.Encode(into.GetBuffer().AsSpan(0, (int)into.Length));
    }

    public static byte[] FromZlib(ReadOnlySpan<char> text, int maxBytes) => InRented(text, 0, maxBytes, FromZlib);

    public static byte[] FromGzip(ReadOnlySpan<char> text, int maxBytes) => InRented(text, Follower.Length, maxBytes, FromGzip);

    /// <summary>Decodes into space that is used again: what is large and short-lived costs the collector more than inflating it.</summary>
    private static byte[] InRented(ReadOnlySpan<char> text, int room, int maxBytes, Func<byte[], int, int, byte[]> inflate)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Base64Url.LengthOf(text) + room);
        try
        {
            return inflate(rented, Base64Url.Decode(text, rented), maxBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte[] FromZlib(byte[] compressed, int end, int maxBytes)
    {
        // Any window and level, no preset dictionary [RFC1950 §2.2].
        if (end < 6 || (compressed[0] & 0x0F) != 8 || compressed[0] >> 4 > 7
            || (compressed[0] << 8 | compressed[1]) % 31 != 0 || (compressed[1] & 0x20) != 0)
        {
            throw Refusal.Malformed("the status list is not in ZLIB's format");
        }

        using var from = new Watched(compressed, end);
        using var zlib = new ZLibStream(from, CompressionMode.Decompress, leaveOpen: true);

        // ZLIB does not say how much there will be: the space doubles, and never holds more than a byte too many.
        var bytes = new byte[Math.Min(maxBytes + 1L, Math.Max(256, end * 8L))];
        var length = 0;
        try
        {
            for (int read; (read = zlib.Read(bytes, length, bytes.Length - length)) > 0;)
            {
                length += read;
                if (length > maxBytes) throw Refusal.Malformed("the status list inflates to more than is allowed");
                if (length == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(maxBytes + 1L, length * 2L));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Refusal.Malformed("the status list is not in ZLIB's format", exception);
        }

        // The inflater verifies the check value that ends the stream, but does not complain of an end that never came.
        if (from.IsDrained) throw Refusal.Malformed("the status list is cut short");
        if (from.Position != end) throw Refusal.Malformed("something stands behind the end of the status list");
        Array.Resize(ref bytes, length);
        return bytes;
    }

    private static byte[] FromGzip(byte[] compressed, int end, int maxBytes)
    {
        if (end < 18 || compressed[0] != 0x1F || compressed[1] != 0x8B || compressed[2] != 8)
            throw Refusal.Malformed("the status list is not in GZIP's format");

        // GZIP ends with the length of what it holds [RFC1952 §2.3.1]. It is a claim: no more than it says is read.
        var claimed = BinaryPrimitives.ReadUInt32LittleEndian(compressed.AsSpan(end - 4));
        if (claimed > maxBytes) throw Refusal.Malformed("the status list inflates to more than is allowed");
        var bytes = GC.AllocateUninitializedArray<byte>((int)claimed);

        // The inflater complains neither of an end that never came nor of what stands behind the end, but goes on with another member that follows
        // at once [RFC1952 §2.2]. So one of our own follows: it comes out whole only where the list ended with its own check value and last byte.
        Follower.CopyTo(compressed, end);
        using var gzip = new GZipStream(new MemoryStream(compressed, 0, end + Follower.Length, writable: false), CompressionMode.Decompress);
        Span<byte> rest = stackalloc byte[2];
        try
        {
            if (gzip.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
                && gzip.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) == 1 && rest[0] == '.')
            {
                return bytes;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Refusal.Malformed("the status list is not in GZIP's format", exception);
        }

        throw Refusal.Malformed("the status list is cut short, or something stands behind its end, or its length is not what it says");
    }

    /// <summary>Gives its last bytes one at a time, so that its position tells where the inflater stopped, and remembers being asked for more than it has.</summary>
    private sealed class Watched(byte[] bytes, int end) : MemoryStream(bytes, 0, end, writable: false)
    {
        private const int Tail = 16;

        public bool IsDrained { get; private set; }

        // The framework's reading into a span comes here too, for whatever is made of a MemoryStream.
        public override int Read(byte[] buffer, int offset, int count)
        {
            IsDrained |= Position == Length;
            return base.Read(buffer, offset, (int)Math.Min(count, Math.Max(1, Length - Position - Tail)));
        }
    }
}
