using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>
/// What OpenID Connect adds to OAuth, on the handler that ASP.NET Core has in stock. <c>state</c>, the cookie that binds it to the browser, PKCE and the
/// code exchange are the handler's; here are discovery, <c>nonce</c>, <c>iss</c> and the ID token.
/// </summary>
internal sealed class OpenIdHandler(
    IOptionsMonitor<OpenIdOptions> options, ILoggerFactory logger, UrlEncoder encoder, Discovery discovery, IdTokenCheck idTokens)
    : OAuthHandler<OpenIdOptions>(options, logger, encoder)
{
    private const string Nonce = "nonce";
    private const string State = "state";
    private const string Asked = "asked";

    /// <summary>Where the handler keeps the name of the cookie of a sign-in.</summary>
    private const string Correlation = ".xsrf";

    /// <summary>Sends the browser to the provider, once it is known where that is.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await DiscoverAsync();
        properties.IssuedUtc = TimeProvider.GetUtcNow();
        await base.HandleChallengeAsync(properties);
    }

    /// <summary>The handler's authorization request, with a nonce [OIDC §3.1.2.1].</summary>
    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        properties.SetString(Nonce, Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32)));
        var url = QueryHelpers.AddQueryString(base.BuildChallengeUrl(properties, redirectUri), Nonce, properties.GetString(Nonce)!);

        // For the page that shows it afterwards, all of it but state travels in state.
        var parameters = QueryHelpers.ParseQuery(new Uri(url).Query);
        parameters.Remove(State);
        properties.SetString(Asked, QueryHelpers.AddQueryString(Options.AuthorizationEndpoint, parameters));
        return QueryHelpers.AddQueryString(properties.GetString(Asked)!, State, Options.StateDataFormat.Protect(properties));
    }

    /// <summary>The browser comes back. What the handler calls by one name has one for each cause here.</summary>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        // 1. state is ours, and of this run of the app.
        var properties = Options.StateDataFormat.Unprotect(Request.Query[State]) ?? throw new SignInException(Fault.UnknownState);

        // 2. It is this browser's: the cookie that went out with it comes back.
        if (!Request.Cookies.ContainsKey(Options.CorrelationCookie.Name + properties.GetString(Correlation)))
        {
            var isLate = properties.IssuedUtc + Options.RemoteAuthenticationTimeout <= TimeProvider.GetUtcNow();
            throw new SignInException(isLate ? Fault.TooLate : Fault.NoCookie);
        }

        // From here on there is something to show.
        Exchange.Keep(properties, Wire(properties));

        // 3. The answer is from the provider that was asked [RFC9207 §2.4]; where it is not, nothing else of it is believed.
        var provider = await DiscoverAsync();
        if (Request.Query["iss"] != provider.Issuer) return Fail(Fault.WrongIssuer, "iss", Request.Query["iss"]);

        // 4. It may be an error [RFC6749 §4.1.2.1].
        if (Request.Query.TryGetValue("error", out var error)) return Fail(Fault.Refused, error, Request.Query["error_description"]);

        // 5. The rest is the handler's.
        return await base.HandleRemoteAuthenticateAsync();

        HandleRequestResult Fail(Fault fault, string? code, string? description) => HandleRequestResult.Fail(new SignInException(fault, code, description), properties);
    }

    /// <summary>The code for tokens [OIDC §3.1.3].</summary>
    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        OAuthTokenResponse tokens;
        try
        {
            tokens = await base.ExchangeCodeAsync(context);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !Context.RequestAborted.IsCancellationRequested))
        {
            throw new SignInException(Fault.NoAnswer, null, Options.TokenEndpoint);
        }
        catch (JsonException)
        {
            throw new SignInException(Fault.NotAProvider, "token_endpoint", "the answer is no JSON");
        }

        if (tokens.Error is { } error) throw new SignInException(Fault.NoTokens, error.Data["error"]?.ToString(), error.Data["error_description"]?.ToString());
        Exchange.Keep(context.Properties, [.. Wire(context.Properties), OpenId.Backchannel.Last(Context, "Token request and response")]);
        return tokens;
    }

    /// <summary>Who it is: what the ID token says, once it holds.</summary>
    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = tokens.Response!.RootElement.TryGetProperty(Session.IdTokenName, out var value) ? value.GetString() : null;
        if (idToken is null) throw new SignInException(Fault.NoTokens, Session.IdTokenName, "the token response has none");
        var claims = await idTokens.ClaimsAsync(idToken, properties.GetString(Nonce)!, Context.RequestAborted);
        identity.AddClaim(new Claim("sub", (string)claims["sub"]!));
        properties.StoreTokens([.. properties.GetTokens(), new AuthenticationToken { Name = Session.IdTokenName, Value = idToken }]);
        properties.SetString(Nonce, null);
        properties.SetString(Asked, null);
        properties.IssuedUtc = null;
        return await base.CreateTicketAsync(identity, properties, tokens);
    }

    private async Task<Discovery.Provider> DiscoverAsync()
    {
        var provider = await discovery.FindAsync(Context.RequestAborted);
        (Options.AuthorizationEndpoint, Options.TokenEndpoint) = (provider.AuthorizationEndpoint, provider.TokenEndpoint);
        return provider;
    }

    private IReadOnlyList<Exchange> Wire(AuthenticationProperties properties) =>
    [
        Exchange.OfBrowser("Authorization request", QueryHelpers.AddQueryString(properties.GetString(Asked)!, State, Request.Query[State].ToString())),
        Exchange.OfBrowser("Authorization response", BuildRedirectUri(Options.CallbackPath) + Request.QueryString),
    ];
}
