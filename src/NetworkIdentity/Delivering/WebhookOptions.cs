namespace NetworkIdentity.Delivering;

/// <summary>The community's own system, which is told of every notice.</summary>
/// <param name="Url">Where it is told.</param>
/// <param name="Key">What calls are signed with: 24 to 64 bytes.</param>
public sealed record WebhookOptions(string Url, byte[] Key)
{
    /// <summary>What a secret begins with, as Standard Webhooks writes it.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>The key in a secret; null where it is none.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal)) return null;
        var key = new byte[64];
        return Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length) && length >= 24 ? key[..length] : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Url;
}
