using NetworkIdentity.Server.Doors;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>POST /introspect: what a token is worth now [RFC7662 §2].</summary>
internal static class IntrospectionEndpoint
{
    /// <summary>Tells the client that the token was given to; anyone else learns that it is not active.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (partner, form, _) = await ClientCall.ReadAsync(context, nation, limits);
        return Results.Json(await nation.Tokens.IntrospectAsync(partner, form.Required("token")));
    }
}
