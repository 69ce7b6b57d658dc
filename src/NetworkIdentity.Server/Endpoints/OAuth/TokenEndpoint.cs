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
        return form.Required("grant_type") switch
        {
            ClientMetadata.AuthorizationCodeGrant => await CodeAsync(nation, await CallAsync(context, nation, limits, form)),
            ClientMetadata.RefreshTokenGrant => await WalletRefreshAsync(nation, form) ?? await RefreshAsync(nation, await CallAsync(context, nation, limits, form)),
            ClientMetadata.ClientCredentialsGrant => await ClientAsync(nation, await CallAsync(context, nation, limits, form)),
            CredentialOffer.PreAuthorizedCodeGrant => await PreAuthorizedAsync(nation, form),
            _ => throw OAuthRefusal.UnsupportedGrantType(),
        };
    }

    private static async Task<IResult> CodeAsync(NationContext nation, ClientCall call) => Answer(await nation.Codes.RedeemAsync(
        call.Partner, call.Form.Required("code"), call.Form.Optional("redirect_uri"), call.Form.Optional("code_verifier"), call.Jkt, call.Form.Resource()));

    private static async Task<IResult> RefreshAsync(NationContext nation, ClientCall call) => Answer(await nation.Refreshes.RefreshAsync(
        call.Partner, call.Form.Required("refresh_token"), call.Form.Optional("scope"), call.Jkt, call.Form.Resource()));

    private static async Task<IResult> ClientAsync(NationContext nation, ClientCall call) => Answer(await nation.ClientGrants.GrantAsync(
        call.Partner, call.Form.Optional("scope"), call.Form.Resource(), call.Jkt));

    /// <summary>A client's call; one that gets bound tokens alone must have proven a key [RFC9449 §5.2].</summary>
    private static async Task<ClientCall> CallAsync(HttpContext context, NationContext nation, RateLimits limits, OAuthParameters form)
    {
        var call = await ClientCall.ReadAsync(context, nation, limits, form);

        // What was granted was chosen before a member saw it: here it is told, and not chosen again [RFC9396 §6].
        if (form.Optional("authorization_details") is not null) throw OAuthRefusal.InvalidAuthorizationDetails("authorization_details belong into the authorization request");
        return call.Partner.Metadata.DpopBound && call.Jkt is null ? throw OAuthRefusal.InvalidDpopProof("this client's tokens are bound to a key: the DPoP header is missing") : call;
    }

    private static IResult Answer(Tokens tokens)
    {
        var json = new JsonObject
        {
            ["access_token"] = tokens.AccessToken,
            ["token_type"] = tokens.IsDpopBound ? "DPoP" : "Bearer",
            ["expires_in"] = (long)Tokens.Lifetime.TotalSeconds,
            ["scope"] = tokens.Scope,
        };
        if (tokens.AuthorizationDetails is { } details) json["authorization_details"] = details;
        if (tokens.RefreshToken is not null) json["refresh_token"] = tokens.RefreshToken;
        if (tokens.IdToken is not null) json["id_token"] = tokens.IdToken;
        return Results.Json(json);
    }

    /// <summary>A wallet redeems an offer [OpenID4VCI §6.1]. It needs no client id; what it names is held against its key proofs later.</summary>
    private static async Task<IResult> PreAuthorizedAsync(NationContext nation, OAuthParameters form)
    {
        var details = form.Optional("authorization_details") is { } text ? CredentialDetails.Parse(text, nation.Keys.Nation.Issuer) : null;
        var redeemed = await nation.Offering.RedeemAsync(form.Required("pre-authorized_code"), form.Optional("tx_code"), form.Optional("client_id"), details);
        return Answer(redeemed, details is not null);
    }

    /// <summary>A wallet that waits comes back; null where the refresh token is an app's.</summary>
    private static async Task<IResult?> WalletRefreshAsync(NationContext nation, OAuthParameters form) =>
        await nation.WalletGrants.RefreshAsync(form.Required("refresh_token"), form.Optional("client_id")) is { } renewed ? Answer(renewed, renewed.ConfigurationIds.Count > 0) : null;

    private static IResult Answer(Offering.Redeemed redeemed, bool hasIdentifiers)
    {
        var answer = new JsonObject
        {
            ["access_token"] = redeemed.AccessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = (long)Offering.AccessTokenLifetime.TotalSeconds,
        };
        if (redeemed.RefreshToken is not null) answer["refresh_token"] = redeemed.RefreshToken;

        // Who asks with authorization_details must get identifiers back [OpenID4VCI §6.2]; each configuration has one dataset, named as it is.
        if (hasIdentifiers)
        {
            answer["authorization_details"] = new JsonArray([.. redeemed.ConfigurationIds.Select(id => new JsonObject
            {
                ["type"] = "openid_credential",
                ["credential_configuration_id"] = id,
                ["credential_identifiers"] = new JsonArray(id),
            })]);
        }

        return Results.Json(answer);
    }
}
