using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A JWE in compact serialization [RFC7516 §7.1], read but not yet decrypted: direct <c>ECDH-ES</c> on P-256 with AES-GCM.</summary>
/// <remarks>
/// <para>Every other <c>alg</c> (RSA, passwords with their <c>p2c</c>, key wrapping) is refused, and so are <c>zip</c> and <c>crit</c>.</para>
/// <para>What a JWE holds is secret, not authentic: anyone can encrypt to a public key.</para>
/// <para>
/// The steps of [RFC7516 §5.2], and where: 1 to 6 and 10 in <see cref="Parse"/>; 8, 12 and 14 to 16 in <see cref="Decrypt"/>; 7 is the caller's, who
/// finds the key by <see cref="KeyId"/>. Skipped, since what they serve is refused: 9 (wrapped keys), 11 (shared keys), 13 (JSON), 17 (zip).
/// </para>
/// </remarks>
public sealed class Jwe
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxLength = 512 * 1024;

    private const int MaxHeaderLength = 8 * 1024;
    private const int MaxPartyInfoLength = 512;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    // One message for all, so that a sender can't learn from it which step failed.
    private const string NotDecrypted = "the token can't be decrypted";

    private readonly string _protectedHeader;
    private readonly Jwk _ephemeralKey;
    private readonly byte[] _apu;
    private readonly byte[] _apv;
    private readonly byte[] _nonce;
    private readonly byte[] _ciphertext;
    private readonly byte[] _tag;

    private Jwe(string protectedHeader, JsonObject header, byte[] nonce, byte[] ciphertext, byte[] tag)
    {
        _protectedHeader = protectedHeader;
        _nonce = nonce;
        _ciphertext = ciphertext;
        _tag = tag;

        Header = header;
        foreach (var name in (string[])["crit", "zip"])
            if (header.ContainsKey(name)) throw Refusal.Malformed($"the header has {name}, which is not supported");
        Algorithm = header.RequiredString("alg");
        if (Algorithm != JweEncryption.EcdhEs) throw Refusal.Malformed("alg must be ECDH-ES");
        Encryption = header.RequiredString("enc");
        if (JweEncryption.KeyLength(Encryption) == 0) throw Refusal.Malformed("enc must be A128GCM or A256GCM");
        KeyId = header.OptionalString("kid");
        ContentType = header.OptionalString("cty");

        // [RFC7518 §4.6.1]: epk is a public key and holds the members of its type alone; apu and apv are base64url.
        _ephemeralKey = Jwk.Parse(header.RequiredObject("epk"));
        if (_ephemeralKey.Kty != "EC") throw Refusal.Malformed("epk must be an EC key on P-256");
        _apu = PartyInfo(header, "apu");
        _apv = PartyInfo(header, "apv");
    }

    /// <summary>The protected header.</summary>
    public JsonObject Header { get; }

    /// <summary>Header <c>alg</c>: always <c>ECDH-ES</c>.</summary>
    public string Algorithm { get; }

    /// <summary>Header <c>enc</c>: a name of <see cref="JweEncryption"/>.</summary>
    public string Encryption { get; }

    /// <summary>Header <c>kid</c>: which key it is encrypted to.</summary>
    public string? KeyId { get; }

    /// <summary>Header <c>cty</c>: what is inside.</summary>
    public string? ContentType { get; }

    /// <summary>Reads the compact form.</summary>
    /// <exception cref="Refusal">Malformed: not five parts of base64url, another algorithm, a wrong length, a <c>crit</c> or a <c>zip</c>.</exception>
    public static Jwe Parse(string compact)
    {
        if (compact.Length > MaxLength) throw Refusal.Malformed("the token is too long");
        var text = compact.AsSpan();
        Span<Range> parts = stackalloc Range[6];
        if (text.Split(parts, '.') != 5) throw Refusal.Malformed("not a compact JWE of five parts");

        var protectedHeader = text[parts[0]];
        if (protectedHeader.Length > MaxHeaderLength) throw Refusal.Malformed("the header is too long");
        var header = StrictJson.ParseObject(Base64Url.Decode(protectedHeader));

        // With direct key agreement there is no encrypted key [RFC7516 §5.2 step 10].
        if (!text[parts[1]].IsEmpty) throw Refusal.Malformed("the encrypted key must be empty");

        return new(
            protectedHeader.ToString(),
            header,
            OfLength(text[parts[2]], NonceLength, "the initialization vector"),
            Base64Url.Decode(text[parts[3]]),
            OfLength(text[parts[4]], TagLength, "the authentication tag"));
    }

    /// <summary>Decrypts with the recipient's P-256 key.</summary>
    /// <param name="privateKey">The key that <see cref="KeyId"/> names.</param>
    /// <param name="allowedEncryptions">The <c>enc</c> values that were offered to the sender.</param>
    /// <exception cref="Refusal">Malformed: an <c>enc</c> that was not offered; or, in the same words whatever the cause, it can't be decrypted.</exception>
    public byte[] Decrypt(ECDiffieHellman privateKey, IReadOnlyCollection<string> allowedEncryptions)
    {
        if (!allowedEncryptions.Contains(Encryption)) throw Refusal.Malformed("enc is not one that was offered");

        byte[] key = [];
        try
        {
            // Importing checks that epk lies on the curve: else the private key could be learned piece by piece [RFC8725 §3.4].
            using var ephemeral = Import(_ephemeralKey);
            key = AgreeOnKey(privateKey, ephemeral, Encryption, _apu, _apv);
            var plaintext = new byte[_ciphertext.Length];
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(_nonce, _ciphertext, _tag, plaintext, System.Text.Encoding.ASCII.GetBytes(_protectedHeader));
            return plaintext;
        }
        catch (CryptographicException exception)
        {
            throw Refusal.Malformed(NotDecrypted, exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Encrypts to a recipient's P-256 key, with a new ephemeral key [RFC7516 §5.1].</summary>
    /// <param name="plaintext">What to encrypt.</param>
    /// <param name="recipient">The recipient's public key; its <c>kid</c> goes into the header.</param>
    /// <param name="enc">A name of <see cref="JweEncryption"/>.</param>
    /// <param name="contentType">The header's <c>cty</c>; null leaves it out.</param>
    /// <param name="apu">Agreement PartyUInfo, about the sender; null leaves it out.</param>
    /// <param name="apv">Agreement PartyVInfo, about the recipient; null leaves it out.</param>
    /// <exception cref="Refusal">Malformed: the key is none on P-256 or not for ECDH-ES, <c>enc</c> is unknown, or apu or apv is too long.</exception>
    public static string Encrypt(
        ReadOnlySpan<byte> plaintext, Jwk recipient, string enc, string? contentType = null, byte[]? apu = null, byte[]? apv = null)
    {
        if (JweEncryption.KeyLength(enc) == 0) throw Refusal.Malformed("enc must be A128GCM or A256GCM");
        if (recipient is not { Kty: "EC", Crv: "P-256" } || !recipient.MayEncrypt || recipient.Alg is not (null or JweEncryption.EcdhEs))
            throw Refusal.Malformed("the recipient's key must be an EC key on P-256 for ECDH-ES");
        if (apu?.Length > MaxPartyInfoLength || apv?.Length > MaxPartyInfoLength) throw Refusal.Malformed("apu or apv is too long");

        byte[] key = [];
        try
        {
            using var recipientKey = Import(recipient);
            using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            key = AgreeOnKey(ephemeral, recipientKey, enc, apu, apv);

            var point = ephemeral.ExportParameters(includePrivateParameters: false).Q;
            var epk = new Jwk("EC") { Crv = "P-256", X = Base64Url.Encode(point.X), Y = Base64Url.Encode(point.Y) };
            var header = new JsonObject { ["alg"] = JweEncryption.EcdhEs, ["enc"] = enc };
            if (recipient.Kid is not null) header["kid"] = recipient.Kid;
            if (contentType is not null) header["cty"] = contentType;
            if (apu is not null) header["apu"] = Base64Url.Encode(apu);
            if (apv is not null) header["apv"] = Base64Url.Encode(apv);
            header["epk"] = epk.ToJson();
            var protectedHeader = Base64Url.Encode(StrictJson.Write(header));

            // The key is used once, so any nonce would do; a random one is what readers expect.
            var nonce = RandomNumberGenerator.GetBytes(NonceLength);
            var ciphertext = new byte[plaintext.Length];
            var tag = new byte[TagLength];
            using var aes = new AesGcm(key, TagLength);
            aes.Encrypt(nonce, plaintext, ciphertext, tag, System.Text.Encoding.ASCII.GetBytes(protectedHeader));
            return $"{protectedHeader}..{Base64Url.Encode(nonce)}.{Base64Url.Encode(ciphertext)}.{Base64Url.Encode(tag)}";
        }
        catch (CryptographicException exception)
        {
            throw Refusal.Malformed("the recipient's key is not a valid public key", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] AgreeOnKey(ECDiffieHellman mine, ECDiffieHellman theirs, string enc, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        using var point = theirs.PublicKey;
        var z = mine.DeriveRawSecretAgreement(point);
        try
        {
            // With direct agreement AlgorithmID is the value of enc [RFC7518 §4.6.2].
            return ConcatKdf.Derive(z, enc, apu, apv, JweEncryption.KeyLength(enc));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(z);
        }
    }

    private static ECDiffieHellman Import(Jwk key)
    {
        key.Check();
        var point = new ECPoint { X = Base64Url.Decode(key.X), Y = Base64Url.Decode(key.Y) };
        return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
    }

    private static byte[] PartyInfo(JsonObject header, string name)
    {
        var bytes = Base64Url.Decode(header.OptionalString(name));
        return bytes.Length <= MaxPartyInfoLength ? bytes : throw Refusal.Malformed($"{name} is too long");
    }

    private static byte[] OfLength(ReadOnlySpan<char> text, int length, string what)
    {
        var bytes = Base64Url.Decode(text);
        return bytes.Length == length ? bytes : throw Refusal.Malformed($"{what} must be {length} bytes");
    }
}
