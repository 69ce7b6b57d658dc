using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>What the provider says of itself: fetched when it is first needed, and again where that failed.</summary>
internal sealed class Discovery(SamplePartnerOptions options, Backchannel backchannel)
{
    private const string Suffix = "/.well-known/openid-configuration";

    private volatile Provider? _provider;
    private volatile IReadOnlyList<SecurityKey>? _keys;

    /// <summary>The part of the metadata that the app uses [OIDC-Discovery §3].</summary>
    public sealed record Provider(string Issuer, string AuthorizationEndpoint, string TokenEndpoint, string UserInfoEndpoint, string JwksUri);

    /// <summary>The provider.</summary>
    /// <exception cref="SignInException">It doesn't answer, or not as a provider.</exception>
    public async Task<Provider> FindAsync(CancellationToken cancellation)
    {
        if (_provider is { } known) return known;
        var json = await GetAsync(options.DiscoveryUrl, cancellation);
        var provider = new Provider(
            Text(json, "issuer"), Text(json, "authorization_endpoint"), Text(json, "token_endpoint"), Text(json, "userinfo_endpoint"), Text(json, "jwks_uri"));

        // The document's issuer is the one whose document was asked for [OIDC-Discovery §4.3].
        if (provider.Issuer.TrimEnd('/') + Suffix != options.DiscoveryUrl)
            throw new SignInException(Fault.NotAProvider, "issuer", $"the document at {options.DiscoveryUrl} is the one of {provider.Issuer}");
        return _provider = provider;
    }

    /// <summary>The keys that the provider signs ID tokens with.</summary>
    /// <param name="areNew">Fetch them again: a token names one that is not among them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SignInException">It doesn't answer, or not as a provider.</exception>
    public async Task<IReadOnlyList<SecurityKey>> KeysAsync(bool areNew, CancellationToken cancellation)
    {
        if (!areNew && _keys is { } known) return known;
        var json = await GetAsync((await FindAsync(cancellation)).JwksUri, cancellation);
        try
        {
            return _keys = [.. new JsonWebKeySet(json.ToJsonString()).GetSigningKeys()];
        }
        catch (ArgumentException exception)
        {
            throw new SignInException(Fault.NotAProvider, "jwks_uri", exception.Message);
        }
    }

    private async Task<JsonObject> GetAsync(string url, CancellationToken cancellation)
    {
        try
        {
            return await backchannel.Client.GetFromJsonAsync<JsonObject>(url, cancellation) ?? throw new JsonException("null is no document");
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SignInException(Fault.NoAnswer, null, url);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw new SignInException(Fault.NotAProvider, null, $"what {url} answers with is no JSON object");
        }
    }

    private static string Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text)
        ? text
        : throw new SignInException(Fault.NotAProvider, name, "the discovery document has no such member");
}
