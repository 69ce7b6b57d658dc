using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Server;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>The real server on 127.0.0.1, on a real SQLite file of its own, with a clock that can be moved. The port is chosen first, since the issuer holds it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly TestServer? _beside;

    private TestServer(WebApplication app, NationContext nation, ManualTime time, string folder, TestServer? beside)
    {
        _app = app;
        _folder = folder;
        _beside = beside;
        Nation = nation;
        Time = time;
        Http = NewBrowser();
    }

    /// <summary>The nation behind the server: what a command line process would work on.</summary>
    public NationContext Nation { get; }

    public ManualTime Time { get; }

    public string Issuer => Nation.Keys.Nation.Issuer;

    /// <summary>The folder with the database.</summary>
    public string Folder => _folder;

    public Settings Settings { get; private init; } = null!;

    /// <summary>A client that follows no redirect and has a cookie jar of its own.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="folder">The folder with the database; a new one where null.</param>
    /// <param name="change">Changes the settings.</param>
    /// <param name="path">The issuer's path.</param>
    /// <param name="beside">A server whose nation, database and clock this one shares, on a port of its own: a second host.</param>
    public static async Task<TestServer> StartAsync(
        string? folder = null, Func<Settings, Settings>? change = null, string path = "", TestServer? beside = null)
    {
        folder ??= beside?.Folder ?? Directory.CreateTempSubdirectory("netid-test-").FullName;
        var address = $"http://localhost:{FreePort()}";
        var issuer = beside?.Issuer ?? address + path;
        var settings = new Settings
        {
            Issuer = issuer,
            Urls = beside is null ? null : address,
            ConnectionString = $"Data Source={Path.Combine(folder, "netid.db")}",
            Secret = "a secret for tests alone, of more than 32 characters",
            NationName = "Nation of Tests",
            IsDevelopment = true,
        };
        settings = change?.Invoke(settings) ?? settings;
        var time = beside?.Time ?? new ManualTime();
        var nation = await NationContext.OpenAsync(settings, time);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        var app = Wiring.Build(builder, settings, nation);
        await app.StartAsync();
        return new TestServer(app, nation, time, folder, beside) { Settings = settings };
    }

    /// <summary>Another browser, or another machine: follows no redirect, and has a cookie jar of its own.</summary>
    public static HttpClient NewBrowser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), UseCookies = true });

    /// <summary>The URL of a path, on this host.</summary>
    public string Url(string path) => _beside is null ? Nation.Keys.Nation.Url(path) : Settings.Urls + path;

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
        if (_beside is not null) return;
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
