using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>An OpenID provider that says yes at once, and each of whose answers can be broken: what is not given is done rightly.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "the-client";
    public const string Secret = "the secret & more";

    private readonly Dictionary<string, string?> _nonces = [];
    private WebApplication? _app;

    public string Issuer { get; } = $"http://localhost:{TestServer.FreePort()}";

    /// <summary>What is said of the person, in the ID token and by userinfo.</summary>
    public JsonObject Claims { get; set; } = [];

    public SigningKey Key { get; set; } = NewKey();

    /// <summary>Changes the authorization response.</summary>
    public Action<Dictionary<string, string?>> OnAnswer { get; set; } = _ => { };

    /// <summary>Changes the ID token's claims.</summary>
    public Action<JsonObject> OnIdToken { get; set; } = _ => { };

    /// <summary>Changes the token response, which may be another JSON.</summary>
    public Func<JsonObject, IResult> OnTokens { get; set; } = json => Results.Json(json);

    /// <summary>Changes what userinfo answers with.</summary>
    public Func<JsonObject, IResult> OnUserInfo { get; set; } = json => Results.Json(json);

    /// <summary>Changes the discovery document.</summary>
    public Func<JsonObject, IResult> OnDiscovery { get; set; } = json => Results.Json(json);

    /// <summary>The form of the token request that came last.</summary>
    public IFormCollection? TokenRequest { get; private set; }

    /// <summary>How often userinfo was asked.</summary>
    public int UserInfoRequests { get; private set; }

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        await provider.OpenAsync();
        return provider;
    }

    public static SigningKey NewKey() => SigningKey.FromRsa(RSA.Create(2048));

    public async Task OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions.UseUrls(builder.WebHost, Issuer);
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => OnDiscovery(new JsonObject
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["userinfo_endpoint"] = Issuer + "/userinfo",
            ["jwks_uri"] = Issuer + "/jwks",
        }));
        _app.MapGet("/jwks", () => Results.Json(new JsonObject { ["keys"] = new JsonArray(Key.PublicKey.ToJson()) }));
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", TokenAsync).DisableAntiforgery();
        _app.MapGet("/userinfo", () =>
        {
            UserInfoRequests++;
            var claims = (JsonObject)Claims.DeepClone();
            claims["sub"] = "the-person";
            return OnUserInfo(claims);
        });
        await _app.StartAsync();
    }

    public async Task CloseAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private IResult Authorize(HttpRequest request)
    {
        var code = $"code-{_nonces.Count}";
        _nonces[code] = request.Query["nonce"];
        var answer = new Dictionary<string, string?> { ["code"] = code, ["state"] = request.Query["state"], ["iss"] = Issuer };
        OnAnswer(answer);
        return Results.Redirect(QueryHelpers.AddQueryString(request.Query["redirect_uri"]!, answer.Where(pair => pair.Value is not null)));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        TokenRequest = await request.ReadFormAsync();
        if (TokenRequest["client_secret"] != Secret || !_nonces.Remove(TokenRequest["code"]!, out var nonce))
            return Results.Json(new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "the code is of no use" }, statusCode: (int)HttpStatusCode.BadRequest);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = (JsonObject)Claims.DeepClone();
        (claims["iss"], claims["sub"], claims["aud"]) = (Issuer, "the-person", ClientId);
        (claims["iat"], claims["exp"], claims["auth_time"]) = (now, now + 300, now);
        claims["nonce"] = nonce;
        OnIdToken(claims);
        return OnTokens(new JsonObject
        {
            ["access_token"] = "the-access-token",
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
            ["id_token"] = await Jws.SignAsync("JWT", claims, Key),
        });
    }
}
