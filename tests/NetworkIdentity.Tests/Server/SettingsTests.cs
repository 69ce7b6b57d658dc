using Microsoft.Extensions.Configuration;
using NetworkIdentity.Server;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The configuration is checked at start, and each fault names its setting.</summary>
public sealed class SettingsTests
{
    private const string Secret = "a secret for tests alone, of more than 32 characters";

    [Theory]
    [InlineData("NETID__Issuer", "NetId:Issuer", "not a url")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "ftp://nation.example")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "http://nation.example")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example/")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example?a=b")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example#a")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://someone@nation.example")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://Nation.example")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example:443")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example/a/../b")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example/a b")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example//a")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example/%7Bid%7D")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://nation.example/n%20a")]
    [InlineData("NETID__Issuer", "NetId:Issuer", "https://bücher.example")]
    [InlineData("NETID__Urls", "NetId:Urls", "localhost:5080")]
    [InlineData("NETID__Urls", "NetId:Urls", "http://localhost:5080;ftp://localhost")]
    [InlineData("NETID__Storage__ConnectionString", "NetId:Storage:ConnectionString", "Host=localhost;Nonsense=netid")]
    [InlineData("NETID__Storage__ConnectionString", "NetId:Storage:ConnectionString", "nonsense")]
    [InlineData("NETID__Storage__ConnectionString", "NetId:Storage:ConnectionString", "Data Source=")]
    [InlineData("NETID__Storage__ConnectionString", "NetId:Storage:ConnectionString", "Data Source=:memory:")]
    [InlineData("NETID__Keys__Secret", "NetId:Keys:Secret", "")]
    [InlineData("NETID__Keys__Secret", "NetId:Keys:Secret", "a secret of 31 characters, ....")]
    [InlineData("NETID__Tls__Development", "NetId:Tls:Development", "perhaps")]
    [InlineData("NETID__Tls__Certificate", "NetId:Tls:Certificate", "/no/such/file.pem")]
    [InlineData("NETID__Tls__Key", "NetId:Tls:Key", "/no/such/file.pem")]
    [InlineData("NETID__Presentation__ClientIdPrefix", "NetId:Presentation:ClientIdPrefix", "redirect_uri")]
    [InlineData("NETID__Presentation__ClientIdPrefix", "NetId:Presentation:ClientIdPrefix", "X509_hash")]
    [InlineData("NETID__Presentation__ClientIdPrefix", "NetId:Presentation:ClientIdPrefix", "x509_hash:")]
    [InlineData("NETID__Fetch__Ports", "NetId:Fetch:Ports", "443,https")]
    [InlineData("NETID__Fetch__Ports", "NetId:Fetch:Ports", "0")]
    [InlineData("NETID__Fetch__Ports", "NetId:Fetch:Ports", "65536")]
    [InlineData("NETID__Fetch__Ports", "NetId:Fetch:Ports", "443,")]
    [InlineData("NETID__Fetch__Loopback", "NetId:Fetch:Loopback", "perhaps")]
    [InlineData("NETID__Fetch__Loopback", "NetId:Fetch:Loopback", "true")]
    [InlineData("NETID__Subjects__Public", "NetId:Subjects:Public", "perhaps")]
    [InlineData("NETID__ClientDocuments__Hosts", "NetId:ClientDocuments:Hosts", "app.example, https://other.example")]
    [InlineData("NETID__ClientDocuments__Hosts", "NetId:ClientDocuments:Hosts", "App.example")]
    [InlineData("NETID__Practice__Enabled", "NetId:Practice:Enabled", "perhaps")]
    [InlineData("NETID__Practice__Enabled", "NetId:Practice:Enabled", "true")]
    [InlineData("NETID__Wallet__Url", "NetId:Wallet:Url", "wallet.nation.example")]
    [InlineData("NETID__Wallet__Url", "NetId:Wallet:Url", "https://wallet.nation.example/")]
    [InlineData("NETID__Wallet__Url", "NetId:Wallet:Url", "http://wallet.nation.example")]
    [InlineData("NETID__Practice__Library", "NetId:Practice:Library", "https://library.example/a")]
    [InlineData("NETID__Practice__Door", "NetId:Practice:Door", "ftp://door.example")]
    [InlineData("NETID__Vcalm__Open", "NetId:Vcalm:Open", "perhaps")]
    [InlineData("NETID__Vcalm__Open", "NetId:Vcalm:Open", "true")]
    [InlineData("NETID__Vcalm__Instances__degrees__Cryptosuite", "NetId:Vcalm:Instances:degrees:Cryptosuite", "eddsa-rdfc-2022")]
    [InlineData("NETID__Vcalm__Instances__degrees__Cryptosuite", "NetId:Vcalm:Instances:degrees:Status", "true")]
    public void A_fault_names_its_setting(string setting, string key, string value)
    {
        var exception = Assert.Throws<SettingsException>(() => Read([(key, value)]));
        Assert.All(exception.Faults, fault => Assert.StartsWith("NETID__", fault, StringComparison.Ordinal));
        Assert.Contains(exception.Faults, fault => fault.StartsWith(setting, StringComparison.Ordinal));
        Assert.DoesNotContain(exception.Faults, fault => fault.Contains("characters, ....", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://192.0.2.1")]
    [InlineData("https://192.0.2.1:8443/nation")]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://[::1]:5080")]
    public void A_client_id_by_DNS_name_needs_an_issuer_with_one(string issuer)
    {
        (string, string?)[] settings = [("NetId:Presentation:ClientIdPrefix", "x509_san_dns"), ("NetId:Issuer", issuer)];
        var fault = Assert.Single(Assert.Throws<SettingsException>(() => Read(settings)).Faults);
        Assert.StartsWith("NETID__Presentation__ClientIdPrefix", fault, StringComparison.Ordinal);
        Assert.Contains(issuer, fault, StringComparison.Ordinal);
        Assert.Equal("x509_hash", Read([settings[1]]).ClientIdPrefix);
        Assert.Equal("decentralized_identifier", Read([settings[1], ("NetId:Presentation:ClientIdPrefix", "decentralized_identifier")]).ClientIdPrefix);
    }

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("https://nation.example/nation")]
    public void A_client_id_by_DNS_name_is_taken_where_there_is_one(string issuer) =>
        Assert.Equal("x509_san_dns", Read([("NetId:Presentation:ClientIdPrefix", "x509_san_dns"), ("NetId:Issuer", issuer)]).ClientIdPrefix);

    [Fact]
    public void Others_are_called_on_port_443_alone_if_nothing_is_said()
    {
        Assert.Equal([443], Read([]).FetchPorts);
        Assert.False(Read([], isDevelopment: true).FetchLoopback);
        Assert.Equal([443, 8443], Read([("NetId:Fetch:Ports", "443, 8443")]).FetchPorts);
        Assert.True(Read([("NetId:Fetch:Loopback", "true")], isDevelopment: true).FetchLoopback);
    }

    [Theory]
    [InlineData("degrees__KeyType", "degrees:KeyType", "P-384")]
    [InlineData("degrees__Status", "degrees:Status", "perhaps")]
    [InlineData("degrees__Examples", "degrees:Examples", "perhaps")]
    [InlineData("degrees__Issuers", "degrees:Issuers", "did:key, https://issuer.example")]
    [InlineData("degrees__Key", "degrees:Key", "secret")]
    [InlineData("of_two", "of_two:Cryptosuite", "vc+jwt")]
    public void A_fault_of_an_instance_names_its_setting(string setting, string key, string value)
    {
        var faults = Assert.Throws<SettingsException>(() => Read([("NetId:Vcalm:Instances:degrees:Cryptosuite", "eddsa-jcs-2022"), ($"NetId:Vcalm:Instances:{key}", value)])).Faults;
        Assert.StartsWith($"NETID__Vcalm__Instances__{setting}", Assert.Single(faults), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_instance_if_nothing_is_said_and_one_believes_keys_alone()
    {
        Assert.Equal((false, 0), (Read([]).Vcalm.IsOpen, Read([]).Vcalm.Instances.Count));
        (string, string?)[] settings = [("NetId:Vcalm:Instances:Degrees:Cryptosuite", "ecdsa-jcs-2019"), ("NetId:Vcalm:Instances:jobs:Cryptosuite", "vc+jwt"), ("NetId:Vcalm:Instances:jobs:Issuers", "did:web:jobs.example, did:key")];
        var (degrees, jobs) = (Read(settings).Vcalm.Instances[0], Read(settings).Vcalm.Instances[1]);
        Assert.Equal(("degrees", "P-256", "ES256"), (degrees.Name, degrees.KeyType, degrees.Algorithm));
        Assert.Equal(["did:key", "did:jwk"], degrees.Issuers);
        Assert.Equal(["did:web:jobs.example", "did:key"], jobs.Issuers);
    }

    [Fact]
    public void Nobody_introduces_themselves_and_subjects_are_pairwise_if_nothing_is_said()
    {
        var usual = Read([]);
        Assert.False(usual.AllowsPublicSubjects);
        Assert.False(usual.ClientDocuments.IsOn);
        Assert.True(Read([("NetId:Subjects:Public", "true")]).AllowsPublicSubjects);

        var some = Read([("NetId:ClientDocuments:Hosts", "app.example, other.example"), ("NetId:ClientDocuments:Optional", "residency")]).ClientDocuments;
        Assert.Equal(["app.example", "other.example"], some.Hosts);
        Assert.Equal(ProofPolicy.Of(["membership"], ["residency"]).Write(), some.Policy.Write());
        Assert.True(some.Takes("app.example"));
        Assert.False(some.Takes("sub.app.example"));
        Assert.True(Read([("NetId:ClientDocuments:Hosts", "*"), ("NetId:ClientDocuments:Policy", "membership,residency")]).ClientDocuments is { Policy.Credentials.Count: 2 } any && any.Takes("x.example"));
    }

    [Fact]
    public void All_faults_are_said_at_once()
    {
        var exception = Assert.Throws<SettingsException>(() => Read([("NetId:Issuer", "x"), ("NetId:Urls", "y"), ("NetId:Keys:Secret", "z"), ("NetId:Tls:Development", "?")]));
        Assert.Equal(4, exception.Faults.Count);
    }

    [Fact]
    public void Two_sources_of_the_certificate_exclude_each_other()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("a.pem"), "");
        var fault = Assert.Single(Assert.Throws<SettingsException>(() => Read(
            [("NetId:Tls:Development", "true"), ("NetId:Tls:Certificate", folder.File("a.pem")), ("NetId:Tls:Key", folder.File("a.pem"))])).Faults);
        Assert.Contains("exclude", fault);
    }

    [Theory]
    [InlineData("https://nation.example")]
    [InlineData("https://nation.example/nation/of-tests_1.0~")]
    [InlineData("https://nation.example:8443")]
    [InlineData("https://xn--bcher-kva.example")]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://nation.localhost:5080")]
    public void A_right_issuer_is_taken_as_it_is_written(string issuer) => Assert.Equal(issuer, Read([("NetId:Issuer", issuer)]).Issuer);

    [Theory]
    [InlineData(null, "http://localhost:5099", "http://localhost:5099/")]
    [InlineData(null, "http://localhost:5099/nation", "http://localhost:5099/")]
    [InlineData(null, "http://nation.localhost:5099", "http://nation.localhost:5099/")]
    [InlineData(null, "https://nation.example", "http://localhost:5080/")]
    [InlineData("http://*:8080", "https://nation.example", "http://[::]:8080/")]
    [InlineData("http://+:8080", "https://nation.example", "http://[::]:8080/")]
    [InlineData("http://127.0.0.1:1; https://localhost:2", "https://nation.example", "http://127.0.0.1:1/ https://localhost:2/")]
    public void The_addresses_to_listen_on_are_those_configured_or_the_issuers_own(string? urls, string issuer, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read([("NetId:Urls", urls)]).ListenAddresses(issuer)));

    [Fact]
    public void In_Development_a_secret_is_made_once_for_its_owner_alone_and_in_Production_none_is()
    {
        using var folder = new TestFolder();
        (string, string?)[] settings = [("NetId:Keys:Secret", null), ("NetId:Storage:ConnectionString", $"Data Source={folder.File("netid.db")}")];
        Assert.Throws<SettingsException>(() => Read(settings));
        Assert.Empty(Directory.GetFiles(folder.Path));

        var secret = Read(settings, isDevelopment: true).Secret;
        Assert.InRange(secret.Length, 32, 100);
        Assert.Equal(secret, Read(settings, isDevelopment: true).Secret);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("development.secret")));
    }

    [Fact]
    public void Whoever_starts_at_the_same_time_finds_one_whole_secret()
    {
        for (var round = 0; round < 10; round++)
        {
            using var folder = new TestFolder();
            (string, string?)[] settings = [("NetId:Keys:Secret", null), ("NetId:Storage:ConnectionString", $"Data Source={folder.File("netid.db")}")];
            using var together = new Barrier(8);
            var secrets = new System.Collections.Concurrent.ConcurrentBag<string>();
            var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                together.SignalAndWait();
                try
                {
                    secrets.Add(Read(settings, isDevelopment: true).Secret);
                }
                catch (Exception exception) when (exception is IOException or SettingsException)
                {
                    secrets.Add(exception.Message);
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.Equal(8, secrets.Count);
            Assert.Equal(44, Assert.Single(secrets.Distinct()).Length);
            Assert.Equal("development.secret", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
        }
    }

    private static Settings Read((string Key, string? Value)[] settings, bool isDevelopment = false)
    {
        var all = new Dictionary<string, string?> { ["NetId:Keys:Secret"] = Secret };
        foreach (var (key, value) in settings) all[key] = value;
        return Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build(), isDevelopment);
    }
}
