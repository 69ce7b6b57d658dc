using System.Numerics;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>RSA keys of the generator that ROCA broke (CVE-2017-15361): of smart cards and TPMs of 2012 to 2017, identity cards among them.</summary>
/// <remarks>
/// Their primes are k·M + (65537^a mod M), with M a product of small primes: so modulo each of these the modulus is a power of 65537.
/// A sound key has this in all of them once in 2^27.
/// </remarks>
internal static class RocaKey
{
    // Those up to 167 modulo which 65537 does not reach every residue.
    private static readonly int[] Primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

    private static readonly bool[][] Powers = [.. Primes.Select(PowersOf65537)];

    /// <summary>Whether the modulus, big endian, has the fingerprint.</summary>
    public static bool IsSuspected(ReadOnlySpan<byte> modulus)
    {
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        for (var i = 0; i < Primes.Length; i++)
            if (!Powers[i][(int)(n % Primes[i])]) return false;
        return true;
    }

    private static bool[] PowersOf65537(int prime)
    {
        var powers = new bool[prime];
        for (var power = 1; !powers[power]; power = (int)(power * 65537L % prime)) powers[power] = true;
        return powers;
    }
}
