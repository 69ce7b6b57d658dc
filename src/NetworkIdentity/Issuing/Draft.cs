namespace NetworkIdentity.Issuing;

/// <summary>A credential that is about to be recorded, and then signed.</summary>
/// <param name="KeyId">The id of the key that will sign it.</param>
/// <param name="Committed">What its record has in the clear, without data of a person, and with something random under it, so that none can be guessed: the bytes to be signed, or of a JWT that has its claims in the clear their SHA-256.</param>
/// <param name="Sealed">What the record keeps sealed under the member's key: what is needed beside those bytes to make the same credential again.</param>
internal sealed record Draft(string KeyId, byte[] Committed, byte[] Sealed);
