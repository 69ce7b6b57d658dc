using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using NetworkIdentity.Standards.Crypto;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A key that verifies notes, Ed25519 alone, and the name it signs under [C2SP-Note §Verifier keys].</summary>
public sealed class NoteKey
{
    private const byte Ed25519Type = 1;
    private readonly byte[] _publicKey;

    /// <summary>Makes a key.</summary>
    /// <param name="name">Its name, best a URL without a scheme: <c>example.com/log</c>.</param>
    /// <param name="publicKey">The 32-byte Ed25519 public key.</param>
    /// <exception cref="Refusal">Malformed: the name is empty or has a space, a control character or a plus sign, or the bytes are no key.</exception>
    public NoteKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name)) throw Refusal.Malformed("the name of a note's key must be there, without spaces and plus signs");
        if (!Ed25519.CanBePublicKey(publicKey)) throw Refusal.Malformed("the note's key is not an Ed25519 public key");
        Name = name;
        _publicKey = publicKey.ToArray();
        byte[] hashed = [.. System.Text.Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey];
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(hashed));
    }

    /// <summary>The name it signs under.</summary>
    public string Name { get; }

    /// <summary>The beginning of the hash of name, type and key. Not a secure name of the key: it is known with it.</summary>
    public uint Id { get; }

    /// <summary>The 32-byte public key.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>The public half of a key that signs under a name.</summary>
    /// <exception cref="ArgumentException">The key is not Ed25519.</exception>
    /// <exception cref="Refusal">Malformed: the name can't be one.</exception>
    public static NoteKey Of(string name, SigningKey key)
    {
        if (key.PublicKey is not { Kty: "OKP", Crv: "Ed25519", X: { } x }) throw new ArgumentException("Notes are signed with Ed25519.", nameof(key));
        return new(name, Base64Url.Decode(x));
    }

    /// <summary>Reads the text form, <c>name+id+key</c>.</summary>
    /// <exception cref="Refusal">Malformed: not that form, another type than Ed25519, or an id that is not the key's.</exception>
    public static NoteKey Parse(string vkey)
    {
        var parts = vkey.Split('+', 3);
        if (parts.Length != 3 || !Base64.TryDecode(parts[2], out var typed) || typed.Length == 0) throw Refusal.Malformed("a note's key is name+id+key");
        if (typed[0] != Ed25519Type) throw Refusal.Malformed("the note's key is of a type that is not supported");
        var key = new NoteKey(parts[0], typed.AsSpan(1));
        return key.IdText == parts[1] ? key : throw Refusal.Malformed("the id of the note's key is not the key's");
    }

    /// <summary>The text form, <c>name+id+key</c>.</summary>
    public override string ToString() => $"{Name}+{IdText}+{Base64.Encode([Ed25519Type, .. _publicKey])}";

    /// <summary>Whether the signature is the key's.</summary>
    internal bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Ed25519.Verify(_publicKey, text, signature);

    internal static bool IsName(string name) => name.Length > 0 && name.All(c => c >= ' ' && c != '+' && !char.IsWhiteSpace(c));

    private string IdText => Id.ToString("x8", CultureInfo.InvariantCulture);
}
