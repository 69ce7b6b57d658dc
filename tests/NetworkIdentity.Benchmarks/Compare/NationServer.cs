using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Ours: the published server as Production starts it, on a SQLite file, with offers and an app made beforehand by the core.</summary>
internal sealed partial class NationServer : IAsyncDisposable
{
    private readonly string _secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _connectionString;
    private readonly string _dll;
    private readonly string _folder;
    private readonly Queue<string> _offers = new();
    private List<Wallet> _wallets = [];
    private Login.App _app = null!;

    private NationServer(string dll, string folder, string connectionString) =>
        (_dll, _folder, _connectionString, Issuer) = (dll, folder, connectionString, $"http://localhost:{Ports.Free()}");

    public string Issuer { get; }

    public Child Child { get; private set; } = null!;

    public Traffic Traffic { get; } = new();

    /// <summary>The core of it, in this process beside the server.</summary>
    public Task<CoreNation> OpenAsync() => CoreNation.OpenAsync(_connectionString, _secret, Issuer);

    /// <summary>Founds a nation in a folder, or where a connection string says, registers an app, and makes offers.</summary>
    public static async Task<NationServer> FoundAsync(string dll, string folder, int offers, string? connectionString = null)
    {
        var server = new NationServer(dll, folder, connectionString ?? $"Data Source={Path.Combine(folder, "netid.db")}");
        await using var nation = await server.OpenAsync();
        using var fetcher = new Fetcher(new(), TimeProvider.System);
        var (clientId, secret) = await new ClientRegistration(nation.Database, CredentialType.LoadAll(), fetcher, false, TimeProvider.System).RegisterAsync(
            new ClientRegistration.Request { Name = "Example App", RedirectUris = [Login.App.RedirectUri] });
        server._app = new(clientId, secret!);
        foreach (var offer in await nation.OfferAsync(offers)) server._offers.Enqueue(offer);
        return server;
    }

    /// <summary>Starts it and waits for its first answer.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync(int? processor)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Child = StartAt(processor, Issuer);
        await Ports.FirstAnswerAsync(Child, Traffic, Issuer, watch);
        return watch.Elapsed;
    }

    /// <summary>Starts another server of the nation, on the same database, and waits for its first answer.</summary>
    public async Task<Child> StartAnotherAsync(string url)
    {
        var child = StartAt(null, url);
        await Ports.FirstAnswerAsync(child, Traffic, url, System.Diagnostics.Stopwatch.StartNew());
        return child;
    }

    /// <summary>Ends the process; it can be started again.</summary>
    public ValueTask StopAsync() => Child.DisposeAsync();

    /// <summary>So many wallets take an offer each, for the sign-ins.</summary>
    public async Task BecomeMembersAsync(int members)
    {
        _wallets = [.. Enumerable.Range(0, members).Select(_ => new Wallet(Traffic, Issuer))];
        foreach (var wallet in _wallets) await wallet.TakeAsync(_offers.Dequeue());
    }

    /// <summary>Wallets that are ready to take an offer each: the whole of a pre-authorized issuance.</summary>
    public IReadOnlyList<Func<Task>> Issuances(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var (wallet, offer) = (new Wallet(Traffic, Issuer), _offers.Dequeue());
        return new Func<Task>(() => wallet.TakeAsync(offer));
    })];

    /// <summary>A wallet that takes an offer that was just made, as one that has no part in the sign-ins.</summary>
    public Task TakeAsync(string offer) => new Wallet(Traffic, Issuer).TakeAsync(offer);

    /// <summary>A sign-in, whole.</summary>
    public async Task SignInAsync(int member)
    {
        var login = new Login();
        await AskAsync(login);
        await ProveAsync(login, member);
        await ReturnAsync(login);
        await RedeemAsync(login);
    }

    /// <summary>The app asks, and the browser shows the page.</summary>
    public async Task AskAsync(Login login)
    {
        login.Next = await Traffic.FollowAsync(login.RequestTo($"{Issuer}/authorize", _app), login.Browser);
        var page = await Traffic.GetAsync(login.Next, login.Browser);
        login.WalletLink = WebUtility.HtmlDecode(WalletLink().Match(page).Value);
    }

    /// <summary>A wallet fetches the request and answers it.</summary>
    public async Task ProveAsync(Login login, int member) => login.Next = await _wallets[member % _wallets.Count].PresentAsync(login.WalletLink);

    /// <summary>The browser comes back from the wallet, and goes on to the app with a code.</summary>
    public async Task ReturnAsync(Login login) => login.Code = Traffic.Parameter(await Traffic.FollowAsync(login.Next, login.Browser), "code");

    /// <summary>The app redeems the code.</summary>
    public Task RedeemAsync(Login login) => login.RedeemAsync(Traffic, $"{Issuer}/token", _app);

    public async ValueTask DisposeAsync()
    {
        if (Child is not null) await Child.DisposeAsync();
        Traffic.Dispose();
    }

    private Child StartAt(int? processor, string url) => Child.Start(processor, _folder, new Dictionary<string, string>
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["NETID__Issuer"] = Issuer,
        ["NETID__Urls"] = url,
        ["NETID__Keys__Secret"] = _secret,
        ["NETID__Storage__ConnectionString"] = _connectionString,
    }, "dotnet", _dll, "serve");

    [GeneratedRegex("openid4vp://[^\"<]+", RegexOptions.NonBacktracking)]
    private static partial Regex WalletLink();
}
