using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>/register: a client registers itself [RFC7591 §3] [OIDC-DCR §3], and looks after its registration [RFC7592 §2].</summary>
internal static class RegistrationEndpoint
{
    /// <summary>POST /register, with an initial access token.</summary>
    public static async Task<IResult> CreateAsync(HttpContext context, NationContext nation)
    {
        var token = Token(context);
        var registered = await nation.DynamicRegistration.RegisterAsync(token, await BodyAsync(context));
        return Results.Json(Information(nation, registered), statusCode: StatusCodes.Status201Created);
    }

    /// <summary>GET /register/{client_id}, with the client's registration access token.</summary>
    public static async Task<IResult> ReadAsync(string clientId, HttpContext context, NationContext nation) =>
        Results.Json(Information(nation, await nation.DynamicRegistration.ReadAsync(clientId, Token(context))));

    /// <summary>PUT /register/{client_id}: all of it anew.</summary>
    public static async Task<IResult> ReplaceAsync(string clientId, HttpContext context, NationContext nation)
    {
        var token = Token(context);
        return Results.Json(Information(nation, await nation.DynamicRegistration.ReplaceAsync(clientId, token, await BodyAsync(context))));
    }

    /// <summary>DELETE /register/{client_id}: the client is retired, and what it was given ends.</summary>
    public static async Task<IResult> DeleteAsync(string clientId, HttpContext context, NationContext nation)
    {
        await nation.DynamicRegistration.DeleteAsync(clientId, Token(context));
        return Results.NoContent();
    }

    /// <summary>The token of every answer here: so none of them may be kept.</summary>
    private static string Token(HttpContext context)
    {
        (context.Response.Headers.CacheControl, context.Response.Headers.Pragma) = ("no-store", "no-cache");
        return BearerToken.Read(context.Request.Headers.Authorization, context.Request.Query["access_token"]);
    }

    /// <exception cref="Refusal"><c>invalid_client_metadata</c>.</exception>
    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        if (!RequestReading.IsJson(context.Request)) throw OAuthRefusal.InvalidClientMetadata("the body must be application/json");
        return await RequestReading.BodyAsync(context.Request);
    }

    /// <summary>What is told of a registration [RFC7591 §3.2.1] [RFC7592 §3]: all that was registered, and what the server put in its place.</summary>
    private static JsonObject Information(NationContext nation, DynamicRegistration.Registered registered)
    {
        var partner = registered.Partner;
        var json = new JsonObject { ["client_id"] = partner.ClientId, ["client_id_issued_at"] = registered.IssuedAt.ToUnixTimeSeconds() };
        if (registered.Secret is not null) (json["client_secret"], json["client_secret_expires_at"]) = (registered.Secret, 0);
        json["registration_access_token"] = registered.Token;
        json["registration_client_uri"] = nation.Keys.Nation.Url($"/register/{partner.ClientId}");
        foreach (var (name, value) in partner.ToMetadata()) json[name] = value?.DeepClone();
        return json;
    }
}
