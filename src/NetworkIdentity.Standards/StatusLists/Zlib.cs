using System.IO.Compression;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>ZLIB's format [RFC1950], inflated into a bounded space and to its exact end.</summary>
internal static class Zlib
{
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var into = new MemoryStream();
        using (var zlib = new ZLibStream(into, CompressionLevel.SmallestSize)) zlib.Write(bytes);
        return into.ToArray();
    }

    public static byte[] Decompress(byte[] compressed, int maxBytes)
    {
        // Any window and level, no preset dictionary [RFC1950 §2.2].
        if (compressed.Length < 6 || (compressed[0] & 0x0F) != 8 || compressed[0] >> 4 > 7
            || (compressed[0] << 8 | compressed[1]) % 31 != 0 || (compressed[1] & 0x20) != 0)
        {
            throw Refusal.Malformed("the status list is not in ZLIB's format");
        }

        using var from = new SlowTail(compressed);
        using var into = new MemoryStream();
        try
        {
            using var zlib = new ZLibStream(from, CompressionMode.Decompress, leaveOpen: true);
            var buffer = new byte[16 * 1024];
            for (int read; (read = zlib.Read(buffer)) > 0;)
            {
                if (into.Length + read > maxBytes) throw Refusal.Malformed("the status list inflates to more than is allowed");
                into.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Refusal.Malformed("the status list is not in ZLIB's format", exception);
        }

        if (from.Position != compressed.Length) throw Refusal.Malformed("something stands behind the end of the status list");
        var bytes = into.ToArray();

        // A stream that is cut short ends without an error; its check value is not there then [RFC1950 §2.2].
        if (System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(compressed.AsSpan(^4)) != Adler32(bytes))
            throw Refusal.Malformed("the status list is cut short");
        return bytes;
    }

    // [RFC1950 §8.2]; 5552 additions fit 32 bits.
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint modulus = 65521;
        uint a = 1, b = 0;
        while (!bytes.IsEmpty)
        {
            var chunk = bytes[..Math.Min(5552, bytes.Length)];
            foreach (var value in chunk)
            {
                a += value;
                b += a;
            }

            a %= modulus;
            b %= modulus;
            bytes = bytes[chunk.Length..];
        }

        return b << 16 | a;
    }

    /// <summary>Gives its last bytes one at a time, so that its position tells where the inflater stopped.</summary>
    private sealed class SlowTail(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        private const int Tail = 16;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Most(count));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Most(buffer.Length)]);

        private int Most(int count) => (int)Math.Min(count, Math.Max(1, Length - Position - Tail));
    }
}
