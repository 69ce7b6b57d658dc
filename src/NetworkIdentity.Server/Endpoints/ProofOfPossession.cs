using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>The DPoP proof of a request [RFC9449 §4.1].</summary>
internal static class ProofOfPossession
{
    /// <summary>The header of a proof.</summary>
    public const string Header = "DPoP";

    /// <summary>The header of a nonce for the next one [RFC9449 §8].</summary>
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>Checks the proof of a request, where there is one; it is not used yet. Who shows an older nonce is told the current one [RFC9449 §8.2].</summary>
    /// <exception cref="Refusal"><c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public static DpopProof? Read(HttpContext context, NationContext nation, string? accessToken = null)
    {
        var proof = nation.DpopProofs.Check(context.Request.Headers[Header], context.Request.Method, UrlOf(context, nation), accessToken);
        if (proof is not null && proof.Nonce != nation.DpopNonces.Current) context.Response.Headers[NonceHeader] = nation.DpopNonces.Current;
        return proof;
    }

    /// <summary>The URL that was asked, as the issuer names it: whatever Host says, and whichever server it is.</summary>
    public static string UrlOf(HttpContext context, NationContext nation) =>
        new Uri(nation.Keys.Nation.Issuer).GetLeftPart(UriPartial.Authority) + context.Request.Path.ToUriComponent();
}
