using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>POST /token: a grant for tokens [RFC6749 §3.2], for partners and for wallets.</summary>
internal static class TokenEndpoint
{
    /// <summary>Chooses by grant type.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        (context.Response.Headers.CacheControl, context.Response.Headers.Pragma) = ("no-store", "no-cache");
        var form = await RequestReading.FormAsync(context.Request);
        form.RefuseRepeated();
        var authorization = context.Request.Headers.Authorization.ToString();
        return form.Required("grant_type") switch
        {
            "authorization_code" => await CodeAsync(nation, limits, form, ClientCredentials.Read(authorization, form)),
            CredentialOffer.PreAuthorizedCodeGrant => await PreAuthorizedAsync(nation, form),
            _ => throw OAuthRefusal.UnsupportedGrantType(),
        };
    }

    private static async Task<IResult> CodeAsync(NationContext nation, RateLimits limits, OAuthParameters form, ClientCredentials? credentials)
    {
        var partner = await nation.Grants.AuthenticateAsync(credentials);
        if (credentials?.Secret is not null) limits.CountApp(partner.ClientId);
        var tokens = await nation.Grants.RedeemAsync(
            partner, form.Required("code"), form.Optional("redirect_uri"), form.Optional("code_verifier"));
        return Results.Json(new JsonObject
        {
            ["access_token"] = tokens.AccessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = (long)CodeGrant.TokenLifetime.TotalSeconds,
            ["scope"] = tokens.Scope,
            ["id_token"] = tokens.IdToken,
        });
    }

    /// <summary>A wallet redeems an offer [OpenID4VCI §6.1]. It needs no client id; what it names is held against its key proofs later.</summary>
    private static async Task<IResult> PreAuthorizedAsync(NationContext nation, OAuthParameters form)
    {
        var details = form.Optional("authorization_details") is { } text ? CredentialDetails.Parse(text, nation.Keys.Nation.Issuer) : null;
        var (accessToken, configurationId) = await nation.Offering.RedeemAsync(
            form.Required("pre-authorized_code"), form.Optional("tx_code"), form.Optional("client_id"), details);
        var answer = new JsonObject
        {
            ["access_token"] = accessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = (long)Offering.AccessTokenLifetime.TotalSeconds,
        };

        // Who asks with authorization_details must get identifiers back [OpenID4VCI §6.2]; there is one dataset, named as its configuration.
        if (details is not null)
        {
            answer["authorization_details"] = new JsonArray(new JsonObject
            {
                ["type"] = "openid_credential",
                ["credential_configuration_id"] = configurationId,
                ["credential_identifiers"] = new JsonArray(configurationId),
            });
        }

        return Results.Json(answer);
    }
}
