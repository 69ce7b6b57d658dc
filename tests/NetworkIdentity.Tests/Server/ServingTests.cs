using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid serve</c> as a process: where it listens, with which certificate, and how it ends.</summary>
public sealed class ServingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_nation_is_another_port_and_another_file_and_a_server_stops_when_it_is_told_to()
    {
        var (one, other) = (Nation("one.db"), Nation("other.db"));
        await using var first = await one.Process.ServeAsync();
        await using var second = await other.Process.ServeAsync();
        using var http = new HttpClient();
        foreach (var issuer in (string[])[one.Issuer, other.Issuer]) Assert.Equal(issuer, await IssuerOfAsync(http, issuer));
        Assert.NotEqual(Root(await one.Process.RunAsync("key", "export-root")).Thumbprint, Root(await other.Process.RunAsync("key", "export-root")).Thumbprint);

        // The port is taken: said with the setting's name.
        var taken = await other.Process.With(("NETID__Urls", one.Issuer)).RunAsync("serve");
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("NETID__Urls", taken.Error);

        Assert.Equal(0, await first.StopAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(one.Issuer + "/health/live")));
        Assert.Equal(other.Issuer, await IssuerOfAsync(http, other.Issuer));
    }

    [Fact]
    public async Task Https_with_the_development_certificate_is_trusted_by_who_trusts_the_nations_root()
    {
        var (process, issuer) = Nation("netid.db", "https");
        process = process.With(("NETID__Tls__Development", "true"));
        await using var running = await process.ServeAsync();
        using var root = Root(await process.RunAsync("key", "export-root"));
        using (var http = Trusting(root)) Assert.Equal(issuer, await IssuerOfAsync(http, issuer));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = NetworkIdentity.Keys.CertificateAuthority.CreateRoot("Other", key, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var stranger = Trusting(other);
        await Assert.ThrowsAsync<HttpRequestException>(() => IssuerOfAsync(stranger, issuer));
    }

    [Fact]
    public async Task A_configured_certificate_is_served_with_its_chain()
    {
        var (process, issuer) = Nation("netid.db", "https");
        using var root = Authority("CN=Test root", null, pathLength: 1);
        using var between = Authority("CN=Test intermediate", root, pathLength: 0);
        using var leaf = Leaf(between);
        var token = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(_folder.File("chain.pem"), leaf.ExportCertificatePem() + "\n" + between.ExportCertificatePem(), token);
        using (var key = leaf.GetECDsaPrivateKey()) await File.WriteAllTextAsync(_folder.File("key.pem"), key!.ExportPkcs8PrivateKeyPem(), token);
        await using var running = await process.With(
            ("NETID__Tls__Certificate", _folder.File("chain.pem")), ("NETID__Tls__Key", _folder.File("key.pem"))).ServeAsync();
        using var http = Trusting(root);
        Assert.Equal(issuer, await IssuerOfAsync(http, issuer));
    }

    [Fact]
    public async Task Https_without_a_certificate_or_with_a_broken_one_names_the_settings()
    {
        var (process, _) = Nation("netid.db", "https");
        var without = await process.RunAsync("serve");
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("NETID__Tls__Certificate", without.Error);
        Assert.DoesNotContain("   at ", without.Error);

        var broken = _folder.File("broken.pem");
        await File.WriteAllTextAsync(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", TestContext.Current.CancellationToken);
        var with = await process.With(("NETID__Tls__Certificate", broken), ("NETID__Tls__Key", broken)).RunAsync("serve");
        Assert.Equal(2, with.ExitCode);
        Assert.Contains("NETID__Tls__Certificate", with.Error);
        Assert.DoesNotContain("   at ", with.Error);
    }

    [Theory]
    [InlineData("NETID__Urls", "http://192.0.2.1:5080")]
    [InlineData("NETID__Storage__ConnectionString", "Host=127.0.0.1;Port=1;Database=netid")]
    public async Task What_cannot_be_served_from_names_its_setting_without_a_stack_trace(string setting, string value)
    {
        var ended = await Nation("netid.db").Process.With((setting, value)).RunAsync("serve");
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith(setting, ended.Error.Trim().Split('\n')[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error);
    }

    private (NetidProcess Process, string Issuer) Nation(string file, string scheme = "http")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var issuer = $"{scheme}://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        return (new NetidProcess(
            _folder.Path,
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("NETID__Issuer", issuer),
            ("NETID__Storage__ConnectionString", $"Data Source={file}")), issuer);
    }

    private static async Task<string> IssuerOfAsync(HttpClient http, string issuer) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(issuer + "/.well-known/openid-configuration")))!["issuer"]!.GetValue<string>();

    private static X509Certificate2 Root(NetidProcess.Ended exported) => X509Certificate2.CreateFromPem(exported.Output);

    private static HttpClient Trusting(X509Certificate2 root)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(root);
        return new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer, int pathLength)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        if (issuer is null) return request.CreateSelfSigned(from, from.AddDays(30));
        using var signed = request.Create(issuer, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Leaf(X509Certificate2 issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var signed = request.Create(issuer, from, from.AddDays(10), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
