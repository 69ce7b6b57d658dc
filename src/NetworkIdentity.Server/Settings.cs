using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using NetworkIdentity.Delivering;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OpenId4Vp;
using Npgsql;

namespace NetworkIdentity.Server;

/// <summary>The configuration, read once and checked: appsettings.json (section <c>NetId</c>) and environment variables <c>NETID__...</c>.</summary>
public sealed record Settings
{
    /// <summary>The issuer where none is configured and no nation is founded.</summary>
    public const string DefaultIssuer = "http://localhost:5080";

    /// <summary><c>NETID__Issuer</c>; null where not set: the founded nation's issuer holds.</summary>
    public string? Issuer { get; init; }

    /// <summary><c>NETID__Urls</c>: where to listen, separated by semicolons; null where not set.</summary>
    public string? Urls { get; init; }

    /// <summary><c>NETID__Storage__ConnectionString</c>.</summary>
    public string ConnectionString { get; init; } = "Data Source=data/netid.db";

    /// <summary>The SQLite file that the connection string names, as a full path; null where it names a PostgreSQL server.</summary>
    public string? DatabaseFile => Database.IsPostgres(ConnectionString) ? null : Path.GetFullPath(new SqliteConnectionStringBuilder(ConnectionString).DataSource);

    /// <summary>Remembers how far the public log of this database had come.</summary>
    public string LogHeadFile => BesideDatabase(".log-head");

    /// <summary>Remembers how far the log of the nation's DID had come.</summary>
    public string DidHeadFile => BesideDatabase(".did-head");

    /// <summary>Where this server's own files lie: beside the SQLite file, or in <c>data</c>, unless said otherwise.</summary>
    public string DataFolder
    {
        get => field ?? (DatabaseFile is { } file ? Path.GetDirectoryName(file)! : Path.GetFullPath("data"));
        init;
    }

    /// <summary><c>NETID__Keys__Secret</c>: what the nation's keys are sealed under, at least 32 characters.</summary>
    public required string Secret { get; init; }

    /// <summary><c>NETID__Nation__Name</c>: the name of the nation that Development founds by itself.</summary>
    public string NationName { get; init; } = "Practice Nation";

    /// <summary><c>NETID__Tls__Development</c>: serve https with a localhost certificate from the nation's own root.</summary>
    public bool DevelopmentTls { get; init; }

    /// <summary><c>NETID__Tls__Certificate</c>: a PEM file with the certificate and its chain; null where not set.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary><c>NETID__Tls__Key</c>: a PEM file with the certificate's private key; null where not set.</summary>
    public string? TlsKey { get; init; }

    /// <summary><c>NETID__Presentation__ClientIdPrefix</c>: how new requests to wallets say who asks, one of <see cref="ClientIdPrefixes.All"/>.</summary>
    public string ClientIdPrefix { get; init; } = ClientIdPrefixes.X509Hash;

    /// <summary><c>NETID__Wallet__Url</c>: the origin of the wallet in the browser, on a host of its own; null where not set.</summary>
    public string? WalletUrl { get; init; }

    /// <summary><c>NETID__Fetch__Ports</c>: the ports that other servers may be called on, by https.</summary>
    public IReadOnlyList<int> FetchPorts { get; init; } = [443];

    /// <summary><c>NETID__Fetch__Loopback</c>: this machine may be called, by http too and on any port. Development alone.</summary>
    public bool FetchLoopback { get; init; }

    /// <summary><c>NETID__Status__History</c>: every published version of a status list is kept, and served by its time.</summary>
    public bool KeepsStatusHistory { get; init; }

    /// <summary><c>NETID__Practice__Enabled</c>: found a demo nation, show the tour, and run the sample apps beside it. Development alone.</summary>
    public bool IsPractice { get; init; }

    /// <summary><c>NETID__Practice__Library</c>: the origin of the sample partner app; null where not set.</summary>
    public string? LibraryUrl { get; init; }

    /// <summary><c>NETID__Practice__Door</c>: the origin of the sample app at a node's door; null where not set.</summary>
    public string? DoorUrl { get; init; }

    /// <summary><c>NETID__Limits__PerAddress</c>: how many requests a minute one address may make of this server; 0 is any number.</summary>
    public int LimitPerAddress { get; init; }

    /// <summary><c>NETID__Limits__PerApp</c>: how many tokens a minute one app may ask of this server; 0 is any number.</summary>
    public int LimitPerApp { get; init; }

    /// <summary><c>NETID__Limits__SignInsPerAddress</c>: how many sign-ins a minute one address may begin at this server; 0 is any number.</summary>
    public int LimitSignInsPerAddress { get; init; }

    /// <summary><c>NETID__Limits__SignInsPerApp</c>: how many sign-ins a minute may be begun for one app at this server, but for those that it pushed; 0 is any number.</summary>
    public int LimitSignInsPerApp { get; init; }

    /// <summary><c>NETID__Limits__Proxies</c>: the addresses of proxies whose X-Forwarded-For is believed, beside this machine's own.</summary>
    public IReadOnlyList<System.Net.IPAddress> Proxies { get; init; } = [];

    /// <summary><c>NETID__Drain__Seconds</c>: how long a server that was told to stop goes on serving, and says at /health/ready that it is not ready.</summary>
    public TimeSpan DrainTime { get; init; }

    /// <summary><c>NETID__Retention__SignInHours</c> and <c>NETID__Retention__OfferDays</c>: how long what has ended is kept.</summary>
    public Sweeper.Retention Retention { get; init; } = Sweeper.Retention.Usual;

    /// <summary><c>NETID__Sessions__BrowserMinutes</c> and <c>NETID__Sessions__RefreshDays</c>: how long an app may go on without another proof.</summary>
    public SessionTimes Sessions { get; init; } = SessionTimes.Usual;

    /// <summary><c>NETID__Subjects__Public</c>: apps may ask for a <c>sub</c> that is the same at every app that asks for it.</summary>
    public bool AllowsPublicSubjects { get; init; }

    /// <summary><c>NETID__ClientDocuments__Hosts</c>, <c>__Policy</c> and <c>__Optional</c>: whose apps may introduce themselves, and what those may ask.</summary>
    public ClientDocumentOptions ClientDocuments { get; init; } = ClientDocumentOptions.None;

    /// <summary><c>NETID__Smtp__...</c> and <c>NETID__Notices__...</c>: the channels by which notices go out; the members' pages alone where not set.</summary>
    public DeliveryOptions Notices { get; init; } = DeliveryOptions.None;

    /// <summary><c>NETID__Vcalm__Open</c> and <c>NETID__Vcalm__Instances__NAME__...</c>: what is beside the nation for who speaks VCALM; nothing where not set.</summary>
    public VcalmSettings Vcalm { get; init; } = VcalmSettings.None;

    /// <summary><c>NETID__Dids__Resolve</c>: the hosts whose DIDs are fetched for whoever asks; <c>*</c> for any; none where not set.</summary>
    public IReadOnlyList<string> ResolvesDidsOf { get; init; } = [];

    /// <summary><c>NETID__Verify__Issuers</c>: the DIDs of other issuers whose credentials anyone may have checked here.</summary>
    public IReadOnlyList<string> VerifiesIssuers { get; init; } = [];

    /// <summary>Whether this is a developer's machine: a nation and a secret are made where there are none.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Reads and checks the configuration.</summary>
    /// <exception cref="SettingsException">Each fault names its setting.</exception>
    public static Settings Read(IConfiguration configuration, bool isDevelopment)
    {
        var section = configuration.GetSection("NetId");
        var faults = new List<string>();

        var issuer = Empty(section["Issuer"]);
        if (issuer is not null && IssuerFault(issuer) is { } issuerFault) faults.Add($"NETID__Issuer {issuerFault}");

        var urls = Empty(section["Urls"]);
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (!Uri.TryCreate(url.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
                faults.Add($"NETID__Urls must be http or https addresses separated by semicolons; {url} is not one");

        var connectionString = Empty(section["Storage:ConnectionString"]) ?? "Data Source=data/netid.db";
        var folder = CheckStorage(connectionString, faults);

        var secret = Empty(section["Keys:Secret"]) ?? (isDevelopment && folder is not null ? DevelopmentSecret(folder) : null);
        if (secret is null) faults.Add("NETID__Keys__Secret is missing: set at least 32 random characters, for example from: openssl rand -base64 32");
        else if (secret.Length < 32) faults.Add("NETID__Keys__Secret must have at least 32 characters");

        var nationName = Empty(section["Nation:Name"]) ?? "Practice Nation";
        if (DisplayName.Fault(nationName) is { } nameFault) faults.Add($"NETID__Nation__Name {nameFault}");

        var developmentTls = false;
        if (Empty(section["Tls:Development"]) is { } flag && !bool.TryParse(flag, out developmentTls))
            faults.Add("NETID__Tls__Development must be true or false");
        var (certificate, key) = (Empty(section["Tls:Certificate"]), Empty(section["Tls:Key"]));
        if (certificate is null != key is null) faults.Add("NETID__Tls__Certificate and NETID__Tls__Key must be set together");
        if (certificate is not null && developmentTls) faults.Add("NETID__Tls__Development and NETID__Tls__Certificate exclude each other");
        foreach (var (name, file) in new[] { ("NETID__Tls__Certificate", certificate), ("NETID__Tls__Key", key) })
            if (file is not null && !File.Exists(file)) faults.Add($"{name}: there is no such file");

        var prefix = Empty(section["Presentation:ClientIdPrefix"]) ?? ClientIdPrefixes.X509Hash;
        if (ClientIdPrefixFault(prefix, issuer) is { } prefixFault) faults.Add(prefixFault);

        var ports = new List<int>();
        foreach (var text in (Empty(section["Fetch:Ports"]) ?? "443").Split(',', StringSplitOptions.TrimEntries))
        {
            if (ushort.TryParse(text, out var port) && port > 0) ports.Add(port);
            else faults.Add($"NETID__Fetch__Ports must be port numbers separated by commas; {text} is not one");
        }

        var loopback = false;
        if (Empty(section["Fetch:Loopback"]) is { } calls && !bool.TryParse(calls, out loopback)) faults.Add("NETID__Fetch__Loopback must be true or false");
        if (loopback && !isDevelopment) faults.Add("NETID__Fetch__Loopback: this machine is called in Development alone");

        var history = false;
        if (Empty(section["Status:History"]) is { } keeps && !bool.TryParse(keeps, out history)) faults.Add("NETID__Status__History must be true or false");

        var practice = isDevelopment;
        if (Empty(section["Practice:Enabled"]) is { } practises && !bool.TryParse(practises, out practice))
            faults.Add("NETID__Practice__Enabled must be true or false");
        if (practice && !isDevelopment) faults.Add("NETID__Practice__Enabled: practice parts run in Development alone");
        foreach (var name in new[] { "Wallet:Url", "Practice:Library", "Practice:Door" })
            if (Empty(section[name]) is { } origin && Places.Fault(origin) is { } originFault) faults.Add($"NETID__{name.Replace(":", "__", StringComparison.Ordinal)} {originFault}");

        var (perAddress, perApp) = (Number("Limits:PerAddress", 3000, 0, 1_000_000), Number("Limits:PerApp", 6000, 0, 1_000_000));
        var (signInsPerAddress, signInsPerApp) = (Number("Limits:SignInsPerAddress", 120, 0, 1_000_000), Number("Limits:SignInsPerApp", 0, 0, 1_000_000));
        var proxies = new List<System.Net.IPAddress>();
        foreach (var text in Empty(section["Limits:Proxies"])?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (System.Net.IPAddress.TryParse(text, out var proxy)) proxies.Add(proxy);
            else faults.Add($"NETID__Limits__Proxies: {text} is not an IP address");
        }

        var drain = Number("Drain:Seconds", isDevelopment ? 0 : 5, 0, 60);
        var (signInHours, offerDays) = (Number("Retention:SignInHours", 1, 1, 24 * 365), Number("Retention:OfferDays", 30, 1, 3650));

        var (browserMinutes, refreshDays) = (Number("Sessions:BrowserMinutes", 60, 0, 24 * 60), Number("Sessions:RefreshDays", 30, 1, 365));

        var publicSubjects = false;
        if (Empty(section["Subjects:Public"]) is { } alike && !bool.TryParse(alike, out publicSubjects)) faults.Add("NETID__Subjects__Public must be true or false");
        var documents = ClientDocumentOptions.None with
        {
            Hosts = List("ClientDocuments:Hosts"),
            Policy = ProofPolicy.Of(List("ClientDocuments:Policy") is { Count: > 0 } policy ? policy : [CredentialType.Membership], List("ClientDocuments:Optional")),
        };
        var dids = List("Dids:Resolve");
        foreach (var (name, hosts) in (IEnumerable<(string, IReadOnlyList<string>)>)[("ClientDocuments__Hosts", documents.Hosts), ("Dids__Resolve", dids)])
        {
            if (hosts.FirstOrDefault(host => host != "*" && (Uri.CheckHostName(host) != UriHostNameType.Dns || host.Any(char.IsAsciiLetterUpper))) is { } odd)
                faults.Add($"NETID__{name} must be host names in small letters separated by commas, or *; {odd} is not one");
        }

        var notices = NoticeSettings.Read(section, loopback, faults);
        var vcalm = VcalmSettings.Read(section.GetSection("Vcalm"), faults);
        if (vcalm.IsOpen && !isDevelopment && !(issuer is not null && Uri.TryCreate(issuer, UriKind.Absolute, out var place) && Nation.LeadsToThisMachineAlone(place)))
            faults.Add("NETID__Vcalm__Open: instances are open in Development, or where NETID__Issuer leads to this machine alone");
        var issuers = List("Verify:Issuers");
        if (issuers.FirstOrDefault(text => !NetworkIdentity.Standards.Dids.Did.Is(text)) is { } stranger) faults.Add($"NETID__Verify__Issuers must be DIDs separated by commas; {stranger} is not one");

        if (faults.Count > 0) throw new SettingsException(faults);
        return new Settings
        {
            Issuer = issuer,
            Urls = urls,
            ConnectionString = connectionString,
            Secret = secret!,
            NationName = nationName,
            DevelopmentTls = developmentTls,
            TlsCertificate = certificate,
            TlsKey = key,
            ClientIdPrefix = prefix,
            WalletUrl = Empty(section["Wallet:Url"]),
            FetchPorts = ports,
            FetchLoopback = loopback,
            KeepsStatusHistory = history,
            IsPractice = practice,
            LibraryUrl = Empty(section["Practice:Library"]),
            DoorUrl = Empty(section["Practice:Door"]),
            AllowsPublicSubjects = publicSubjects,
            ClientDocuments = documents,
            Notices = notices,
            Vcalm = vcalm,
            ResolvesDidsOf = dids,
            VerifiesIssuers = issuers,
            IsDevelopment = isDevelopment,
            LimitPerAddress = perAddress,
            LimitPerApp = perApp,
            LimitSignInsPerAddress = signInsPerAddress,
            LimitSignInsPerApp = signInsPerApp,
            Proxies = proxies,
            DrainTime = TimeSpan.FromSeconds(drain),
            Sessions = new SessionTimes(TimeSpan.FromMinutes(browserMinutes), TimeSpan.FromDays(refreshDays)),
            Retention = new Sweeper.Retention(TimeSpan.FromHours(signInHours), TimeSpan.FromDays(offerDays)),
        };

        IReadOnlyList<string> List(string name) => Empty(section[name])?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

        int Number(string name, int usual, int least, int most)
        {
            if (Empty(section[name]) is not { } text) return usual;
            if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) && number >= least && number <= most) return number;
            faults.Add($"NETID__{name.Replace(":", "__", StringComparison.Ordinal)} must be a whole number from {least} to {most}");
            return usual;
        }
    }

    /// <summary>What is wrong with the way that requests to wallets say who asks, naming its setting; null where nothing is.</summary>
    /// <param name="prefix">The configured prefix.</param>
    /// <param name="issuer">The issuer URL; null where it is not known yet.</param>
    public static string? ClientIdPrefixFault(string prefix, string? issuer)
    {
        if (!ClientIdPrefixes.All.Contains(prefix)) return $"NETID__Presentation__ClientIdPrefix must be one of {string.Join(", ", ClientIdPrefixes.All)}";
        return prefix == ClientIdPrefixes.X509SanDns && Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.HostNameType != UriHostNameType.Dns
            ? $"NETID__Presentation__ClientIdPrefix: x509_san_dns needs an issuer with a DNS name, and {issuer} has an IP address"
            : null;
    }

    /// <summary>What is wrong with an issuer URL; null where nothing is.</summary>
    public static string? IssuerFault(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return "must be an https URL";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0) return "must have no query, fragment or user information";
        if (issuer.EndsWith('/')) return "must not end with a slash";
        if (uri.Scheme == "http" && !Nation.LeadsToThisMachineAlone(uri))
            return "must be https (http is for localhost alone)";

        // It is a name in certificates, and its path a route: characters that would be written in two ways have no place in it.
        if (!issuer.All(char.IsAscii)) return "must be ASCII (a host of other letters in its xn-- form)";
        if (uri.AbsolutePath.Contains("//", StringComparison.Ordinal) || !uri.AbsolutePath.All(c => char.IsAsciiLetterOrDigit(c) || "/-._~".Contains(c, StringComparison.Ordinal)))
            return "must have a path of letters, digits, -, ., _, ~ and single slashes";

        // Compared as a string by everyone, so it must be the string that everyone arrives at.
        return uri.GetLeftPart(UriPartial.Path).TrimEnd('/') == issuer ? null : $"must be written as {uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}";
    }

    /// <summary>Where to listen: what is configured, else the issuer's own address where that is this machine, else port 5080 of it.</summary>
    public IReadOnlyList<Uri> ListenAddresses(string issuer)
    {
        if (Urls is not null)
        {
            return [.. Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(url => new Uri(url.Replace("//*", "//[::]", StringComparison.Ordinal).Replace("//+", "//[::]", StringComparison.Ordinal)))];
        }

        var uri = new Uri(issuer);
        return [Nation.LeadsToThisMachineAlone(uri) ? new Uri(uri.GetLeftPart(UriPartial.Authority)) : new Uri(DefaultIssuer)];
    }

    private string BesideDatabase(string ending) => Path.Combine(
        DataFolder, (DatabaseFile is { } file ? Path.GetFileName(file) : new NpgsqlConnectionStringBuilder(ConnectionString).Database) + ending);

    private static string? Empty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static string? CheckStorage(string connectionString, List<string> faults)
    {
        try
        {
            // What a PostgreSQL server keeps is its own; beside it a developer's files lie in ./data.
            if (Database.IsPostgres(connectionString))
            {
                _ = new NpgsqlConnectionStringBuilder(connectionString);
                return Path.GetFullPath("data");
            }

            var source = new SqliteConnectionStringBuilder(connectionString).DataSource;
            if (source.Length > 0 && source != ":memory:") return Path.GetDirectoryName(Path.GetFullPath(source));
            faults.Add("NETID__Storage__ConnectionString must name a file (Data Source=FILE) or a PostgreSQL server (Host=...)");
        }
        catch (ArgumentException)
        {
            faults.Add("NETID__Storage__ConnectionString is not a connection string: use Data Source=FILE or Host=...");
        }

        return null;
    }

    /// <summary>A developer's secret, made once beside the database and readable by its owner alone.</summary>
    private static string DevelopmentSecret(string folder)
    {
        var file = Path.Combine(folder, "development.secret");
        Directory.CreateDirectory(folder);
        if (File.Exists(file)) return File.ReadAllText(file);

        // One process at a time, since a move without overwriting is a look and a move on Unix; and written whole under another name first, so
        // that whoever is killed here leaves no empty secret.
        using var turn = TakeTurn(file + ".lock");
        if (File.Exists(file)) return File.ReadAllText(file);
        var draft = file + ".draft";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file);
        return File.ReadAllText(file);
    }

    private static FileStream TakeTurn(string file)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(file, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    Options = FileOptions.DeleteOnClose,
                });
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && attempt < 250)
            {
                Thread.Sleep(20);
            }
        }
    }
}
