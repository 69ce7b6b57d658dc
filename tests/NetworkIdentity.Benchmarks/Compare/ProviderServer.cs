using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>The peer: npm oidc-provider, all of it in memory, with its own pages for login and consent.</summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    private readonly Login.App _app = new("example-app", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
    private readonly string _peers;
    private readonly string _settings;

    private ProviderServer(string peers, string settings, string issuer) => (_peers, _settings, Issuer) = (peers, settings, issuer);

    public string Issuer { get; }

    public Child Child { get; private set; } = null!;

    public Traffic Traffic { get; } = new();

    /// <summary>Writes its settings: one confidential client, one RSA key, as ours has.</summary>
    public static async Task<ProviderServer> ConfigureAsync(string peers, string folder)
    {
        var port = Ports.Free();
        var server = new ProviderServer(peers, Path.Combine(folder, "oidc-provider.json"), $"http://localhost:{port}");
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(includePrivateParameters: true);
        var settings = new JsonObject
        {
            ["issuer"] = server.Issuer,
            ["port"] = port,
            ["client"] = new JsonObject
            {
                ["client_id"] = server._app.ClientId,
                ["client_secret"] = server._app.Secret,
                ["redirect_uris"] = new JsonArray(Login.App.RedirectUri),
                ["scope"] = "openid membership",
            },
            ["jwks"] = new JsonObject
            {
                ["keys"] = new JsonArray(new JsonObject
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["alg"] = "RS256",
                    ["n"] = Base64Url.Encode(key.Modulus),
                    ["e"] = Base64Url.Encode(key.Exponent),
                    ["d"] = Base64Url.Encode(key.D),
                    ["p"] = Base64Url.Encode(key.P),
                    ["q"] = Base64Url.Encode(key.Q),
                    ["dp"] = Base64Url.Encode(key.DP),
                    ["dq"] = Base64Url.Encode(key.DQ),
                    ["qi"] = Base64Url.Encode(key.InverseQ),
                }),
            },
        };
        await File.WriteAllTextAsync(server._settings, settings.ToJsonString());
        return server;
    }

    /// <summary>Starts it and waits for its first answer.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync(int? processor)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Child = Child.Start(processor, _peers, new Dictionary<string, string> { ["NODE_ENV"] = "production" }, "node", "oidc-provider.mjs", _settings);
        await Ports.FirstAnswerAsync(Child, Traffic, Issuer, watch);
        return watch.Elapsed;
    }

    /// <summary>Ends the process; it can be started again.</summary>
    public ValueTask StopAsync() => Child.DisposeAsync();

    /// <summary>The app asks; the person logs in, consents, and comes back with a code.</summary>
    public async Task LogInAsync(Login login)
    {
        var next = await Traffic.FollowAsync(login.RequestTo($"{Issuer}/auth", _app), login.Browser);
        (string, string)[] answers = [("prompt", "login"), ("login", "ada"), ("password", "a password")];
        while (next.StartsWith(Issuer, StringComparison.Ordinal))
        {
            await Traffic.GetAsync(next, login.Browser);
            next = await Traffic.FollowAsync(next, login.Browser, answers);
            next = await Traffic.FollowAsync(next, login.Browser);
            answers = [("prompt", "consent")];
        }

        login.Code = Traffic.Parameter(next, "code");
    }

    /// <summary>The app redeems the code.</summary>
    public Task RedeemAsync(Login login) => login.RedeemAsync(Traffic, $"{Issuer}/token", _app);

    public async ValueTask DisposeAsync()
    {
        if (Child is not null) await Child.DisposeAsync();
        Traffic.Dispose();
    }
}
