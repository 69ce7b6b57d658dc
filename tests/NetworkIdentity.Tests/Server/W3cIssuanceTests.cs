using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>Membership, residency and reputation as W3C credentials: over OpenID4VCI, and back over OpenID4VP.</summary>
public sealed class W3cIssuanceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task An_offer_and_the_metadata_name_both_formats()
    {
        var offer = await new TestWallet(_server).OfferAsync(await OfferAsync());
        Assert.Equal(["membership", "membership_ldp_vc"], offer["credential_configuration_ids"]!.AsArray().Select(id => (string)id!));

        var metadata = (await _server.Http.GetFromJsonAsync<JsonObject>(_server.UrlHere("/.well-known/openid-credential-issuer")))!;
        var configurations = metadata["credential_configurations_supported"]!.AsObject();
        foreach (var type in (string[])["membership", "residency", "reputation"])
        {
            var configuration = configurations[$"{type}_ldp_vc"]!;
            Assert.Equal(("ldp_vc", type), ((string)configuration["format"]!, (string)configuration["scope"]!));
            Assert.Equal(["did:key", "did:jwk"], configuration["cryptographic_binding_methods_supported"]!.AsArray().Select(method => (string)method!));
            Assert.Equal(["eddsa-jcs-2022"], configuration["credential_signing_alg_values_supported"]!.AsArray().Select(name => (string)name!));
            Assert.Equal(["VerifiableCredential", $"{char.ToUpperInvariant(type[0])}{type[1..]}Credential"], configuration["credential_definition"]!["type"]!.AsArray().Select(name => (string)name!));
            Assert.All(configuration["credential_metadata"]!["claims"]!.AsArray(), claim => Assert.Equal("credentialSubject", (string)claim!["path"]![0]!));
        }
    }

    [Fact]
    public async Task The_credential_is_as_the_data_model_has_it_and_its_context_and_schema_are_served()
    {
        var (credential, holder) = await TakeAsync(await OfferAsync());
        var did = _server.Nation.DidLog!;
        var read = VerifiableCredential.Read(credential);
        Assert.Equal((did.Did, "VerifiableCredential,MembershipCredential"), (read.Issuer, string.Join(',', read.Types)));
        Assert.Equal(holder.Did, (string)Assert.Single(read.Subjects)["id"]!);
        Assert.Equal(TimeSpan.Zero, read.ValidFrom!.Value.TimeOfDay);
        Assert.StartsWith("urn:uuid:", read.Id, StringComparison.Ordinal);
        Assert.NotEqual(read.Id, (string)(await TakeAsync(await OfferAsync())).Credential["id"]!);
        var verified = SecuredDocument.Parse(credential).Verify(new(ControlledIdentifierDocument.AssertionMethod, _server.Time.GetUtcNow()), _ => did.Document);
        Assert.Equal(did.Did, Assert.Single(verified.Proofs).Method.Controller);

        // The context is the file that its digest says, whoever serves it.
        var context = (string)credential["@context"]![1]!;
        using var served = await _server.Http.GetAsync(Here(context));
        Assert.Equal("application/ld+json", served.Content.Headers.ContentType!.MediaType);
        var file = await served.Content.ReadAsByteArrayAsync();
        Assert.Equal($"sha384-{Convert.ToBase64String(SHA384.HashData(file))}", (string)credential["relatedResource"]![0]!["digestSRI"]!);
        read.RelatedResources[0].Check(file);

        var schema = (await _server.Http.GetFromJsonAsync<JsonObject>(Here((string)credential["credentialSchema"]!["id"]!)))!;
        Assert.Empty(NetworkIdentity.Standards.Schemas.JsonSchema.Compile(schema).Validate(credential));
        credential["credentialSubject"]!["tier"] = "emperor";
        Assert.NotEmpty(NetworkIdentity.Standards.Schemas.JsonSchema.Compile(schema).Validate(credential));
    }

    [Fact]
    public async Task One_offer_gives_both_formats_also_on_one_key_and_a_lost_answer_again()
    {
        var (offerId, key) = (await OfferAsync(), TestWallet.NewKey());
        var wallet = new TestWallet(_server);
        var (token, holder) = (await wallet.TokenAsync(offerId), new W3cHolder(key));
        using var first = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync(), key: key));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var (once, again) = (await holder.TakeAsync(_server, wallet, token), await holder.TakeAsync(_server, wallet, token));
        Assert.True(JsonNode.DeepEquals(once, again), "the same record, and Ed25519 signs it the same");
        Assert.Equal(2, (await Credentials.OfOfferAsync(_server.Nation.Database, offerId)).Count);
    }

    [Fact]
    public async Task A_key_proof_names_the_key_in_the_way_of_its_format_and_in_no_other()
    {
        var wallet = new TestWallet(_server);
        var (token, holder) = (await wallet.TokenAsync(await OfferAsync()), new W3cHolder());
        await RefusedAsync("membership_ldp_vc", await wallet.ProofAsync(await wallet.NonceAsync()));
        await RefusedAsync("membership", await ProofAsync());
        await RefusedAsync("membership_ldp_vc", await ProofAsync((header, _) => header["kid"] = new W3cHolder().KeyUrl));
        await RefusedAsync("membership_ldp_vc", await ProofAsync((header, _) => header["kid"] = holder.Did));
        await RefusedAsync("membership_ldp_vc", await ProofAsync((header, _) => header["kid"] = holder.Did + new W3cHolder().KeyUrl[holder.Did.Length..]));
        await RefusedAsync("membership_ldp_vc", await ProofAsync((header, _) => header["kid"] = "did:web:evil.example#key"));
        await RefusedAsync("membership_ldp_vc", await ProofAsync((header, _) => header["jwk"] = holder.Key.PublicKey.Bare().ToJson()));
        await holder.TakeAsync(_server, wallet, token);

        async Task<string> ProofAsync(Action<JsonObject, JsonObject>? change = null) => await holder.ProofAsync(_server.Issuer, await wallet.NonceAsync(), _server.Time.GetUtcNow(), change);

        async Task RefusedAsync(string configuration, string proof)
        {
            using var response = await wallet.RequestCredentialBodyAsync(token, Body(configuration, proof));
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_proof"), (response.StatusCode, (string)(await response.JsonAsync())["error"]!));
        }
    }

    [Fact]
    public async Task A53_a_token_for_one_format_does_not_open_the_other()
    {
        var wallet = new TestWallet(_server);
        var details = new JsonArray(new JsonObject { ["type"] = "openid_credential", ["credential_configuration_id"] = "membership_ldp_vc" }).ToJsonString();
        using var redeemed = await wallet.RedeemAsync(await wallet.CodeOfAsync(await OfferAsync()), null, ("authorization_details", details));
        var answer = await redeemed.JsonAsync();
        Assert.Equal("membership_ldp_vc", (string)answer["authorization_details"]![0]!["credential_identifiers"]![0]!);
        var (token, holder) = ((string)answer["access_token"]!, new W3cHolder());

        using var other = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync()));
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        using var unknown = await wallet.RequestCredentialBodyAsync(token, Body("membership_jwt", await wallet.ProofAsync(await wallet.NonceAsync())));
        Assert.Equal("unknown_credential_configuration", (string)(await unknown.JsonAsync())["error"]!);
        foreach (var (identifier, status) in ((string, HttpStatusCode)[])[("membership", HttpStatusCode.BadRequest), ("membership_ldp_vc", HttpStatusCode.OK)])
        {
            var body = new JsonObject
            {
                ["credential_identifier"] = identifier,
                ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await holder.ProofAsync(_server.Issuer, await wallet.NonceAsync(), _server.Time.GetUtcNow())) },
            };
            using var response = await wallet.RequestCredentialBodyAsync(token, body.ToJsonString());
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_kept_of_it_is_sealed_and_is_gone_with_the_member()
    {
        const string name = "Ana Unforgettable of Lisbon";
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = name }, withTransactionCode: false);
        var (credential, holder) = await TakeAsync(made.Id);
        Assert.Equal(name, (string)credential["credentialSubject"]!["display_name"]!);
        var record = Assert.Single(await Credentials.OfOfferAsync(_server.Nation.Database, made.Id));
        foreach (var kept in (byte[][])[record.ToBeSigned, record.Disclosures])
        {
            var text = System.Text.Encoding.UTF8.GetString(kept);
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
            Assert.DoesNotContain(holder.Did, text, StringComparison.Ordinal);
        }

        await _server.Nation.Eraser.EraseAsync(made.MemberId);
        var erased = Assert.Single(await Credentials.OfOfferAsync(_server.Nation.Database, made.Id));
        Assert.Empty(erased.ToBeSigned);
        Assert.Empty(erased.Disclosures);
    }

    [Fact]
    public async Task Its_status_list_is_served_as_a_document_and_as_a_token_and_both_are_the_nations()
    {
        var (credential, _) = await TakeAsync(await OfferAsync());
        foreach (var entry in credential["credentialStatus"]!.AsArray())
        {
            var url = Here((string)entry!["statusListCredential"]!);
            using var document = await GetAsync(url, "application/json");
            Assert.Equal("application/vc", document.Content.Headers.ContentType!.MediaType);
            var json = await document.JsonAsync();
            var did = _server.Nation.DidLog!;
            SecuredDocument.Parse(json).Verify(new(ControlledIdentifierDocument.AssertionMethod, _server.Time.GetUtcNow()), _ => did.Document);
            Assert.Equal((did.Did, (string)entry["statusPurpose"]!), ((string)json["issuer"]!, (string)json["credentialSubject"]!["statusPurpose"]!));

            using var token = await GetAsync(url, "application/vc+jwt");
            Assert.Equal("application/vc+jwt", token.Content.Headers.ContentType!.MediaType);
            Assert.True(JsonNode.DeepEquals(json, EnvelopingProof.Parse(await token.Content.ReadAsStringAsync()).Document));
            Assert.NotEqual(document.Headers.ETag, token.Headers.ETag);
            Assert.Contains("Accept", token.Headers.Vary);
        }
    }

    [Theory]
    [InlineData(CredentialQuery.LdpVc)]
    [InlineData(SdJwtVc.Format)]
    public async Task A_client_that_takes_either_format_signs_in_who_shows_one(string shown)
    {
        var (wallet, holder, credential) = await BothAsync();
        var signIn = await BeginAsync();
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        Assert.Equal("""[{"options":[["membership"],["membership_ldp_vc"]]}]""", request["dcql_query"]!["credential_sets"]!.ToJsonString());
        Assert.Equal(["dc+sd-jwt", "ldp_vc"], request["client_metadata"]!["vp_formats_supported"]!.AsObject().Select(format => format.Key));

        using var answer = await wallet.AnswerAsync(request, shown == SdJwtVc.Format
            ? TestWallet.VpToken(await wallet.PresentationAsync(request))
            : new JsonObject { ["membership_ldp_vc"] = new JsonArray(await PresentAsync(holder, credential, request)) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var back = await signIn.Browser.GetAsync((string)(await answer.JsonAsync())["redirect_uri"]!);
        var claims = TestSignIn.ClaimsOf(await signIn.TokensAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code")));
        Assert.Equal("member", (string)claims["membership"]!["tier"]!);
        Assert.Equal(["member_since", "tier"], claims["membership"]!.AsObject().Select(claim => claim.Key).Order());
    }

    [Fact]
    public async Task Both_formats_at_once_are_more_than_was_asked()
    {
        var (wallet, holder, credential) = await BothAsync();
        var signIn = await BeginAsync();
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        var both = TestWallet.VpToken(await wallet.PresentationAsync(request));
        both["membership_ldp_vc"] = new JsonArray(await PresentAsync(holder, credential, request));
        using var answer = await wallet.AnswerAsync(request, both);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("two formats", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_takes_the_other_format_alone_is_not_answered_with_this_one()
    {
        var (wallet, holder, credential) = await BothAsync();
        var signIn = await TestSignIn.BeginAsync(_server);
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        using var answer = await wallet.AnswerAsync(request, new JsonObject { ["membership_ldp_vc"] = new JsonArray(await PresentAsync(holder, credential, request)) });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_that_takes_W3C_credentials_alone_signs_in_who_shows_one_and_nobody_else()
    {
        var (wallet, holder, credential) = await BothAsync();
        var policy = ProofPolicy.Parse("""{"version": 1, "credentials": [{"type": "membership", "formats": ["ldp_vc"]}]}"""u8);
        var signIn = await TestSignIn.BeginAsync(_server, registration => registration with { Policy = policy });
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        Assert.Equal(["membership_ldp_vc"], request["dcql_query"]!["credentials"]!.AsArray().Select(query => (string)query!["id"]!));
        Assert.Equal(["ldp_vc"], request["client_metadata"]!["vp_formats_supported"]!.AsObject().Select(format => format.Key));

        // The SD-JWT VC of the same member, under its own name and under the one that was asked for; and the credential that nobody shows.
        var sdJwt = await wallet.PresentationAsync(request);
        foreach (var wrong in (JsonObject[])[TestWallet.VpToken(sdJwt), TestWallet.VpToken(sdJwt, "membership_ldp_vc"), new() { ["membership_ldp_vc"] = new JsonArray(credential.DeepClone()) }])
        {
            using var refused = await wallet.AnswerAsync(request, wrong);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.StatusCode, (string)(await refused.JsonAsync())["error"]!));
        }

        using var answer = await wallet.AnswerAsync(request, new JsonObject { ["membership_ldp_vc"] = new JsonArray(await PresentAsync(holder, credential, request)) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var back = await signIn.Browser.GetAsync((string)(await answer.JsonAsync())["redirect_uri"]!);
        var tokens = await signIn.TokensAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code"));
        Assert.Equal("member", (string)TestSignIn.ClaimsOf(tokens)["membership"]!["tier"]!);
        using var told = await signIn.UserInfoAsync((string)tokens["access_token"]!);
        Assert.Equal((string)TestSignIn.ClaimsOf(tokens)["sub"]!, (string)(await told.JsonAsync())["sub"]!);
    }

    [Fact]
    public async Task The_verified_claims_of_a_W3C_credential_name_the_nation_and_the_type()
    {
        var (wallet, holder, credential) = await BothAsync();
        var signIn = await BeginAsync(policy => policy with { VerifiedClaims = ProofPolicy.Always });
        var request = await wallet.FetchAsync(signIn.SameDeviceLink);
        using var answer = await wallet.AnswerAsync(request, new JsonObject { ["membership_ldp_vc"] = new JsonArray(await PresentAsync(holder, credential, request)) });
        using var back = await signIn.Browser.GetAsync((string)(await answer.JsonAsync())["redirect_uri"]!);
        var claims = TestSignIn.ClaimsOf(await signIn.TokensAsync(TestWallet.Parameter(back.Headers.Location!.ToString(), "code")));
        var said = claims["verified_claims"]!.ToJsonString();
        Assert.Contains(_server.Issuer, said, StringComparison.Ordinal);
        Assert.Contains("urn:network-identity:vocab:MembershipCredential", said, StringComparison.Ordinal);
    }

    private string Here(string url) => _server.UrlHere(url[_server.Issuer.Length..]);

    private async Task<string> OfferAsync() =>
        (await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = "Ana" }, withTransactionCode: false)).Id;

    private Task<TestSignIn> BeginAsync(Func<ProofPolicy, ProofPolicy>? change = null)
    {
        var policy = new ProofPolicy([new CredentialPolicy("membership") { Formats = [SdJwtVc.Format, CredentialQuery.LdpVc] }]);
        return TestSignIn.BeginAsync(_server, registration => registration with { Policy = change?.Invoke(policy) ?? policy });
    }

    private Task<JsonObject> PresentAsync(W3cHolder holder, JsonObject credential, JsonObject request) =>
        holder.PresentAsync([credential], (string)request["client_id"]!, (string)request["nonce"]!);

    /// <summary>One member's wallet with both formats.</summary>
    private async Task<(TestWallet Wallet, W3cHolder Holder, JsonObject Credential)> BothAsync()
    {
        var (wallet, holder) = (new TestWallet(_server), new W3cHolder());
        await wallet.TakeAsync(await OfferAsync());
        return (wallet, holder, await holder.TakeAsync(_server, wallet));
    }

    private async Task<(JsonObject Credential, W3cHolder Holder)> TakeAsync(string offerId)
    {
        var (wallet, holder) = (new TestWallet(_server), new W3cHolder());
        return (await holder.TakeAsync(_server, wallet, await wallet.TokenAsync(offerId)), holder);
    }

    private static string Body(string configuration, string proof) => new JsonObject
    {
        ["credential_configuration_id"] = configuration,
        ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) },
    }.ToJsonString();

    private async Task<HttpResponseMessage> GetAsync(string url, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        return await _server.Http.SendAsync(request);
    }
}
