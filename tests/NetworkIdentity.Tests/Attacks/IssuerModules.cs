using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What OpenID's conformance suite tries with an issuer (its modules oid4vci-1_0-issuer-*), by the modules' own names, as far as they apply to this grant.</summary>
public sealed class IssuerModules(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("")]
    [InlineData("/nation")]
    public async Task oid4vci_1_0_issuer_metadata_test_finds_what_the_specification_asks_for(string path)
    {
        await using var server = await TestServer.StartAsync(path: path);
        var origin = server.Issuer[..^path.Length];
        using var response = await server.Http.GetAsync($"{origin}/.well-known/openid-credential-issuer{path}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var metadata = await response.JsonAsync();
        Assert.Equal(server.Issuer, metadata["credential_issuer"]!.GetValue<string>());
        foreach (var endpoint in new[] { "credential_endpoint", "nonce_endpoint", "notification_endpoint" })
            Assert.StartsWith(server.Issuer + "/", metadata[endpoint]!.GetValue<string>());
        Assert.True(metadata["batch_credential_issuance"]!["batch_size"]!.GetValue<int>() >= 2);
        Assert.False(metadata.ContainsKey("credential_response_encryption"));

        var configuration = metadata["credential_configurations_supported"]!["membership"]!;
        Assert.Equal("dc+sd-jwt", configuration["format"]!.GetValue<string>());
        Assert.Equal("urn:network-identity:membership:1", configuration["vct"]!.GetValue<string>());
        Assert.Equal("jwk", Assert.Single(configuration["cryptographic_binding_methods_supported"]!.AsArray())!.GetValue<string>());
        var algorithms = configuration["proof_types_supported"]!["jwt"]!["proof_signing_alg_values_supported"]!.AsArray().Select(alg => alg!.GetValue<string>());
        Assert.Equal(KeyProof.Algorithms, algorithms);

        var authorizationServer = Assert.Single(metadata["authorization_servers"]!.AsArray())!.GetValue<string>();
        Assert.Equal(server.Issuer, authorizationServer);
        using var oauth = await server.Http.GetAsync($"{origin}/.well-known/oauth-authorization-server{path}");
        var oauthMetadata = await oauth.JsonAsync();
        Assert.Equal(server.Issuer, oauthMetadata["issuer"]!.GetValue<string>());
        Assert.Contains(CredentialOffer.PreAuthorizedCodeGrant, oauthMetadata["grant_types_supported"]!.AsArray().Select(grant => grant!.GetValue<string>()));
        Assert.True(oauthMetadata["pre-authorized_grant_anonymous_access_supported"]!.GetValue<bool>());

        using var keys = await server.Http.GetAsync($"{origin}/.well-known/jwt-vc-issuer{path}");
        Assert.Equal(server.Issuer, (await keys.JsonAsync())["issuer"]!.GetValue<string>());
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_happy_flow_gives_a_credential_of_the_offered_type_on_the_proven_key()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using (var nonce = await _server.Http.PostAsync(_server.Url("/nonce"), null))
        {
            Assert.True(nonce.Headers.CacheControl?.NoStore);
            Assert.Equal(["c_nonce"], (await nonce.JsonAsync()).Select(member => member.Key));
        }

        using var issued = await ready.RequestAsync();
        var credential = SdJwt.Parse(Assert.Single(await TestIssuance.CredentialsAsync(issued)));
        var claims = credential.Process().Claims;
        Assert.Equal("dc+sd-jwt", credential.IssuerSigned.Type);
        Assert.Equal("urn:network-identity:membership:1", claims["vct"]!.GetValue<string>());
        Assert.Equal(_server.Issuer, claims["iss"]!.GetValue<string>());
        Assert.True(Jwk.Parse((JsonObject)claims["cnf"]!["jwk"]!).IsSameKeyAs(ready.Wallet.Key.PublicKey));
        Assert.NotNull(claims["exp"]);
        Assert.Null(credential.KeyBindingJwt);

        using var notified = await NotifyAsync(ready.Token, (await issued.JsonAsync())["notification_id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NoContent, notified.StatusCode);
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_happy_flow_with_authorization_details_names_an_identifier_that_works()
    {
        var wallet = new TestWallet(_server);
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        using var token = await wallet.RedeemAsync(
            await wallet.CodeOfAsync(made.Id), null, ("authorization_details", """[{"type": "openid_credential", "credential_configuration_id": "membership"}]"""));
        var json = await token.JsonAsync();
        Assert.True(token.Headers.CacheControl?.NoStore);
        Assert.InRange(json["expires_in"]!.GetValue<int>(), 1, 300);
        var identifier = json["authorization_details"]![0]!["credential_identifiers"]![0]!.GetValue<string>();
        using var issued = await wallet.RequestCredentialBodyAsync(json["access_token"]!.GetValue<string>(), new JsonObject
        {
            ["credential_identifier"] = identifier,
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await wallet.ProofAsync(await wallet.NonceAsync())) },
        }.ToJsonString());
        Assert.Single(await TestIssuance.CredentialsAsync(issued));
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_happy_flow_additional_requests_are_served_whatever_their_Accept_header_says()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        foreach (var accept in new[] { "application/json; charset=UTF-8", "application/json, application/*+json, */*", "*/*" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/credential")) { Content = await BodyAsync(ready) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ready.Token);
            request.Headers.Accept.ParseAdd(accept);
            request.Headers.Add("x-fapi-customer-ip-address", "2001:db8::1893:25c8:1946");
            using var response = await _server.Http.SendAsync(request);
            Assert.Single(await TestIssuance.CredentialsAsync(response));
        }
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_happy_flow_skip_notification_leaves_the_credential_good()
    {
        var presentation = await TestPresentation.BeginAsync(_server);
        await presentation.StillOpenAsync();
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_happy_flow_multiple_clients_get_credentials_of_their_own()
    {
        var (first, second) = (await TestIssuance.BeginAsync(_server), await TestIssuance.BeginAsync(_server));
        Assert.NotEqual(first.Token, second.Token);
        await first.StillOpenAsync();
        await second.StillOpenAsync();
        var (one, two) = (Assert.Single(await first.RecordsAsync()), Assert.Single(await second.RecordsAsync()));
        Assert.NotEqual(one.MemberId, two.MemberId);
        Assert.NotEqual((one.ListId, one.Idx), (two.ListId, two.Idx));
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_batch_issuance_gives_credentials_that_do_not_link()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var keys = Enumerable.Range(0, Issuer.BatchSize).Select(_ => TestWallet.NewKey()).ToList();
        using var response = await ready.Wallet.RequestCredentialAsync(
            ready.Token, await Task.WhenAll(keys.Select(key => ready.Wallet.ProofAsync(nonce, key: key))));
        var credentials = (await TestIssuance.CredentialsAsync(response)).Select(SdJwt.Parse).ToList();
        var claims = credentials.Select(one => one.Process().Claims).ToList();

        // In the order of the proofs, each on its own key.
        Assert.Equal(keys.Select(key => key.PublicKey.Thumbprint()), claims.Select(one => Jwk.Parse((JsonObject)one["cnf"]!["jwk"]!).Thumbprint()));

        // The same said of the member; nothing else the same.
        Assert.Single(claims.Select(Data).Distinct());
        var salts = credentials.SelectMany(one => one.Disclosures).Select(one => one.Salt).ToList();
        Assert.Equal(salts.Count, salts.Distinct().Count());
        var digests = credentials.SelectMany(one => one.IssuerSigned.Claims()["_sd"]!.AsArray()).Select(one => one!.GetValue<string>()).ToList();
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.All(claims, one => Assert.Null(one["jti"]));
        Assert.All(claims, one => Assert.Null(one["sub"]));

        // Slots that are distinct and not in a row; times to the day.
        var slots = claims.Select(one => one["status"]!["status_list"]!["idx"]!.GetValue<long>()).ToList();
        Assert.Equal(slots.Count, slots.Distinct().Count());
        Assert.False(slots.Zip(slots.Skip(1)).All(pair => Math.Abs(pair.First - pair.Second) == 1));
        Assert.All(claims, one => Assert.Equal(0, one["iat"]!.GetValue<long>() % 86_400));
        Assert.All(claims, one => Assert.Equal(0, one["exp"]!.GetValue<long>() % 86_400));

        static string Data(JsonObject claims)
        {
            var data = (JsonObject)claims.DeepClone();
            data.Remove("cnf");
            data.Remove("status");
            return new JsonObject(data.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()))).ToJsonString();
        }
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_fail_invalid_nonce_is_told_invalid_nonce()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using (var refused = await ready.Wallet.RequestCredentialAsync(ready.Token, await ready.Wallet.ProofAsync(RandomId.Secret())))
            await refused.RefusedAsync("invalid_nonce");
        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_fail_replay_nonce_is_told_invalid_nonce()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        await ready.StillOpenAsync(nonce);
        using var refused = await ready.Wallet.RequestCredentialAsync(ready.Token, await ready.Wallet.ProofAsync(nonce));
        await refused.RefusedAsync("invalid_nonce");
        Assert.Single(await ready.RecordsAsync());
    }

    [Fact]
    public async Task oid4vci_1_0_issuer_fail_invalid_jwt_proof_signature_is_told_invalid_proof()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var right = await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync());
        var at = right.LastIndexOf('.') + 10;
        using (var refused = await ready.Wallet.RequestCredentialAsync(ready.Token, right[..at] + (right[at] == 'A' ? 'B' : 'A') + right[(at + 1)..]))
            await refused.RefusedAsync("invalid_proof");
        await ready.StillOpenAsync();
    }

    [Theory]
    [InlineData("fail-missing-proof", """{"credential_configuration_id": "membership"}""", "invalid_proof")]
    [InlineData("fail-unknown-credential-configuration", """{"credential_configuration_id": "invalid"}""", "unknown_credential_configuration")]
    [InlineData("fail-unknown-credential-identifier", """{"credential_identifier": "invalid"}""", "unknown_credential_identifier")]
    [InlineData("fail-unsupported-encryption-algorithm", """
        {
            "credential_configuration_id": "membership",
            "credential_response_encryption": {"jwk": {"kty": "EC", "crv": "P-256", "alg": "UNSUPPORTED"}, "alg": "UNSUPPORTED", "enc": "UNSUPPORTED"}
        }
        """, "invalid_encryption_parameters")]
    public async Task oid4vci_1_0_issuer_fail_modules_are_told_their_own_code(string module, string body, string error)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var request = (JsonObject)JsonNode.Parse(body)!;
        if (module != "fail-missing-proof")
            request["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())) };
        using (var refused = await ready.Wallet.RequestCredentialBodyAsync(ready.Token, request.ToJsonString()))
        {
            await refused.RefusedAsync(error);

            // The suite takes no other member in an error.
            Assert.Equal(["error", "error_description"], (await refused.JsonAsync()).Select(member => member.Key));
        }

        await ready.StillOpenAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task oid4vci_1_0_issuer_fail_on_access_token_in_query_is_refused_even_beside_the_header(bool inHeaderToo)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url($"/credential?access_token={ready.Token}")) { Content = await BodyAsync(ready) };
        if (inHeaderToo) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ready.Token);
        using (var refused = await _server.Http.SendAsync(request)) await refused.RefusedAsync("invalid_request");
        await ready.StillOpenAsync();
    }

    private static async Task<StringContent> BodyAsync(TestIssuance ready) => new(
        new JsonObject
        {
            ["credential_configuration_id"] = "membership",
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())) },
        }.ToJsonString(),
        null,
        "application/json");

    private async Task<HttpResponseMessage> NotifyAsync(string token, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/notification"))
        {
            Content = new StringContent(new JsonObject { ["notification_id"] = id, ["event"] = "credential_accepted" }.ToJsonString(), null, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _server.Http.SendAsync(request);
    }
}
