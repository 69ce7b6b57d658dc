using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A private key, Ed25519 alone, and the name it signs notes under.</summary>
public sealed class NoteSigner
{
    private readonly SigningKey _key;

    /// <summary>Names the key.</summary>
    /// <exception cref="ArgumentException">The key is not Ed25519.</exception>
    /// <exception cref="Refusal">Malformed: the name can't be one.</exception>
    public NoteSigner(string name, SigningKey key)
    {
        Key = NoteKey.Of(name, key);
        _key = key;
    }

    /// <summary>The key that verifies what this one signs.</summary>
    public NoteKey Key { get; }

    /// <summary>Signs.</summary>
    internal ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) => _key.SignAsync(text, cancellation);
}
