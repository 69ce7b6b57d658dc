using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>Proofs of possession that come with requests: checked, fresh, and each taken once, at whichever server [RFC9449 §4.3] [RFC9449 §11.1].</summary>
public sealed class DpopProofs(Database database, DpopNonces nonces, TimeProvider time)
{
    /// <summary>Checks a proof and its nonce, without a write: what is refused here costs nothing, and leaves a client's assertion unused.</summary>
    /// <param name="sent">The values of the DPoP headers.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="url">The URL that was asked, as the issuer names it.</param>
    /// <param name="accessToken">The access token that comes with it; null where none does.</param>
    /// <returns>The proof; null where none was sent.</returns>
    /// <exception cref="Refusal"><c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public DpopProof? Check(IReadOnlyList<string?> sent, string method, string url, string? accessToken = null)
    {
        if (sent.Count == 0) return null;
        if (sent is not [{ } one]) throw OAuthRefusal.InvalidDpopProof("there must be one DPoP header");
        var proof = DpopProof.Verify(one, method, url, accessToken, time.GetUtcNow());
        return proof.Nonce is { } nonce && nonces.IsGood(nonce) ? proof : throw OAuthRefusal.UseDpopNonce();
    }

    /// <summary>Takes a proof that was checked; a second time it is refused.</summary>
    /// <returns>The thumbprint of its key; null where there is no proof.</returns>
    /// <exception cref="Refusal"><c>invalid_dpop_proof</c>.</exception>
    public async Task<string?> TakeAsync(DpopProof? proof)
    {
        if (proof is null) return null;
        var used = Spent.Use(Spent.DpopProof, RandomId.Digest($"{proof.Thumbprint} {proof.Id}"), (proof.IssuedAt + DpopProof.Window).ToUnixTimeSeconds());
        return await database.CommitAsync(used) is null ? proof.Thumbprint : throw OAuthRefusal.InvalidDpopProof("jti was used before");
    }
}
