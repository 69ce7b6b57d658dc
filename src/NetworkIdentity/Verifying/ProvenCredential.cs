using NetworkIdentity.Standards.Credentials;

namespace NetworkIdentity.Verifying;

/// <summary>A W3C credential whose proof was verified.</summary>
/// <param name="Credential">What was signed, and nothing beside it.</param>
/// <param name="KeyUrls">The verification methods that signed it, by their URLs.</param>
/// <param name="SignedAt">When it was, as it says; null where it doesn't.</param>
/// <param name="Committed">What its issuer's record has: the bytes that were signed, or of a token their SHA-256.</param>
internal sealed record ProvenCredential(VerifiableCredential Credential, IReadOnlyList<string> KeyUrls, DateTimeOffset? SignedAt, byte[] Committed);
