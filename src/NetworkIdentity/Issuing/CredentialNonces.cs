using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Issuing;

/// <summary>Nonces for key proofs [OpenID4VCI §7]: made without a write, used once across servers and restarts.</summary>
public sealed class CredentialNonces(KeyRing keys, TimeProvider time)
{
    private readonly SpendableNonces _nonces = new(keys.Derive("credential-nonce"), Spent.CredentialNonce, time);

    /// <summary>Makes a nonce.</summary>
    public string Make() => _nonces.Make();

    /// <summary>The use of a nonce, to be committed with the act it is for; breaks with <see cref="Spent.CredentialNonce"/>.</summary>
    /// <exception cref="Standards.Refusal"><c>invalid_nonce</c>: not one of ours, or expired.</exception>
    public Statement Use(string nonce) => _nonces.Use(nonce) ?? throw VciRefusal.InvalidNonce();
}
