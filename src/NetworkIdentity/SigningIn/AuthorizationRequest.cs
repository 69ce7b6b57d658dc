using System.Globalization;
using System.Text.Json;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId;

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
/// <param name="Options">What it asks for beyond scopes.</param>
/// <param name="Prompts">The values of <c>prompt</c>.</param>
/// <param name="MaxAge">How long ago the member may have proven, in seconds; null where that doesn't matter.</param>
/// <param name="DpopJkt">The thumbprint of the key that the code is bound to [RFC9449 §10]; null where it is bound to none.</param>
/// <param name="PushedDigest">The digest of the request_uri of a request that was pushed: the code spends it; null for every other one.</param>
public sealed record AuthorizationRequest(
    Partner Partner, string RedirectUri, string ResponseMode, string Scope, string? State, string? Nonce, string? CodeChallenge, string? HintedSubject,
    RequestOptions Options, IReadOnlyList<string> Prompts, long? MaxAge, string? DpopJkt, string? PushedDigest)
{
    /// <summary>In the redirect URI's query, the default.</summary>
    public const string Query = "query";

    /// <summary>In a form that the browser posts [OAuth-Form-Post §2].</summary>
    public const string FormPost = "form_post";

    private const string OpenIdScope = "openid";

    /// <summary>The scope of a refresh token that outlives the member's logout [OIDC §11].</summary>
    public const string OfflineAccess = "offline_access";

    /// <summary>The parameters that mean something here.</summary>
    public static readonly IReadOnlyList<string> Known =
    [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
        "resource", "id_token_hint", "max_age", "claims", "authorization_details", "dpop_jkt", "login_hint", "ui_locales", "acr_values", "display",
    ];

    private static readonly string[] Prompting = ["login", "consent", "select_account"];

    /// <summary>Whether the member must not be asked anything [OIDC §3.1.2.1].</summary>
    public bool IsSilent => Prompts.Contains("none");

    /// <summary>Whether the member must prove, though they may have a session: whoever consents, or is another, does it by proving.</summary>
    public bool AsksAnew => Prompts.Any(Prompting.Contains);

    /// <summary>Whether a proof of this context (<see cref="Session.Contexts"/>) will do: an essential <c>acr</c> must have one of its values [OIDC §5.5.1.1].</summary>
    public bool Admits(string context) => Admits(Partner.Policy, Options, context);

    /// <summary>Whether a proof of this context will do: for the client's policy, and for who asked for these options.</summary>
    public static bool Admits(ProofPolicy policy, RequestOptions options, string context) => policy.Contexts.Contains(context)
        && !(options.ClaimsRequest.IdToken.TryGetValue("acr", out var acr) && acr.IsEssential && ClaimsRequest.Excludes(options.ClaimsRequest.IdToken, "acr", context));

    /// <summary>The row of a code that answers this request.</summary>
    internal AuthorizationCodes.Row CodeFor(string code, string sessionId, long now) => new()
    {
        CodeDigest = RandomId.Digest(code),
        SessionId = sessionId,
        ClientId = Partner.ClientId,
        RedirectUri = RedirectUri,
        Scope = Scope,
        Nonce = Nonce,
        CodeChallenge = CodeChallenge,
        Options = Options.Write(),
        DpopJkt = DpopJkt,
        CreatedAt = now,
        ExpiresAt = now + (long)SignInDesk.CodeLifetime.TotalSeconds,
    };

    /// <summary>Where an answer may go: what must hold before anything is sent there [RFC6749 §4.1.2.1].</summary>
    /// <exception cref="Refusal">For a page, never for a redirect: <c>invalid_request</c>, <c>invalid_redirect_uri</c>.</exception>
    public static string ReadRedirectUri(Partner partner, OAuthParameters parameters)
    {
        var redirectUri = parameters.Required("redirect_uri");
        return IsRegistered(partner, redirectUri) ? redirectUri : throw OAuthRefusal.InvalidRedirectUri("the redirect_uri is not one that this client registered");
    }

    /// <summary>The part whose refusals the client is told by redirect.</summary>
    /// <exception cref="Refusal">A code of [RFC6749 §4.1.2.1], [OIDC §3.1.2.6], [RFC8707 §2] or [RFC9396 §5].</exception>
    public static async Task<AuthorizationRequest> ReadAsync(
        ReceivedRequest received, string redirectUri, KeyRing keys, Database database, IReadOnlyDictionary<string, CredentialType> types)
    {
        var (partner, parameters) = (received.Partner, received.Parameters);
        if (partner.Metadata.RequiresPushedRequests && received is { PushedDigest: null, IsBeingPushed: false })
            throw OAuthRefusal.InvalidRequest("this client must push its requests to /par");
        if (partner.Metadata.RequiresSignedRequests && !received.IsSigned) throw OAuthRefusal.InvalidRequest("this client must sign its requests, in the parameter request");
        if (parameters.Optional("registration") is not null) throw OAuthRefusal.RegistrationNotSupported();

        if (parameters.Required("response_type") != "code") throw OAuthRefusal.UnsupportedResponseType();
        var responseMode = parameters.Optional("response_mode") ?? Query;
        if (responseMode is not (Query or FormPost)) throw OAuthRefusal.InvalidRequest("response_mode must be query or form_post");

        var resource = await ResourceOfAsync(parameters.Resource(), partner, keys.Nation, database);
        var scope = GrantedScope(parameters.Optional("scope"), partner, resource);
        var prompts = ReadPrompts(parameters.Optional("prompt"));
        var challenge = Pkce.ReadChallenge(parameters.Optional("code_challenge"), parameters.Optional("code_challenge_method"), partner.RequiresPkce);
        var jkt = parameters.Optional("dpop_jkt");
        if (jkt is not null && !(Base64Url.TryDecode(jkt, out var thumbprint) && thumbprint.Length == 32)) throw OAuthRefusal.InvalidRequest("dpop_jkt must be a SHA-256 as base64url");

        // login_hint names nobody here, display and ui_locales change nothing yet, and acr_values asks for what it gets where it can [OIDC §3.1.2.1].
        var options = new RequestOptions(parameters.Optional("claims"), resource?.Identifier, parameters.Optional("authorization_details"));
        ProofRequest.CheckDetails(partner.Policy, options.Details, types);
        if (!Session.Contexts.Any(context => Admits(partner.Policy, options, context))) throw OAuthRefusal.UnmetAuthenticationRequirements();
        var hint = parameters.Optional("id_token_hint") is { } token ? HintedSubjectOf(token, partner, keys) : AskedSubjectOf(options);
        return new(
            partner, redirectUri, responseMode, scope, parameters.Optional("state"), parameters.Optional("nonce"), challenge, hint,
            options, prompts, ReadMaxAge(parameters.Optional("max_age")) ?? partner.Metadata.DefaultMaxAge, jkt, received.PushedDigest);
    }

    /// <summary>The subject that the <c>claims</c> parameter asks for by its value [OIDC §5.5.1]; null where it asks for none.</summary>
    private static string? AskedSubjectOf(RequestOptions options) =>
        options.ClaimsRequest.IdToken.TryGetValue("sub", out var wish) && wish.Values is [{ } value] && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static long? ReadMaxAge(string? maxAge) => maxAge is null ? null
        : long.TryParse(maxAge, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
        : throw OAuthRefusal.InvalidRequest("max_age must be a number of seconds");

    /// <summary>Whom the hint names: an ID token of ours for this client, which may have expired [OIDC §3.1.2.1] [OIDC §3.1.2.2].</summary>
    private static string HintedSubjectOf(string token, Partner partner, KeyRing keys) => IdTokenHint.Read(token, keys) is var hint && hint.ClientId == partner.ClientId
        ? hint.Subject
        : throw OAuthRefusal.InvalidRequest("id_token_hint is another client's");

    /// <summary>Whether a redirect URI is one of a client's.</summary>
    public static bool IsRegistered(Partner partner, string redirectUri) =>
        Standards.OAuth.RedirectUri.IsRegistered(redirectUri, partner.RedirectUris, partner.IsPublic);

    /// <summary>The resource that the client's tokens are to be for; null where they are for userinfo.</summary>
    private static async Task<Resource?> ResourceOfAsync(string? named, Partner partner, Nation nation, Database database)
    {
        if (named is null || named == Resource.UserInfo(nation)) return null;
        return await Resource.FindAsync(database, named) is { } resource && resource.IsFor(partner) ? resource : throw OAuthRefusal.InvalidTarget("there is no such resource for this client");
    }

    private static string GrantedScope(string? asked, Partner partner, Resource? resource)
    {
        var scopes = (asked ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!scopes.Contains(OpenIdScope)) throw OAuthRefusal.InvalidScope("scope must hold openid");

        // A token for a resource opens something there.
        var there = resource is null ? [] : AccessToken.Allowed(resource, partner, asked!).Split(' ');

        // Unknown scopes are ignored [OIDC §3.1.2.1]; those that the client was not registered for are not granted.
        return string.Join(' ', scopes.Where(scope => scope == OpenIdScope || partner.Policy.Of(scope) is not null
            || (scope == OfflineAccess && partner.MayRefresh) || there.Contains(scope)).Distinct());
    }

    private static string[] ReadPrompts(string? prompt)
    {
        var prompts = (prompt ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (prompts.Contains("none")) return prompts.Length == 1 ? prompts : throw OAuthRefusal.InvalidRequest("prompt=none goes with no other value");
        return prompts.All(Prompting.Contains) ? prompts : throw OAuthRefusal.InvalidRequest("prompt holds an unknown value");
    }
}
