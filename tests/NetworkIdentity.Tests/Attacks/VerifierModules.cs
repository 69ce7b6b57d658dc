using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What OpenID's conformance suite tries with a verifier (its modules oid4vp-1final-verifier-*), by the modules' own names.</summary>
public sealed class VerifierModules(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Year = 31_536_000;

    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("direct_post")]
    [InlineData("direct_post.jwt")]
    public async Task oid4vp_1final_verifier_happy_flow_ends_with_a_redirect_uri_of_a_fresh_response_code(string mode)
    {
        var scene = await TestPresentation.BeginAsync(_server, mode);
        var request = scene.Request;
        Assert.StartsWith("x509_hash:", request["client_id"]!.GetValue<string>());
        Assert.Equal("vp_token", request["response_type"]!.GetValue<string>());
        Assert.Equal(mode, request["response_mode"]!.GetValue<string>());
        Assert.Equal("https://self-issued.me/v2", request["aud"]!.GetValue<string>());
        Assert.Null(request["redirect_uri"]);
        Assert.True(request["nonce"]!.GetValue<string>().Length >= 43);

        using var answer = await scene.Wallet.AnswerAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var back = (await answer.JsonAsync())["redirect_uri"]!.GetValue<string>();
        Assert.True(TestWallet.Parameter(back, "response_code").Length >= 43);
        using var returned = await scene.SignIn.Browser.GetAsync(back);
        Assert.StartsWith(scene.SignIn.RedirectUri, returned.Headers.Location!.ToString());
    }

    [Fact]
    public async Task oid4vp_1final_verifier_happy_flow_signs_the_request_with_the_leaf_that_its_client_id_names()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var jws = Jws.Parse(await _server.Http.GetStringAsync(TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri")));
        Assert.Equal("oauth-authz-req+jwt", jws.Type);
        var leaf = Assert.Single(jws.Header["x5c"]!.AsArray())!.GetValue<string>();
        var der = Convert.FromBase64String(leaf);
        var hash = Base64Url.Encode(System.Security.Cryptography.SHA256.HashData(der));
        Assert.Equal("x509_hash:" + hash, scene.Request["client_id"]!.GetValue<string>());
        Assert.Equal(scene.Request["client_id"]!.GetValue<string>(), TestWallet.Parameter(scene.SignIn.SameDeviceLink, "client_id"));

        // A leaf, not the anchor, and not self-signed [HAIP §5].
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(der);
        Assert.NotEqual(certificate.Subject, certificate.Issuer);
    }

    [Fact]
    public async Task oid4vp_1final_verifier_request_uri_method_post_is_served_with_the_wallet_s_nonce()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        Assert.Equal("post", TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri_method"));
        using var response = await _server.Http.PostAsync(
            TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri"),
            new FormUrlEncodedContent([new("wallet_nonce", "of-the-wallet"), new("wallet_metadata", """{"vp_formats_supported": {"dc+sd-jwt": {}}}""")]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Jws.Parse(await response.Content.ReadAsStringAsync()).Claims();
        Assert.Equal("of-the-wallet", request["wallet_nonce"]!.GetValue<string>());
        using var answer = await scene.Wallet.AnswerAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task oid4vp_1final_verifier_request_uri_fetched_twice_is_answered_all_the_same()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var again = await scene.Wallet.FetchAsync(scene.SignIn.SameDeviceLink);
        Assert.Equal(scene.Request["nonce"]!.GetValue<string>(), again["nonce"]!.GetValue<string>());
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task oid4vp_1final_verifier_minimal_cnf_jwk_is_accepted()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.ForgeAsync((_, payload) =>
        {
            var jwk = scene.Wallet.Key.PublicKey;
            payload["cnf"] = new JsonObject { ["jwk"] = new JsonObject { ["kty"] = "EC", ["crv"] = jwk.Crv, ["x"] = jwk.X, ["y"] = jwk.Y } };
        });
        using var answer = await scene.Wallet.AnswerAsync(scene.Request, TestWallet.VpToken(await scene.BindAsync()));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task oid4vp_1final_verifier_invalid_kb_jwt_signature_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var right = await scene.BindAsync();
        var broken = right[..^2] + (right[^2] == 'A' ? 'B' : 'A') + right[^1];
        await RefusedAsync(scene, broken);
    }

    [Fact]
    public async Task oid4vp_1final_verifier_invalid_kb_jwt_nonce_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await RefusedAsync(scene, await scene.BindAsync(change: (_, claims) => claims["nonce"] = claims["nonce"]!.GetValue<string>() + "1"));
    }

    [Fact]
    public async Task oid4vp_1final_verifier_invalid_kb_jwt_aud_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await RefusedAsync(scene, await scene.BindAsync(change: (_, claims) => claims["aud"] = "https://invalid.example"));
    }

    [Fact]
    public async Task oid4vp_1final_verifier_invalid_sd_hash_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await RefusedAsync(scene, await scene.BindAsync(change: (_, claims) => claims["sd_hash"] = Forgery.Hash("invalid")));
    }

    [Fact]
    public async Task oid4vp_1final_verifier_kb_jwt_iat_in_past_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await RefusedAsync(scene, await scene.BindAsync(change: (_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() - Year));
    }

    [Fact]
    public async Task oid4vp_1final_verifier_kb_jwt_iat_in_future_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await RefusedAsync(scene, await scene.BindAsync(change: (_, claims) => claims["iat"] = claims["iat"]!.GetValue<long>() + Year));
    }

    [Fact]
    public async Task oid4vp_1final_verifier_invalid_credential_signature_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var jwt = scene.Shown.Split('~')[0];
        var at = jwt.LastIndexOf('.') + 10;
        var broken = jwt[..at] + (jwt[at] == 'A' ? 'B' : 'A') + jwt[(at + 1)..];
        await scene.RefusedAsync(await scene.BindAsync(scene.Shown.Replace(jwt, broken, StringComparison.Ordinal)), "Proof", "signature_invalid");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task oid4vp_1final_verifier_present_revoked_credential_is_refused_and_the_page_says_why()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var status = Jws.Parse(scene.Shown.Split('~')[0]).Claims()["status"]!["status_list"]!;
        var record = await Registry.Credentials.FindBySlotAsync(
            _server.Nation.Database, Forgery.ListId(status["uri"]!.GetValue<string>()), status["idx"]!.GetValue<long>());
        await _server.Nation.Revoker.RevokeAsync(record!.Id, "a reason that stays between the nation and the member");
        var words = await scene.RefusedAsync(await scene.BindAsync(), "Status", "revoked");
        Assert.DoesNotContain("a reason that stays", words);
        Assert.Contains("revoked", await scene.SignIn.Browser.GetStringAsync(scene.SignIn.Page));
        using var goOn = await scene.SignIn.Browser.GetAsync(scene.SignIn.Page + "/continue");
        Assert.Equal(scene.SignIn.Page, goOn.Headers.Location!.ToString());
    }

    /// <summary>The suite would have it accepted; every credential of the nation has a status, so one without is not the nation's own.</summary>
    [Fact]
    public async Task oid4vp_1final_verifier_present_credential_without_status_is_refused_by_policy()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        await scene.ForgeAsync((_, payload) => payload.Remove("status"));
        await scene.RefusedAsync(await scene.BindAsync(), "Status", "no_status");
        await scene.StillOpenAsync();
    }

    private static async Task RefusedAsync(TestPresentation scene, string presentation)
    {
        await scene.RefusedAsync(presentation, "Holder", "holder_invalid");
        await scene.StillOpenAsync();
    }
}
