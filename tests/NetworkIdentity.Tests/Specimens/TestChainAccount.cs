using System.Numerics;
using System.Security.Cryptography;
using NetworkIdentity.Standards.Caip;
using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>An account at a chain, with its key: what a wallet for chains is. The framework signs; which of the four keys of a signature it was is found by trying.</summary>
internal sealed class TestChainAccount : IDisposable
{
    private static readonly BigInteger N = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.AllowHexSpecifier);

    private readonly ECDsa _key;

    public TestChainAccount(byte[]? secret = null)
    {
        var curve = ECCurve.CreateFromValue("1.3.132.0.10");
        _key = secret is null ? ECDsa.Create(curve) : ECDsa.Create(new ECParameters { Curve = curve, D = secret });
        var q = _key.ExportParameters(false).Q;
        Key = [.. q.X!, .. q.Y!];
        Address = AccountId.AddressOf(Key);
    }

    /// <summary>x and y.</summary>
    public byte[] Key { get; }

    public string Address { get; }

    /// <summary>The account at Ethereum.</summary>
    public string Account => $"eip155:1:{Address}";

    /// <summary>Signs a text as personal_sign does.</summary>
    public string Sign(string text) => $"0x{Convert.ToHexStringLower(SignDigest(SignInMessage.DigestOf(text)))}";

    /// <summary>r, the lower s, and v.</summary>
    public byte[] SignDigest(byte[] digest)
    {
        var signature = _key.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        if (s > N / 2) signature = [.. signature[..32], .. Padded((N - s).ToByteArray(isUnsigned: true, isBigEndian: true))];
        return [.. signature, Secp256k1.Recover(digest, [.. signature, 27]).AsSpan().SequenceEqual(Key) ? (byte)27 : (byte)28];
    }

    private static byte[] Padded(byte[] number) => [.. new byte[32 - number.Length], .. number];

    public void Dispose() => _key.Dispose();
}
