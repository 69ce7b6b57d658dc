using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>A logout request that was checked against its client [OIDC-RPInitiated §2].</summary>
/// <param name="Partner">The client whose session is to end; null where none is named: then it is all of the browser's.</param>
/// <param name="Hint">The ID token that it sent; null where it sent none.</param>
/// <param name="RedirectUri">Where the browser goes after: registered by the client. Null where it stays here.</param>
/// <param name="State">Echoed.</param>
public sealed record LogoutRequest(Partner? Partner, IdTokenHint? Hint, string? RedirectUri, string? State)
{
    /// <summary>The parameters that mean something here.</summary>
    public static readonly IReadOnlyList<string> Known = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

    /// <summary>Reads it. What could not be checked is not used, and ends nothing [OIDC-RPInitiated §4].</summary>
    /// <exception cref="Refusal">For a page, never for a redirect: <c>invalid_client</c>, <c>invalid_request</c>.</exception>
    public static async Task<LogoutRequest> ReadAsync(Database database, KeyRing keys, OAuthParameters parameters)
    {
        parameters.RefuseRepeated();
        var hint = parameters.Optional("id_token_hint") is { } token ? IdTokenHint.Read(token, keys) : null;
        var clientId = parameters.Optional("client_id");
        if (hint is not null && clientId is not null && clientId != hint.ClientId) throw OAuthRefusal.InvalidRequest("id_token_hint is another client's");

        clientId ??= hint?.ClientId;
        var partner = clientId is null ? null : await Partner.FindAsync(database, clientId) ?? throw OAuthRefusal.InvalidClient("the client_id is not registered");
        var redirectUri = parameters.Optional("post_logout_redirect_uri");
        if (redirectUri is null) return new(partner, hint, null, null);

        // Compared as strings, to the letter: else this address would lead anybody anywhere [OIDC-RPInitiated §3].
        if (partner is null) throw OAuthRefusal.InvalidRequest("post_logout_redirect_uri goes with id_token_hint or client_id, which say whose it is");
        return partner.Metadata.PostLogoutRedirectUris.Contains(redirectUri, StringComparer.Ordinal)
            ? new(partner, hint, redirectUri, parameters.Optional("state"))
            : throw OAuthRefusal.InvalidRequest("the post_logout_redirect_uri is not one that this client registered");
    }
}
