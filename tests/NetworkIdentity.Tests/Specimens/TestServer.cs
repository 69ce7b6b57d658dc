using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>
/// The real server on 127.0.0.1, on a real database of its own, with a clock that can be moved. The port is chosen first, since the issuer holds it. On PostgreSQL
/// it is two servers, and a test's calls go to the one and the other by turns, each on a new connection: what holds, holds through both.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly string _address;
    private readonly TestStore? _store;

    /// <summary>The second server's port, by the port at which it is called.</summary>
    private static readonly ConcurrentDictionary<int, int> Seconds = [];
    private static int _calls;

    // Below those that Linux gives to outgoing calls; each process begins elsewhere.
    private const int LowestPort = 10_240;
    private const int Ports = 22_000;

    /// <summary>A practice server listens beside its own port too (<see cref="Places"/>): the next one begins behind.</summary>
    private const int PortsOfOne = 4;

    private static int _ports = Environment.ProcessId * 61;

    // Of the test that starts a server, and of no other.
    private static readonly AsyncLocal<ILoggerProvider?> Log = new();

    private TestServer? _second;

    private TestServer(WebApplication app, NationContext nation, ManualTime time, string folder, string address, TestStore? store)
    {
        _app = app;
        _folder = folder;
        _address = address;
        _store = store;
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

    /// <summary>How the sample apps are registered; null where the settings are not for practice.</summary>
    public PracticeClients? Practice { get; private init; }

    /// <summary>A client that follows no redirect and has a cookie jar of its own.</summary>
    public HttpClient Http { get; }

    /// <summary>Something that this server has one of.</summary>
    public T The<T>(object? key = null)
        where T : notnull => key is null ? _app.Services.GetRequiredService<T>() : _app.Services.GetRequiredKeyedService<T>(key);

    /// <summary>A server whose log goes somewhere.</summary>
    public static async Task<TestServer> StartAsync(ILoggerProvider log, Func<Settings, Settings>? change = null)
    {
        Log.Value = log;
        return await StartAsync(folder: null, change);
    }

    public static async Task<TestServer> StartAsync(string? folder = null, Func<Settings, Settings>? change = null, string path = "", params CredentialType[] more)
    {
        folder ??= Directory.CreateTempSubdirectory("netid-test-").FullName;
        var store = TestStore.New(folder);
        var issuer = $"http://localhost:{FreePort()}{path}";
        var settings = new Settings
        {
            Issuer = issuer,
            ConnectionString = store.ConnectionString,
            DataFolder = folder,
            Secret = "a secret for tests alone, of more than 32 characters",
            NationName = "Nation of Tests",
            IsDevelopment = true,
        };
        var server = await StartAsync(change?.Invoke(settings) ?? settings, new ManualTime(), folder, store, more);
        if (TestPostgres.IsEngine && !server.Settings.IsPractice) await server.AddSecondAsync(more);
        return server;
    }

    /// <summary>
    /// Another server for the same nation: the same database and issuer, on a port of its own, with the same clock unless another is given. It is disposed
    /// of first.
    /// </summary>
    public Task<TestServer> StartBesideAsync(Func<Settings, Settings>? change = null, ManualTime? time = null)
    {
        var settings = Settings with { Urls = $"http://localhost:{FreePort()}" };
        return StartAsync(change?.Invoke(settings) ?? settings, time ?? Time, _folder, null, []);
    }

    /// <summary>A server on a nation that a test made itself, which keeps the issuer and has an address of its own.</summary>
    public static Task<TestServer> StartOnAsync(Settings settings, ManualTime time, string folder, TestStore store) => StartAsync(settings, time, folder, store, []);

    /// <summary>Another browser, or another machine: follows no redirect, and has a cookie jar of its own.</summary>
    public static HttpClient NewBrowser() => new(NewHandler(handler => handler.CookieContainer = new CookieContainer()));

    /// <summary>A program that follows no redirect and has no cookie jar: it sends the cookies that a test gives it, and no others.</summary>
    public static HttpClient NewProgram() => new(NewHandler(handler => handler.UseCookies = false));

    /// <summary>The URL of a path at this server: the issuer's, or its own where it stands beside another.</summary>
    public string Url(string path) => _store is null || Settings.Urls is not null ? _address + path : Nation.Keys.Nation.Url(path);

    /// <summary>The URL of a path at this very server, where another one may have the issuer's address.</summary>
    public string UrlHere(string path) => _address + new Uri(Nation.Keys.Nation.Url(path)).PathAndQuery;

    /// <summary>Everything that is stored.</summary>
    public byte[] BytesAtRest() => _store!.BytesAtRest();

    /// <summary>A digest of each table.</summary>
    public async Task<List<string>> StoredAsync() => [.. (await Copying.DigestAsync(Nation.Database)).Select(table => table.ToString())];

    /// <summary>Makes every such write fail.</summary>
    public void Trip(string when) => _store!.Trip(when);

    /// <summary>Takes it away again.</summary>
    public void Mend(string table) => _store!.Mend(table);

    /// <summary>How many rows a table has: what a refused request must leave as it was.</summary>
    public Task<long> CountAsync(string table) => Nation.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"));

    /// <summary>What this very server is asked from here on: method, path and query in a line, and each header in one.</summary>
    public ConcurrentQueue<string> Hear() => _app.Services.GetServices<IStartupFilter>().OfType<Ear>().Single().Requests = [];

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

    /// <summary>The wallet of a member takes another credential of theirs.</summary>
    public async Task GiveAsync(TestWallet wallet, string type, params (string Name, string Value)[] claims)
    {
        var made = await Nation.Offering.MakeAsync(type, (await RecordOfAsync(wallet)).MemberId, claims.ToDictionary(claim => claim.Name, claim => claim.Value), withTransactionCode: false);
        await wallet.TakeAsync(made.Id);
    }

    /// <summary>A wallet that has taken membership, a residency of thirty days in Lisbon, and a reputation.</summary>
    public async Task<TestWallet> ResidentAsync()
    {
        var wallet = await MemberAsync(null, ("tier", "citizen"));
        await GiveResidencyAsync(wallet, 0, 30);
        await GiveReputationAsync(wallet);
        return wallet;
    }

    /// <summary>A residency in Lisbon, from and until so many days from today.</summary>
    public Task GiveResidencyAsync(TestWallet wallet, int from, int until) =>
        GiveAsync(wallet, "residency", ("residency_status", "resident"), ("node", "Lisbon"), ("from", Day(from)), ("until", Day(until)), ("host_jurisdiction", "PT"));

    /// <summary>A reputation for hosting.</summary>
    public Task GiveReputationAsync(TestWallet wallet) => GiveAsync(
        wallet, "reputation", ("domain", "hosting"), ("band", "established"), ("facts_at_least", "10"), ("method", "witnessed-facts"), ("method_version", "1"),
        ("contest_at", "https://nation.example/contest"));

    /// <summary>The nation's record of the session that tokens are of.</summary>
    public async Task<Sessions.Row> SessionOfAsync(System.Text.Json.Nodes.JsonObject tokens)
    {
        var sid = TestSignIn.ClaimsOf(tokens)["sid"]!.GetValue<string>();
        var ids = await Nation.Database.ReadAsync(async connection => (await connection.QueryAsync<string>("SELECT id FROM session")).AsList());
        return (await Sessions.FindAsync(Nation.Database, ids.Single(id => Session.NameOf(Nation.Keys, id) == sid)))!;
    }

    /// <summary>The day so many days from today.</summary>
    public string Day(int days) => Time.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd");

    /// <summary>The nation's record of a credential in a wallet.</summary>
    public async Task<Credentials.Row> RecordOfAsync(TestWallet wallet, string type = "membership")
    {
        var status = NetworkIdentity.Standards.StatusLists.StatusListReference.Of(NetworkIdentity.Standards.SdJwt.SdJwt.Parse(wallet.Held[type]).IssuerSigned.Claims())!;
        return (await Credentials.FindBySlotAsync(Nation.Database, Forgery.ListId(status.Uri), status.Index))!;
    }

    /// <summary>From here on calls go to the first server alone: what is tested is of one server, as a limit that each has for itself, or keys that only it knows yet.</summary>
    public IDisposable Alone()
    {
        var port = new Uri(_address).Port;
        return new Lonely(port, Seconds.TryRemove(port, out var second) ? second : null);
    }

    /// <summary>Stops it; what is stored stays.</summary>
    public async Task StopAsync()
    {
        if (_second is not null)
        {
            Seconds.TryRemove(new Uri(_address).Port, out _);
            await _second.DisposeAsync();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
        await Nation.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        if (_store is null) return;
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<TestServer> StartAsync(Settings settings, ManualTime time, string folder, TestStore? store, CredentialType[] more)
    {
        var nation = await NationContext.OpenAsync(settings, time, CredentialType.LoadAll().Values.Concat(more).ToDictionary(type => type.Name));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        if (Log.Value is { } log) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<IStartupFilter>(new Ear());
        var people = settings.IsPractice ? await PracticePeople.OpenAsync(nation, folder) : null;
        var practice = settings.IsPractice ? await PracticeClients.OpenAsync(nation, Places.Of(settings, nation.Keys.Nation.Issuer), folder) : null;
        var app = Wiring.Build(builder, settings, nation, practice, people);
        await app.StartAsync();
        var address = settings.ListenAddresses(nation.Keys.Nation.Issuer)[0].GetLeftPart(UriPartial.Authority);
        return new TestServer(app, nation, time, folder, address, store) { Settings = settings, Practice = practice };
    }

    /// <summary>What each server does once a minute: it reads the keys again, and goes on with the DID.</summary>
    public async Task RenewKeysAsync()
    {
        await Nation.Keys.RenewAsync();
        if (Nation.DidLog is { } did) await did.RenewAsync();
        if (_second is not null) await _second.RenewKeysAsync();
    }

    private async Task AddSecondAsync(CredentialType[] more)
    {
        _second = await StartAsync(Settings with { Urls = $"http://localhost:{FreePort()}" }, Time, _folder, null, more);
        Seconds[new Uri(_address).Port] = new Uri(_second._address).Port;
    }

    private static SocketsHttpHandler NewHandler(Action<SocketsHttpHandler> change)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        change(handler);
        if (!TestPostgres.IsEngine) return handler;
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.ConnectCallback = async (context, stopping) =>
        {
            var port = context.DnsEndPoint.Port;
            if (Seconds.TryGetValue(port, out var second) && Interlocked.Increment(ref _calls) % 2 == 0) port = second;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new DnsEndPoint(context.DnsEndPoint.Host, port), stopping);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return handler;
    }

    private sealed class Ear : IStartupFilter
    {
        public ConcurrentQueue<string>? Requests { get; set; }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                var asked = context.Request;
                Requests?.Enqueue(string.Join('\n', [$"{asked.Method} {asked.PathBase}{asked.Path}{asked.QueryString}", .. asked.Headers.Select(header => $"{header.Key}: {header.Value}")]));
                return rest(context);
            });
            next(app);
        };
    }

    private sealed class Lonely(int port, int? second) : IDisposable
    {
        public void Dispose()
        {
            if (second is { } other) Seconds[port] = other;
        }
    }

    /// <summary>A port of this machine that nobody listens on now. Not one that the system gives out by itself: an outgoing call might have it before it is listened on.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = LowestPort + ((int)((uint)Interlocked.Increment(ref _ports) % (Ports / PortsOfOne)) * PortsOfOne);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }
    }
}
