using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Ours: the published server as Production starts it, on a SQLite file, with offers and an app made beforehand by the core.</summary>
internal sealed partial class NationServer : IAsyncDisposable
{
    private readonly string _secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _dll;
    private readonly string _folder;
    private readonly Queue<string> _offers = new();
    private List<Wallet> _wallets = [];
    private Login.App _app = null!;

    private NationServer(string dll, string folder, string issuer) => (_dll, _folder, Issuer) = (dll, folder, issuer);

    public string Issuer { get; }

    public Child Child { get; private set; } = null!;

    public Traffic Traffic { get; } = new();

    private string ConnectionString => $"Data Source={Path.Combine(_folder, "netid.db")}";

    /// <summary>Founds a nation in a folder, registers an app, and makes offers.</summary>
    public static async Task<NationServer> FoundAsync(string dll, string folder, int offers)
    {
        var server = new NationServer(dll, folder, $"http://localhost:{Ports.Free()}");
        await using var database = Database.Open(server.ConnectionString, TimeProvider.System);
        await Founding.FoundAsync(database, TimeProvider.System, server._secret, "Benchmark Nation", server.Issuer);
        var keys = await Founding.OpenAsync(database, TimeProvider.System, server._secret) ?? throw new InvalidOperationException("no nation was founded");
        var types = CredentialType.LoadAll();
        var (clientId, secret) = await new ClientRegistration(database, types, TimeProvider.System).RegisterAsync(
            new ClientRegistration.Request { Name = "Example App", RedirectUris = [Login.App.RedirectUri] });
        server._app = new(clientId, secret!);

        var offering = new Offering(database, keys, types, TimeProvider.System);
        var claims = new Dictionary<string, string> { ["display_name"] = "Ada", ["node"] = "Lisbon" };
        foreach (var batch in Enumerable.Range(0, offers).Chunk(64))
        {
            var made = await Task.WhenAll(batch.Select(_ => offering.MakeAsync("membership", null, claims, withTransactionCode: false)));
            foreach (var one in made) server._offers.Enqueue(one.Id);
        }

        return server;
    }

    /// <summary>Starts it and waits for its first answer.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync(int? processor)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["NETID__Issuer"] = Issuer,
            ["NETID__Urls"] = Issuer,
            ["NETID__Keys__Secret"] = _secret,
            ["NETID__Storage__ConnectionString"] = ConnectionString,
        };
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Child = Child.Start(processor, _folder, environment, "dotnet", _dll, "serve");
        await Ports.FirstAnswerAsync(Child, Traffic, Issuer, watch);
        return watch.Elapsed;
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

    [GeneratedRegex("openid4vp://[^\"<]+", RegexOptions.NonBacktracking)]
    private static partial Regex WalletLink();
}
