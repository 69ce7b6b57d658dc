using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Commands;

/// <summary>
/// The desk's calls as a native app makes them [RFC8252]: a public client, which signs its person in by the browser with PKCE, and proves its key with each call [RFC9449].
/// </summary>
internal sealed partial class DeskClient : IDisposable
{
    private readonly string _issuer;
    private readonly string _clientId;
    private readonly DeskStore _store;
    private readonly Fetcher _fetcher;
    private string? _nonce;

    /// <summary>For one nation.</summary>
    /// <exception cref="SettingsException">The issuer is no URL that can be called.</exception>
    public DeskClient(string issuer, string clientId)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")) throw new SettingsException(["--issuer must be the nation's URL, as https://nation.example"]);
        (_issuer, _clientId, _store) = (issuer.TrimEnd('/'), clientId, DeskStore.Open(issuer.TrimEnd('/'), clientId));
        _fetcher = new Fetcher(new Fetcher.Options { Ports = [uri.Port], Loopback = Nation.LeadsToThisMachineAlone(uri) }, TimeProvider.System);
    }

    /// <summary>Calls the desk, after a sign-in where one is needed.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">What follows <c>/api/desk/decisions</c>.</param>
    /// <param name="body">JSON; null where there is none.</param>
    /// <param name="headers">What else is said.</param>
    /// <returns>The answer, and its ETag where it has one.</returns>
    /// <exception cref="Refusal">What the nation refused, with its code; <c>desk_unreachable</c>, <c>sign_in_failed</c>.</exception>
    public async Task<(JsonObject Json, string? Tag)> CallAsync(HttpMethod method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var url = $"{_issuer}/api/desk/decisions{path}";
        if (_store.Token is null || _store.ExpiresAt <= Now()) await SignInAsync(Challenge.None);
        HashSet<string> mended = [];
        while (true)
        {
            var token = _store.Token!;
            var answer = await SendAsync(method, url, token, body is null ? null : "application/json", body, [("Authorization", $"{DpopProof.Scheme} {token}"), .. headers]);
            var json = JsonOf(answer);
            if (answer.Status is >= 200 and < 300) return (json, answer.ETag);
            var (code, words) = (json.OptionalString("title") ?? "desk_unreachable", json.OptionalString("detail") ?? $"the nation answered {answer.Status}");

            // A token that has ended is asked for again, and a proof that is too old or too little made as the nation says [RFC9470 §4]: each once.
            if (answer.Status != 401 || !mended.Add(code)) throw DeskClientRefusal.Answered(code, words);
            var isProof = code == OAuthRefusal.InsufficientUserAuthenticationCode;
            if (isProof) await Console.Error.WriteLineAsync(OAuthRefusal.Printable(words));
            await SignInAsync(isProof ? Challenge.Of(answer.Headers.GetValueOrDefault("WWW-Authenticate", "")) : Challenge.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fetcher.Dispose();

    /// <summary>The person signs in, in a browser of their choice.</summary>
    private async Task SignInAsync(Challenge challenge)
    {
        // 1. Where. What says so is of the issuer that was named [OIDC-Discovery §4.3].
        var metadata = JsonOf(await HeardAsync(_fetcher.AskAsync(HttpMethod.Get, $"{_issuer}/.well-known/openid-configuration", [])));
        if (metadata.OptionalString("issuer") != _issuer) throw DeskClientRefusal.SignInFailed("what is at this URL is no nation's, or another's");

        // 2. The person, with an address of this machine to come back to.
        await using var signIn = await DeskSignIn.OpenAsync();
        var verifier = RandomId.Secret();
        List<(string Name, string Value)> asked =
        [
            ("client_id", _clientId), ("redirect_uri", signIn.RedirectUri), ("response_type", "code"), ("scope", challenge.Scope ?? $"openid {Resource.DeskScope}"), ("resource", $"{_issuer}/api/desk"), ("state", signIn.State),
            ("code_challenge", Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), ("code_challenge_method", Pkce.S256), ("dpop_jkt", _store.Key.PublicKey.Thumbprint()),
        ];
        if (challenge.MaxAge is { } maxAge) asked.Add(("max_age", maxAge));
        await Console.Error.WriteLineAsync($"To sign in, open this in a browser:\n{metadata.RequiredString("authorization_endpoint")}?{Encoded(asked)}");
        var code = await signIn.CodeAsync(_issuer);

        // 3. The code for a token that is bound to the key.
        var form = Encoded([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", signIn.RedirectUri), ("client_id", _clientId), ("code_verifier", verifier)]);
        var answer = await SendAsync(HttpMethod.Post, metadata.RequiredString("token_endpoint"), null, "application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(form), []);
        var tokens = JsonOf(answer);
        if (answer.Status != 200) throw DeskClientRefusal.SignInFailed($"the nation answered {tokens.OptionalString("error")}: {tokens.OptionalString("error_description")}");
        if (tokens.OptionalString("token_type") != DpopProof.Scheme) throw DeskClientRefusal.SignInFailed("the token is bound to no key");
        _store.Keep(tokens.RequiredString("access_token"), Now() + (tokens.OptionalInt64("expires_in") ?? 0));
    }

    /// <summary>Sends with a proof; again with the nonce that it is told to use [RFC9449 §8].</summary>
    private async Task<FetchResult> SendAsync(HttpMethod method, string url, string? token, string? contentType, byte[]? body, IReadOnlyList<(string Name, string Value)> headers)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await HeardAsync(_fetcher.AskAsync(method, url, [("DPoP", await ProofAsync(method, url, token)), .. headers], contentType ?? (method == HttpMethod.Post ? "application/json" : null), body));
            var isStale = answer.Headers.TryGetValue("DPoP-Nonce", out var nonce) && _nonce != nonce;
            _nonce = nonce ?? _nonce;
            if (attempt > 0 || !isStale || answer.Status is not (400 or 401) || !IsAbout(answer, OAuthRefusal.UseDpopNonceCode)) return answer;
        }
    }

    private async Task<string> ProofAsync(HttpMethod method, string url, string? token)
    {
        var header = new JsonObject { ["typ"] = DpopProof.Type, ["alg"] = _store.Key.Algorithm, ["jwk"] = _store.Key.PublicKey.Bare().ToJson() };
        var claims = new JsonObject { ["jti"] = RandomId.Secret(), ["htm"] = method.Method, ["htu"] = url, ["iat"] = Now() };
        if (_nonce is not null) claims["nonce"] = _nonce;
        if (token is not null) claims["ath"] = Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        return await Jws.SignAsync(Jws.ToBeSigned(header, claims), _store.Key);
    }

    /// <summary>What a sign-in must be for the nation to go on [RFC9470 §3].</summary>
    private sealed partial record Challenge(string? MaxAge, string? Scope)
    {
        public static readonly Challenge None = new(null, null);

        /// <summary>As the header says it.</summary>
        public static Challenge Of(string header)
        {
            var needed = Needed().Matches(header).ToLookup(one => one.Groups["name"].Value, one => one.Groups["value"].Value);
            return new(needed["max_age"].FirstOrDefault(), needed["scope"].FirstOrDefault());
        }

        [GeneratedRegex(", (?<name>max_age|scope)=\"(?<value>[a-z0-9_ ]{1,200})\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
        private static partial Regex Needed();
    }

    private static bool IsAbout(FetchResult answer, string code) => JsonOf(answer) is var json && (json.OptionalString("error") ?? json.OptionalString("title")) == code;

    private static async Task<FetchResult> HeardAsync(Task<FetchResult> call) => await call is { Fault: null } answer ? answer : throw DeskClientRefusal.Unreachable((await call).Detail!);

    private static JsonObject JsonOf(FetchResult answer)
    {
        try
        {
            return StrictJson.ParseObject(answer.Body.Span);
        }
        catch (Refusal)
        {
            throw DeskClientRefusal.Unreachable($"it answered {answer.Status} with something else than JSON");
        }
    }

    private static string Encoded(IEnumerable<(string Name, string Value)> fields) => string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
