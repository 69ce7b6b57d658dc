using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace NetworkIdentity.Standards.Crypto;

/// <summary>ECDSA over secp256k1 as Ethereum uses it: from a digest and a signature that says which of its keys made it, that key.</summary>
/// <remarks>
/// Curve [SEC2 §2.4.1], verification [SEC1 §4.1.4], recovery [SEC1 §4.1.6]. A signature is 65 bytes: r, s, and v, which is 27 or 28, or 0 or 1 as some wallets write
/// it. Of s and its negative, which both verify, only the lower is taken, as chains do [EIP-2 §Specification]; so nobody makes another signature of one. The surprise:
/// recovery finds a key for nearly every signature, of whatever message; what a signature proves is that the key found is the one expected. Public data alone comes here,
/// so nothing is lost by arithmetic that takes longer for one number than for another; what was found is verified by the framework.
/// </remarks>
public static class Secp256k1
{
    /// <summary>How long a signature is, in bytes.</summary>
    public const int SignatureLength = 65;

    private const int Width = 32;

    private static readonly BigInteger P = Hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static readonly BigInteger N = Hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private static readonly Point G = new(
        Hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"), Hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"), BigInteger.One);

    private static readonly Point Infinity = new(BigInteger.One, BigInteger.One, BigInteger.Zero);

    /// <summary>The key that signed a digest.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">r, s and v.</param>
    /// <returns>x and y of the public key, 64 bytes.</returns>
    /// <exception cref="Refusal">Malformed: another length, r or s out of range, the higher s, another v, or a signature that no key made.</exception>
    public static byte[] Recover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        // 1. Shape.
        if (digest.Length != Width) throw new ArgumentException("A digest has 32 bytes.", nameof(digest));
        if (signature.Length != SignatureLength) throw Refusal.Malformed("a signature has 65 bytes: r, s and v");
        var isOdd = signature[^1] switch
        {
            0 or 27 => false,
            1 or 28 => true,
            _ => throw Refusal.Malformed("the last byte of the signature must be 27 or 28, or 0 or 1"),
        };
        var (r, s) = (Number(signature[..Width]), Number(signature.Slice(Width, Width)));
        if (r.IsZero || s.IsZero || r >= N || s >= N) throw Refusal.Malformed("r and s of the signature must be 1 to the order of secp256k1, less one");
        if (s > N / 2) throw Refusal.Malformed("s of the signature must be the lower of the two that there are");

        // 2. R: the point whose x is r. (An x beyond the order, r + n, comes up once in 2^127 signatures, and no wallet writes the v for it: left out.)
        var square = (BigInteger.ModPow(r, 3, P) + 7) % P;
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        if (y * y % P != square) throw Refusal.Malformed("no key made this signature");
        if (y.IsEven == isOdd) y = P - y;

        // 3. Q = r^-1 (sR - eG)
        var e = Number(digest) % N;
        var inverse = BigInteger.ModPow(r, N - 2, N);
        var q = Sum(s * inverse % N, new(r, y, BigInteger.One), (N - e) * inverse % N, G);
        if (q.Z.IsZero) throw Refusal.Malformed("no key made this signature");

        // 4. The framework says the same.
        var z = BigInteger.ModPow(q.Z, P - 2, P);
        byte[] key = [.. Bytes(q.X * z * z % P), .. Bytes(q.Y * z % P * z % P * z % P)];
        return Verify(key, digest, signature[..^1]) ? key : throw Refusal.Malformed("no key made this signature");
    }

    /// <summary>Whether a key signed a digest: the plain check, by the framework.</summary>
    /// <param name="key">x and y, 64 bytes.</param>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">r and s, 64 bytes.</param>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.CreateFromValue("1.3.132.0.10"),
            Q = new ECPoint { X = key[..Width].ToArray(), Y = key[Width..].ToArray() },
        });
        return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>A point as X/Z^2 and Y/Z^3; Z is zero for the point at infinity.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z);

    /// <summary>aA + bB, bit by bit for both at once.</summary>
    private static Point Sum(BigInteger a, Point first, BigInteger b, Point second)
    {
        var both = Add(first, second);
        var sum = Infinity;
        for (var bit = (Width * 8) - 1; bit >= 0; bit--)
        {
            sum = Double(sum);
            sum = (Has(a, bit), Has(b, bit)) switch
            {
                (true, true) => Add(sum, both),
                (true, false) => Add(sum, first),
                (false, true) => Add(sum, second),
                _ => sum,
            };
        }

        return sum;
    }

    private static bool Has(BigInteger number, int bit) => !((number >> bit) & BigInteger.One).IsZero;

    private static Point Double(Point p)
    {
        // The curve has no point whose y is zero, so that only infinity doubles to infinity.
        if (p.Z.IsZero) return p;
        var yy = p.Y * p.Y % P;
        var s = 4 * p.X * yy % P;
        var m = 3 * p.X * p.X % P;
        var x = Mod((m * m) - (2 * s));
        return new(x, Mod((m * (s - x)) - (8 * yy * yy)), 2 * p.Y * p.Z % P);
    }

    private static Point Add(Point p, Point q)
    {
        if (p.Z.IsZero) return q;
        if (q.Z.IsZero) return p;
        var (pz, qz) = (p.Z * p.Z % P, q.Z * q.Z % P);
        var (u1, u2) = (p.X * qz % P, q.X * pz % P);
        var (s1, s2) = (p.Y * qz % P * q.Z % P, q.Y * pz % P * p.Z % P);
        if (u1 == u2) return s1 == s2 ? Double(p) : Infinity;
        var (h, r) = (Mod(u2 - u1), Mod(s2 - s1));
        var hh = h * h % P;
        var (hhh, v) = (h * hh % P, u1 * hh % P);
        var x = Mod((r * r) - hhh - (2 * v));
        return new(x, Mod((r * (v - x)) - (s1 * hhh)), h * p.Z % P * q.Z % P);
    }

    private static BigInteger Mod(BigInteger number)
    {
        var rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[Width];
        number.TryWriteBytes(bytes.AsSpan(Width - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
