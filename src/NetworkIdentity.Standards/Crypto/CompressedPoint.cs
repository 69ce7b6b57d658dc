using System.Globalization;
using System.Numerics;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>A point of a NIST curve as its x coordinate and one bit of y [SEC1 §2.3.3]: what the framework neither reads nor writes.</summary>
/// <remarks>
/// Both primes are 3 modulo 4, so that a square root is one power. Public keys alone come here, so nothing is lost by arithmetic that takes
/// longer for one number than for another.
/// </remarks>
internal static class CompressedPoint
{
    private static readonly Curve P256 = new(
        32,
        Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
        Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"));

    private static readonly Curve P384 = new(
        48,
        Hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
        Hex("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"));

    private sealed record Curve(int Length, BigInteger P, BigInteger B);

    /// <summary>The point as a sign and x.</summary>
    public static byte[] Write(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => [(byte)(2 | (y[^1] & 1)), .. x];

    /// <summary>Both coordinates, as long as the curve's prime [SEC1 §2.3.4].</summary>
    /// <param name="crv"><c>P-256</c> or <c>P-384</c>.</param>
    /// <param name="point">The sign, 2 or 3, and x.</param>
    /// <exception cref="Refusal">Malformed: another form or length, an x beyond the prime, or one that no point of the curve has.</exception>
    public static (byte[] X, byte[] Y) Read(string crv, ReadOnlySpan<byte> point)
    {
        var curve = crv == "P-384" ? P384 : P256;
        if (point.Length != curve.Length + 1 || point[0] is not (2 or 3)) throw Refusal.Malformed($"not a compressed point of {crv}");
        var x = new BigInteger(point[1..], isUnsigned: true, isBigEndian: true);
        if (x >= curve.P) throw Refusal.Malformed($"x is not a coordinate of {crv}");

        // y^2 = x^3 - 3x + b
        var square = (BigInteger.ModPow(x, 3, curve.P) + (curve.P - 3) * x + curve.B) % curve.P;
        var y = BigInteger.ModPow(square, (curve.P + 1) / 4, curve.P);
        if (y * y % curve.P != square) throw Refusal.Malformed($"no point of {crv} has this x");
        if ((y.IsEven ? 2 : 3) != point[0]) y = curve.P - y;

        var bytes = new byte[curve.Length];
        y.TryWriteBytes(bytes.AsSpan(curve.Length - y.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return (point[1..].ToArray(), bytes);
    }

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
