using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>An authorization request that was checked against its client [RFC6749 §4.1.1] [OIDC §3.1.2.1].</summary>
/// <param name="Partner">The client that asks.</param>
/// <param name="RedirectUri">Where the answer goes: registered.</param>
/// <param name="ResponseMode">How it goes there: <see cref="Query"/> or <see cref="FormPost"/>.</param>
/// <param name="Scope">What is granted: <c>openid</c>, and of the types that the client was registered for those that it asked for.</param>
/// <param name="State">Echoed.</param>
/// <param name="Nonce">Goes into the ID token.</param>
/// <param name="CodeChallenge">PKCE, S256; null where a client that needn't send one didn't.</param>
/// <param name="HintedSubject">The subject that the client expects to come back; null where it expects none.</param>
public sealed record AuthorizationRequest(
    Partner Partner, string RedirectUri, string ResponseMode, string Scope, string? State, string? Nonce, string? CodeChallenge, string? HintedSubject)
{
    /// <summary>In the redirect URI's query, the default.</summary>
    public const string Query = "query";

    /// <summary>In a form that the browser posts [OAuth-Form-Post §2].</summary>
    public const string FormPost = "form_post";

    private const string OpenIdScope = "openid";

    private static readonly string[] Prompts = ["login", "consent", "select_account"];

    /// <summary>The part that must hold before anything may be sent to the redirect URI [RFC6749 §4.1.2.1].</summary>
    /// <exception cref="Refusal">For a page, never for a redirect: <c>invalid_client</c>, <c>invalid_request</c>, <c>invalid_redirect_uri</c>.</exception>
    public static async Task<(Partner Partner, string RedirectUri)> ReadClientAsync(Database database, OAuthParameters parameters)
    {
        var clientId = parameters.Required("client_id");
        var partner = await Partner.FindAsync(database, clientId) ?? throw OAuthRefusal.InvalidClient("the client_id is not registered");
        var redirectUri = parameters.Required("redirect_uri");
        return RedirectUriIsRegistered(partner, redirectUri)
            ? (partner, redirectUri)
            : throw OAuthRefusal.InvalidRedirectUri("the redirect_uri is not one that this client registered");
    }

    /// <summary>The part whose refusals the client is told by redirect.</summary>
    /// <exception cref="Refusal">A code of [RFC6749 §4.1.2.1] or [OIDC §3.1.2.6].</exception>
    public static AuthorizationRequest Read(OAuthParameters parameters, Partner partner, string redirectUri, KeyRing keys)
    {
        parameters.RefuseRepeated();

        // A request object could override every other parameter, so it is looked for first; nothing is fetched.
        if (parameters.Optional("request") is not null) throw OAuthRefusal.RequestNotSupported();
        if (parameters.Optional("request_uri") is not null) throw OAuthRefusal.RequestUriNotSupported();
        if (parameters.Optional("registration") is not null) throw OAuthRefusal.RegistrationNotSupported();

        if (parameters.Required("response_type") != "code") throw OAuthRefusal.UnsupportedResponseType();
        var responseMode = parameters.Optional("response_mode") ?? Query;
        if (responseMode is not (Query or FormPost)) throw OAuthRefusal.InvalidRequest("response_mode must be query or form_post");

        var scope = GrantedScope(parameters.Optional("scope"), partner);
        CheckPrompt(parameters.Optional("prompt"));
        var challenge = Pkce.ReadChallenge(parameters.Optional("code_challenge"), parameters.Optional("code_challenge_method"), partner.RequiresPkce);

        // max_age, login_hint, acr_values, ui_locales and display ask for nothing that isn't so already: every sign-in proves anew.
        var hint = parameters.Optional("id_token_hint") is { } token ? HintedSubjectOf(token, partner, keys) : null;
        return new(partner, redirectUri, responseMode, scope, parameters.Optional("state"), parameters.Optional("nonce"), challenge, hint);
    }

    /// <summary>Whom the hint names: an ID token of ours for this client, which may have expired [OIDC §3.1.2.1] [OIDC §3.1.2.2].</summary>
    private static string HintedSubjectOf(string token, Partner partner, KeyRing keys) => Refusal.Recode("invalid_request", () =>
    {
        var jws = Jws.Parse(token);
        var key = keys.Published(KeyPurpose.IdToken).FirstOrDefault(key => key.Kid == jws.KeyId);
        if (key is null) throw OAuthRefusal.InvalidRequest("id_token_hint is not an ID token of this issuer");
        using var verification = VerificationKey.Import(key.Signing!.PublicKey);
        var claims = jws.IsSignedBy(verification) ? jws.Claims() : throw OAuthRefusal.InvalidRequest("id_token_hint is not an ID token of this issuer");
        return claims.OptionalString("aud") == partner.ClientId
            ? claims.RequiredString("sub")
            : throw OAuthRefusal.InvalidRequest("id_token_hint is another client's");
    });

    private static bool RedirectUriIsRegistered(Partner partner, string redirectUri) =>
        Standards.OAuth.RedirectUri.IsRegistered(redirectUri, partner.RedirectUris, partner.IsPublic);

    private static string GrantedScope(string? asked, Partner partner)
    {
        var scopes = (asked ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!scopes.Contains(OpenIdScope)) throw OAuthRefusal.InvalidScope("scope must hold openid");

        // Unknown scopes are ignored [OIDC §3.1.2.1]; those that the client was not registered for are not granted.
        return string.Join(' ', scopes.Where(scope => scope == OpenIdScope || partner.Policy.Contains(scope) || partner.OptionalTypes.Contains(scope)).Distinct());
    }

    private static void CheckPrompt(string? prompt)
    {
        var prompts = (prompt ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (prompts.Contains("none"))
            throw prompts.Length > 1 ? OAuthRefusal.InvalidRequest("prompt=none goes with no other value") : OAuthRefusal.LoginRequired();
        if (prompts.Any(value => !Prompts.Contains(value))) throw OAuthRefusal.InvalidRequest("prompt holds an unknown value");
    }
}
