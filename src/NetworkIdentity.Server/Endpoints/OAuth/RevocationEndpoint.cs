using NetworkIdentity.Server.Doors;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>POST /revoke: a client takes a token back [RFC7009 §2].</summary>
internal static class RevocationEndpoint
{
    /// <summary>Answers 200 whether there was such a token or not [RFC7009 §2.2].</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (partner, form, _) = await ClientCall.ReadAsync(context, nation, limits);
        await nation.Tokens.RevokeAsync(partner, form.Required("token"));
        return Results.Ok();
    }
}
