using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>A form that a client posts, with who it is.</summary>
/// <param name="Partner">The client, which has authenticated.</param>
/// <param name="Form">The form.</param>
/// <param name="Jkt">The thumbprint of the key that a DPoP proof came with; null where none came.</param>
internal sealed record ClientCall(Partner Partner, OAuthParameters Form, string? Jkt)
{
    /// <summary>Reads the form, with a proof of possession where there is one, and authenticates the client.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>, <c>invalid_client</c>, <c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public static async Task<ClientCall> ReadAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        var form = await RequestReading.FormAsync(context.Request);
        form.RefuseRepeated();
        return await ReadAsync(context, nation, limits, form);
    }

    /// <summary>The same, of a form that was read.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>, <c>invalid_client</c>, <c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public static async Task<ClientCall> ReadAsync(HttpContext context, NationContext nation, RateLimits limits, OAuthParameters form)
    {
        // 1. The proof, as far as nothing is written: who lacks a nonce may send the same assertion again.
        var proof = ProofOfPossession.Read(context, nation);

        // 2. The client.
        var credentials = ClientCredentials.Read(context.Request.Headers.Authorization.ToString(), form);
        await nation.ClientDocuments.LookUpAsync(credentials?.ClientId);
        var partner = await nation.Clients.AuthenticateAsync(credentials, ProofOfPossession.UrlOf(context, nation));

        // Whoever knows a client's name could use up what a public one may ask for.
        if (!partner.IsPublic) limits.CountApp(partner.ClientId);

        // 3. The proof is used.
        return new(partner, form, await nation.DpopProofs.TakeAsync(proof));
    }
}
