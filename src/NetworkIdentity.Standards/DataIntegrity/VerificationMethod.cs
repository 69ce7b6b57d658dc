using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>A public key that a controlled identifier document has for a purpose [CID §2.2].</summary>
/// <param name="Id">Its URL, absolute.</param>
/// <param name="Controller">Whose it is: the <c>id</c> of the document it was found in.</param>
/// <param name="Key">The key.</param>
public sealed record VerificationMethod(string Id, string Controller, Jwk Key);
