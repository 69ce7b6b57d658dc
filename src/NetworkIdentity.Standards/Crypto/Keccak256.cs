using System.Buffers.Binary;
using System.Numerics;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>Keccak-256 as Ethereum uses it: 1088 bits of rate, 512 of capacity, 32 bytes out.</summary>
/// <remarks>
/// [FIPS202 §3.2] and [FIPS202 §4] describe the permutation and the sponge. The surprise: it is not SHA3-256, which came later and pads with another byte (0x06, where this pads with 0x01).
/// Used on public data alone: addresses, and messages that somebody signed.
/// </remarks>
public static class Keccak256
{
    /// <summary>How long a digest is, in bytes.</summary>
    public const int Length = 32;

    private const int Rate = 136;
    private const int Rounds = 24;

    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>By how much each lane is turned on its way, and where it goes: rho and pi in one walk, from lane 1.</summary>
    private static readonly int[] Turns = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static readonly int[] Places = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    /// <summary>The digest of some bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (; data.Length >= Rate; data = data[Rate..]) Absorb(state, data[..Rate]);

        // The last block: what is left, then one bit, and one at the block's end. They are one byte where a single one is left.
        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] = 0x01;
        last[^1] |= 0x80;
        Absorb(state, last);

        var digest = new byte[Length];
        for (var lane = 0; lane < Length / 8; lane++) BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(lane * 8), state[lane]);
        return digest;
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var lane = 0; lane < Rate / 8; lane++) state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(lane * 8)..]);
        Permute(state);
    }

    /// <summary>Keccak-f[1600] [FIPS202 §3.3].</summary>
    private static void Permute(Span<ulong> a)
    {
        Span<ulong> column = stackalloc ulong[5];
        for (var round = 0; round < Rounds; round++)
        {
            // theta
            for (var x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (var x = 0; x < 5; x++)
            {
                var mixed = column[(x + 4) % 5] ^ BitOperations.RotateLeft(column[(x + 1) % 5], 1);
                for (var y = 0; y < 25; y += 5) a[x + y] ^= mixed;
            }

            // rho and pi
            var moving = a[1];
            for (var step = 0; step < Places.Length; step++) (a[Places[step]], moving) = (BitOperations.RotateLeft(moving, Turns[step]), a[Places[step]]);

            // chi
            for (var y = 0; y < 25; y += 5)
            {
                a.Slice(y, 5).CopyTo(column);
                for (var x = 0; x < 5; x++) a[x + y] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
            }

            // iota
            a[0] ^= RoundConstants[round];
        }
    }
}
