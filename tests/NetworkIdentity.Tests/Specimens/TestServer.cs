using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Server;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The real server on 127.0.0.1, on a real SQLite file of its own, with a clock that can be moved. The port is chosen first, since the issuer holds it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private TestServer(WebApplication app, NationContext nation, ManualTime time, string folder)
    {
        _app = app;
        _folder = folder;
        Nation = nation;
        Time = time;
        Http = NewBrowser();
    }

    /// <summary>The nation behind the server: what a command line process would work on.</summary>
    public NationContext Nation { get; }

    public ManualTime Time { get; }

    /// <summary>Every route that is mapped.</summary>
    public IReadOnlyList<RouteEndpoint> Routes => [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public string Issuer => Nation.Keys.Nation.Issuer;

    /// <summary>The folder with the database.</summary>
    public string Folder => _folder;

    public Settings Settings { get; private init; } = null!;

    /// <summary>A client that follows no redirect and has a cookie jar of its own.</summary>
    public HttpClient Http { get; }

    public static async Task<TestServer> StartAsync(string? folder = null, Func<Settings, Settings>? change = null, string path = "")
    {
        folder ??= Directory.CreateTempSubdirectory("netid-test-").FullName;
        var issuer = $"http://localhost:{FreePort()}{path}";
        var settings = new Settings
        {
            Issuer = issuer,
            ConnectionString = $"Data Source={Path.Combine(folder, "netid.db")}",
            Secret = "a secret for tests alone, of more than 32 characters",
            NationName = "Nation of Tests",
            IsDevelopment = true,
        };
        settings = change?.Invoke(settings) ?? settings;
        var time = new ManualTime();
        var nation = await NationContext.OpenAsync(settings, time);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        var app = Wiring.Build(builder, settings, nation);
        await app.StartAsync();
        return new TestServer(app, nation, time, folder) { Settings = settings };
    }

    /// <summary>Another browser, or another machine: follows no redirect, and has a cookie jar of its own.</summary>
    public static HttpClient NewBrowser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), UseCookies = true });

    /// <summary>The URL of a path.</summary>
    public string Url(string path) => Nation.Keys.Nation.Url(path);

    /// <summary>A partner, registered as asked.</summary>
    public async Task<(string ClientId, string? Secret)> RegisterAsync(
        string redirectUri = "https://app.example/callback", Func<ClientRegistration.Request, ClientRegistration.Request>? change = null)
    {
        var request = new ClientRegistration.Request { Name = "Example App", RedirectUris = [redirectUri] };
        return await Nation.Registration.RegisterAsync(change?.Invoke(request) ?? request);
    }

    /// <summary>A wallet that has taken a membership credential.</summary>
    public async Task<TestWallet> MemberAsync(string? memberId = null, params (string Name, string Value)[] claims)
    {
        var wallet = new TestWallet(this);
        var made = await Nation.Offering.MakeAsync("membership", memberId, claims.ToDictionary(claim => claim.Name, claim => claim.Value), withTransactionCode: false);
        await wallet.TakeAsync(made.Id);
        return wallet;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Nation.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
