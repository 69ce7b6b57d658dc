using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>A form that a client posts, with who it is.</summary>
internal static class ClientCall
{
    /// <summary>Reads the form and authenticates the client.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>, <c>invalid_client</c>.</exception>
    public static async Task<(Partner Partner, OAuthParameters Form)> ReadAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        var form = await RequestReading.FormAsync(context.Request);
        form.RefuseRepeated();
        return (await AuthenticateAsync(context, nation, limits, form), form);
    }

    /// <summary>Authenticates the client of a form.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>, <c>invalid_client</c>.</exception>
    public static async Task<Partner> AuthenticateAsync(HttpContext context, NationContext nation, RateLimits limits, OAuthParameters form)
    {
        var credentials = ClientCredentials.Read(context.Request.Headers.Authorization.ToString(), form);
        var partner = await nation.Clients.AuthenticateAsync(credentials);

        // Whoever knows a client's name could use up what a public one may ask for.
        if (credentials?.Secret is not null) limits.CountApp(partner.ClientId);
        return partner;
    }
}
