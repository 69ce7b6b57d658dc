namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A proof that was verified.</summary>
/// <param name="Proof">The proof.</param>
/// <param name="Method">The key that made it, and whose it is. Whether that is who it should be is the caller's to say.</param>
/// <param name="Signed">The bytes that it is the signature of: what an issuer finds its record of the document by.</param>
public sealed record VerifiedProof(DataIntegrityProof Proof, VerificationMethod Method, byte[] Signed);
