namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Logins at ours and at the peer, in turns: the whole, the part between browser, app and server, and the token endpoint alone.</summary>
internal sealed class LoginMeasures(NationServer ours, Workbench raw, ProviderServer peer) : IAsyncDisposable
{
    private const string Whole = "credential sign-in, whole";
    private const string Outer = "code + PKCE login, the wallet's part apart";
    private const string Token = "/token alone";
    private const string Keys = "/jwks";
    private const string HalfLoad = "credential sign-in, whole, at half of what each can do";
    private const int KeysForEach = 10;

    private readonly Dictionary<(string What, int AtOnce), (List<Load> Theirs, List<Load> Ours)> _taken = [];

    private readonly List<double> _signatures = [];

    public Task StartPeerAsync(int? processor) => peer.StartAsync(processor);

    public async Task WarmUpAsync(int count)
    {
        await Load.RunAsync(TheirLogins(count), 16, peer.Child);
        await Load.RunAsync(OurSignIns(count), 16, ours.Child);
    }

    /// <summary>One round. Codes are collected first and redeemed at once after, since they live a minute.</summary>
    public async Task MeasureAsync(int count, int atOnce)
    {
        if (atOnce == 32) _signatures.Add(await raw.SignatureAsync());
        var theirWhole = await Load.RunAsync(TheirLogins(count), atOnce, peer.Child);
        var ourWhole = await Load.RunAsync(OurSignIns(count), atOnce, ours.Child);
        Keep(Whole, atOnce, theirWhole, ourWhole);
        if (atOnce == 32)
        {
            Keep(HalfLoad, atOnce, await Load.PacedAsync(TheirLogins(count), theirWhole.PerSecond / 2, peer.Child), await Load.PacedAsync(OurSignIns(count), ourWhole.PerSecond / 2, ours.Child));
        }

        Keep(Keys, atOnce, await Load.RunAsync(Gets(peer.Traffic, $"{peer.Issuer}/jwks", count), atOnce, peer.Child), await Load.RunAsync(Gets(ours.Traffic, $"{ours.Issuer}/jwks", count), atOnce, ours.Child));

        var theirs = NewLogins(count);
        var logIn = await Load.RunAsync([.. theirs.Select(login => new Func<Task>(() => peer.LogInAsync(login)))], atOnce, peer.Child);
        var theirToken = await Load.RunAsync([.. theirs.Select(login => new Func<Task>(() => peer.RedeemAsync(login)))], atOnce, peer.Child);

        var own = NewLogins(count);
        var ask = await Load.RunAsync([.. own.Select(login => new Func<Task>(() => ours.AskAsync(login)))], atOnce, ours.Child);
        await Load.RunAsync([.. own.Select((login, i) => new Func<Task>(() => ours.ProveAsync(login, i)))], 8, ours.Child);
        var back = await Load.RunAsync([.. own.Select(login => new Func<Task>(() => ours.ReturnAsync(login)))], atOnce, ours.Child);
        var ourToken = await Load.RunAsync([.. own.Select(login => new Func<Task>(() => ours.RedeemAsync(login)))], atOnce, ours.Child);

        Keep(Outer, atOnce, logIn + theirToken, ask + back + ourToken);
        Keep(Token, atOnce, theirToken, ourToken);
    }

    /// <summary>How we stand to the peer.</summary>
    public IEnumerable<Row> Rows()
    {
        foreach (var ((what, atOnce), (theirs, own)) in _taken.OrderBy(pair => (pair.Key.What, pair.Key.AtOnce)))
        {
            yield return new($"{what}, {atOnce} at once", "oidc-provider in memory",
            [
                new("speed", Ratios(own, theirs, load => load.PerSecond)),
                new("p50", Ratios(own, theirs, load => load.P50)),
                new("p99", Ratios(own, theirs, load => load.P99)),
                new("the server's processor time", Ratios(own, theirs, load => load.ServerSeconds)),
            ], AimOf(what));
        }
    }

    private static string AimOf(string what) => what switch
    {
        Keys => "2.5 or more",
        Token => "3 or more",
        Outer => "4 or more",
        _ => "",
    };

    /// <summary>What the server's processor does for one, in raw signatures: from this anyone can work out what a machine of theirs can do.</summary>
    public IEnumerable<Row> Costs() => _taken.Where(pair => pair.Key.AtOnce == 32).OrderBy(pair => pair.Key.What).Select(pair => new Row(
        pair.Key.What, "a raw ES256 signature of .NET", [new("the server's processor time", [.. pair.Value.Ours.Zip(_signatures, (load, signature) => load.ServerSeconds / signature)])]));

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private IReadOnlyList<Func<Task>> TheirLogins(int count) => [.. NewLogins(count).Select(login => new Func<Task>(async () =>
    {
        await peer.LogInAsync(login);
        await peer.RedeemAsync(login);
    }))];

    private IReadOnlyList<Func<Task>> OurSignIns(int count) => [.. NewLogins(count).Select((login, i) => new Func<Task>(async () =>
    {
        await ours.AskAsync(login);
        await ours.ProveAsync(login, i);
        await ours.ReturnAsync(login);
        await ours.RedeemAsync(login);
    }))];

    private static IReadOnlyList<Func<Task>> Gets(Traffic traffic, string url, int count) => [.. Enumerable.Repeat(new Func<Task>(() => traffic.GetAsync(url)), count * KeysForEach)];

    private static List<Login> NewLogins(int count) => [.. Enumerable.Range(0, count).Select(_ => new Login())];

    private void Keep(string what, int atOnce, Load theirs, Load own)
    {
        if (!_taken.TryGetValue((what, atOnce), out var taken)) _taken.Add((what, atOnce), taken = ([], []));
        taken.Theirs.Add(theirs);
        taken.Ours.Add(own);
    }

    private static List<double> Ratios(List<Load> over, List<Load> under, Func<Load, double> of) => [.. over.Zip(under, (a, b) => of(a) / of(b))];
}
