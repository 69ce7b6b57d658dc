using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using NetworkIdentity.SamplePartner;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The sample app on a host and port of its own, beside a real nation or a provider of the test's own.</summary>
internal sealed class TestPartner : IAsyncDisposable
{
    private WebApplication _app;

    private TestPartner(WebApplication app, SamplePartnerOptions options) => (_app, Options) = (app, options);

    public SamplePartnerOptions Options { get; }

    public string Home => Options.Origin + "/";

    /// <summary>A library, unless <paramref name="change"/> says otherwise.</summary>
    public static async Task<TestPartner> StartAsync(
        string issuer, string clientId, string secret, TimeProvider time, string? origin = null, Func<SamplePartnerOptions, SamplePartnerOptions>? change = null)
    {
        var options = new SamplePartnerOptions
        {
            Name = "Harbour Library",
            NationName = "Nation of Tests",
            Origin = origin ?? NewOrigin("library"),
            DiscoveryUrl = issuer + "/.well-known/openid-configuration",
            ClientId = clientId,
            ClientSecret = secret,
            Time = time,
        };
        options = change?.Invoke(options) ?? options;
        var app = SamplePartnerApp.Build(options);
        await app.StartAsync();
        return new TestPartner(app, options);
    }

    /// <summary>A library that is registered at a nation.</summary>
    public static async Task<TestPartner> StartAsync(TestServer server)
    {
        var origin = NewOrigin("library");
        var (clientId, secret) = await server.RegisterAsync(origin + SamplePartnerApp.CallbackPath, request => request with { Metadata = new() { DefaultMaxAge = 0 } });
        return await StartAsync(server.Issuer, clientId, secret!, server.Time, origin);
    }

    /// <summary>The same app in a new process, as far as its memory goes.</summary>
    public async Task RestartAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = SamplePartnerApp.Build(Options);
        await _app.StartAsync();
    }

    /// <summary>From the app's link to the page where a wallet proves, and back to the app's address with the answer, which is not gone to yet.</summary>
    public async Task<string> AnswerAsync(Visitor visitor, TestWallet wallet)
    {
        await visitor.GoAsync(Options.Origin + "/sign-in");
        return (await visitor.GoAsync(await TestSignIn.AnswerAsync(wallet, WalletLink(visitor.Html)), IsOurs))!;
    }

    /// <summary>The whole way.</summary>
    public async Task SignInAsync(Visitor visitor, TestWallet wallet) => await visitor.GoAsync(await AnswerAsync(visitor, wallet));

    /// <summary>The link on the sign-in page that opens a wallet on the same device.</summary>
    public static string WalletLink(string html) => WebUtility.HtmlDecode(Regex.Match(html, "openid4vp://[^\"<]+").Value);

    public bool IsOurs(string url) => url.StartsWith(Home, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public static string NewOrigin(string name, string scheme = "http") => $"{scheme}://{name}.localhost:{TestServer.FreePort()}";
}
