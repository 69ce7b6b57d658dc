using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Server;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Tests.Core.Keys;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Presentation;

/// <summary>Who asks, in each of the forms that a request to a wallet says it [OpenID4VP §5.9.3], and what a wallet checks of it.</summary>
public sealed class ClientIdPrefixTests
{
    public static TheoryData<string> Prefixes => [.. ClientIdPrefixes.All];

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task A_member_signs_in_by_a_request_that_a_wallet_believes(string prefix)
    {
        await using var server = await StartAsync(prefix);
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        foreach (var link in (string[])[signIn.SameDeviceLink, signIn.CrossDeviceLink]) Believed(await FetchAsync(server, link), link, prefix, server);
        Assert.NotNull((await signIn.SignInAsync(wallet))["id_token"]);

        // On another device too.
        await signIn.OpenAsync();
        Assert.NotEmpty(await signIn.ProveElsewhereAsync(wallet));
    }

    [Fact]
    public async Task Where_nothing_is_configured_it_is_the_hash_of_the_leaf()
    {
        await using var server = await TestServer.StartAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        Believed(await FetchAsync(server, signIn.SameDeviceLink), signIn.SameDeviceLink, ClientIdPrefixes.X509Hash, server);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task A63_a_key_binding_for_the_client_id_without_its_prefix_or_under_another_is_refused(string prefix)
    {
        await using var server = await StartAsync(prefix);
        var scene = await TestPresentation.BeginAsync(server);
        var clientId = scene.Request["client_id"]!.GetValue<string>();
        var name = clientId[(prefix.Length + 1)..];
        var key = server.Nation.Keys.CurrentKey(KeyPurpose.Request);
        var right = new[]
        {
            "x509_hash:" + Base64Url.Encode(SHA256.HashData(key.Certificate!.RawData)), "x509_san_dns:localhost",
            "decentralized_identifier:" + DidJwk.Of(key.Signing!.PublicKey),
        };
        Assert.Contains(clientId, right);

        // The names that it would have by the other prefixes are this verifier's too, and still not what this request said.
        foreach (var audience in (string[])
        [
            name, $":{name}", $"{prefix}:", prefix, $"redirect_uri:{name}", $"{prefix}:{clientId}", clientId + "#0", clientId.ToUpperInvariant(), server.Issuer,
            scene.Request["response_uri"]!.GetValue<string>(), .. right.Where(other => other != clientId),
        ])
        {
            Assert.Contains("aud", await scene.RefusedAsync(
                await scene.BindAsync(change: (_, claims) => claims["aud"] = audience), "Holder", "holder_invalid"), StringComparison.Ordinal);
        }

        await scene.StillOpenAsync();
    }

    [Theory]
    [InlineData(ClientIdPrefixes.X509Hash, ClientIdPrefixes.DecentralizedIdentifier)]
    [InlineData(ClientIdPrefixes.X509SanDns, ClientIdPrefixes.X509Hash)]
    [InlineData(ClientIdPrefixes.DecentralizedIdentifier, ClientIdPrefixes.X509SanDns)]
    public async Task A_request_keeps_its_client_id_over_a_start_with_another_setting(string before, string after)
    {
        await using var server = await StartAsync(before);
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);
        await using var restarted = await server.StartBesideAsync(settings => settings with { ClientIdPrefix = after });
        var there = restarted.UrlHere(new Uri(TestWallet.Parameter(signIn.SameDeviceLink, "request_uri")).AbsolutePath);
        var request = Jws.Parse(await server.Http.GetStringAsync(there));
        Believed(request, signIn.SameDeviceLink, before, server);

        using var answer = await wallet.AnswerAsync(At(restarted, request.Claims()));
        var back = (await answer.JsonAsync())["redirect_uri"]!.GetValue<string>();
        using var on = await signIn.Browser.GetAsync(back);
        Assert.StartsWith(signIn.RedirectUri + "?code=", on.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task A_request_keeps_its_client_id_when_the_next_key_begins_to_sign(string prefix)
    {
        await using var server = await StartAsync(prefix);
        var first = server.Nation.Keys.CurrentKey(KeyPurpose.Request);
        server.Time.Move(first.RetireAfter - KeyRing.Overlap + TimeSpan.FromHours(1) - server.Time.GetUtcNow());
        await server.RenewKeysAsync();
        server.Time.Move(first.RetireAfter - (KeyRing.Overlap / 2) - TimeSpan.FromMinutes(1) - server.Time.GetUtcNow());
        Assert.Equal(first.Kid, server.Nation.Keys.CurrentKey(KeyPurpose.Request).Kid);
        var wallet = await server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(server);

        server.Time.Move(TimeSpan.FromMinutes(2));
        Assert.NotEqual(first.Kid, server.Nation.Keys.CurrentKey(KeyPurpose.Request).Kid);
        Believed(await FetchAsync(server, signIn.SameDeviceLink), signIn.SameDeviceLink, prefix, server);
        Assert.NotNull((await signIn.SignInAsync(wallet))["id_token"]);
        await signIn.OpenAsync();
        Believed(await FetchAsync(server, signIn.SameDeviceLink), signIn.SameDeviceLink, prefix, server);
    }

    [Fact]
    public async Task A_name_of_DNS_is_not_given_to_a_nation_at_an_IP_address_that_was_founded_before()
    {
        using var folder = new TestFolder();
        using var store = TestStore.New(folder.Path);
        var settings = new Settings
        {
            Issuer = "https://192.0.2.1",
            ConnectionString = store.ConnectionString,
            DataFolder = folder.Path,
            Secret = TestNation.Secret,
            IsDevelopment = true,
        };
        await (await NationContext.OpenAsync(settings, new ManualTime())).DisposeAsync();
        var fault = Assert.Single((await Assert.ThrowsAsync<SettingsException>(() => NationContext.OpenAsync(
            settings with { Issuer = null, ClientIdPrefix = ClientIdPrefixes.X509SanDns }, new ManualTime()))).Faults);
        Assert.StartsWith("NETID__Presentation__ClientIdPrefix", fault, StringComparison.Ordinal);
        Assert.Contains("https://192.0.2.1", fault, StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(string prefix) => TestServer.StartAsync(change: settings => settings with { ClientIdPrefix = prefix });

    private static async Task<Jws> FetchAsync(TestServer server, string link) =>
        Jws.Parse(await server.Http.GetStringAsync(TestWallet.Parameter(link, "request_uri")));

    /// <summary>The request, to be answered at this very server.</summary>
    private static JsonObject At(TestServer server, JsonObject request)
    {
        request["response_uri"] = server.UrlHere(new Uri(request["response_uri"]!.GetValue<string>()).AbsolutePath);
        return request;
    }

    /// <summary>What a wallet checks before it believes who asks: the link's client id is the request's, and the request is signed by what that names.</summary>
    private static void Believed(Jws request, string link, string prefix, TestServer server)
    {
        var claims = request.Claims();
        var clientId = claims["client_id"]!.GetValue<string>();
        Assert.Equal(clientId, TestWallet.Parameter(link, "client_id"));
        Assert.StartsWith(prefix + ":", clientId, StringComparison.Ordinal);
        Assert.Equal("oauth-authz-req+jwt", request.Type);
        var name = clientId[(prefix.Length + 1)..];
        if (prefix == ClientIdPrefixes.DecentralizedIdentifier)
        {
            Assert.False(request.Header.ContainsKey("x5c"));
            Assert.Equal(name + "#0", request.KeyId);
            Assert.False(claims.ContainsKey("iss"));
            using var ofDid = VerificationKey.Import(DidJwk.Parse(name));
            Assert.True(request.IsSignedBy(ofDid));
            return;
        }

        Assert.Equal(clientId, claims["iss"]!.GetValue<string>());
        using var leaf = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Assert.Single(request.Header["x5c"]!.AsArray())!.GetValue<string>()));
        Assert.True(KeyRingTests.Leads(leaf, server.Nation.Keys.Roots, server.Time.GetUtcNow()));
        using var ofLeaf = VerificationKey.Import(SigningKey.FromEcdsa(leaf.GetECDsaPublicKey()!).PublicKey);
        Assert.True(request.IsSignedBy(ofLeaf));
        if (prefix == ClientIdPrefixes.X509Hash)
        {
            Assert.Equal(Base64Url.Encode(SHA256.HashData(leaf.RawData)), name);
            return;
        }

        Assert.Contains(name, leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.Equal(name, new Uri(claims["response_uri"]!.GetValue<string>()).Host);
    }
}
