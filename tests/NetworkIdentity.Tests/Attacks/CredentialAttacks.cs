using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on the credential endpoint's token and request: A46, A47, A53, A55, A57, A60. Its key proofs are in <see cref="KeyProofAttacks"/>.</summary>
public sealed class CredentialAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Dictionary<string, (Func<string, string> Proofs, string Error)> ProofShapes = new()
    {
        ["no proofs"] = (_ => "", "invalid_proof"),
        ["proofs null"] = (_ => """, "proofs": null""", "invalid_proof"),
        ["proofs empty"] = (_ => """, "proofs": {}""", "invalid_proof"),
        ["proofs.jwt empty"] = (_ => """, "proofs": {"jwt": []}""", "invalid_proof"),
        ["both types"] = (proof => $$""", "proofs": {"jwt": ["{{proof}}"], "attestation": ["{{proof}}"]}""", "invalid_proof"),
        ["attestation alone"] = (proof => $$""", "proofs": {"attestation": ["{{proof}}"]}""", "invalid_proof"),
        ["di_vp alone"] = (_ => """, "proofs": {"di_vp": [{}]}""", "invalid_proof"),
        ["the drafts' singular proof"] = (proof => $$""", "proof": {"proof_type": "jwt", "jwt": "{{proof}}"}""", "invalid_proof"),
        ["not a JWT"] = (_ => """, "proofs": {"jwt": ["x"]}""", "invalid_proof"),
        ["an empty text"] = (_ => """, "proofs": {"jwt": [""]}""", "invalid_proof"),
        ["proofs an array"] = (proof => $$""", "proofs": ["{{proof}}"]""", "invalid_credential_request"),
        ["proofs a text"] = (proof => $$""", "proofs": "{{proof}}" """, "invalid_credential_request"),
        ["proofs.jwt a text"] = (proof => $$""", "proofs": {"jwt": "{{proof}}"}""", "invalid_credential_request"),
        ["proofs.jwt of a null"] = (proof => $$""", "proofs": {"jwt": ["{{proof}}", null]}""", "invalid_credential_request"),
        ["proofs.jwt of an object"] = (proof => $$""", "proofs": {"jwt": [{"jwt": "{{proof}}"}]}""", "invalid_credential_request"),
    };

    private static readonly Dictionary<string, byte[]> BrokenJson = new()
    {
        ["depth 1000"] = Utf8($$"""{"credential_configuration_id": "membership", "x": {{new string('[', 1000)}}{{new string(']', 1000)}}}"""),
        ["depth 1000, unclosed"] = Utf8(new string('{', 1000)),
        ["a duplicate key"] = Utf8("""{"credential_configuration_id": "membership", "credential_configuration_id": "membership"}"""),
        ["a duplicate key in proofs"] = Utf8("""{"credential_configuration_id": "membership", "proofs": {"jwt": ["x"], "jwt": ["x"]}}"""),
        ["a duplicate key, escaped"] = Utf8("""{"credential_configuration_id": "membership", "proofs": {}, "p\u0072oofs": {}}"""),
        ["a lone surrogate"] = Utf8("""{"credential_configuration_id": "\ud800"}"""),
        ["a lone surrogate in a name"] = Utf8("""{"credential_configuration_id": "membership", "\udc00": 1}"""),
        ["bytes that are not UTF-8"] = [.. Utf8("{\"credential_configuration_id\": \""), 0xED, 0xA0, 0x80, .. Utf8("\"}")],
        ["NaN"] = Utf8("""{"credential_configuration_id": "membership", "x": NaN}"""),
        ["Infinity"] = Utf8("""{"credential_configuration_id": "membership", "x": -Infinity}"""),
        ["a comment"] = Utf8("""{"credential_configuration_id": "membership" /* */}"""),
        ["a trailing comma"] = Utf8("""{"credential_configuration_id": "membership",}"""),
        ["something behind it"] = Utf8("""{"credential_configuration_id": "membership"} {}"""),
        ["an array"] = Utf8("[]"),
        ["null"] = Utf8("null"),
        ["nothing"] = [],
    };

    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string> ProofShapeNames => [.. ProofShapes.Keys];

    public static TheoryData<string> BrokenJsonNames => [.. BrokenJson.Keys];

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer no-such-token")]
    [InlineData("Basic bm8tc3VjaDp0b2tlbg==")]
    public async Task A46_no_token_or_one_that_is_unknown_is_401_before_the_body_is_read(string? authorization)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        foreach (var body in new[] { Body(await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())), "not JSON" })
        {
            using var refused = await PostAsync(authorization, new StringContent(body, null, "application/json"));
            await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);

            // Who sent no token is told the scheme and no error [RFC6750 §3.1].
            var challenge = Assert.Single(refused.Headers.WwwAuthenticate);
            Assert.Equal("Bearer", challenge.Scheme);
            Assert.Equal(authorization is not null, challenge.Parameter!.Contains("error=\"invalid_token\""));
        }

        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task A46_tokens_of_other_kinds_are_401()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var presentation = await TestPresentation.BeginAsync(_server);
        var tokens = await presentation.SignIn.SignInAsync(presentation.Wallet);
        foreach (var other in new[]
        {
            tokens["access_token"]!.GetValue<string>(), tokens["id_token"]!.GetValue<string>(), ready.OfferId, ready.Token + "x", ready.Token[..^1],
            await ready.Wallet.NonceAsync(),
        })
        {
            using var refused = await ready.Wallet.RequestCredentialAsync(other, await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync()));
            await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        }

        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task A46_a_pre_authorized_code_is_no_token()
    {
        var wallet = new TestWallet(_server);
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        using (var refused = await wallet.RequestCredentialAsync(await wallet.CodeOfAsync(made.Id), await wallet.ProofAsync(await wallet.NonceAsync())))
            await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await wallet.TakeAsync(made.Id);
    }

    [Fact]
    public async Task A46_a_token_that_is_not_bound_to_a_key_can_not_be_sent_as_if_it_were()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using var refused = await PostAsync(
            $"DPoP {ready.Token}", new StringContent(Body(await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync())), null, "application/json"));
        await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await ready.StillOpenAsync();
    }

    [Fact]
    public async Task A46_a_token_lives_five_minutes()
    {
        await using var server = await TestServer.StartAsync();
        var (early, late) = (await TestIssuance.BeginAsync(server), await TestIssuance.BeginAsync(server));
        server.Time.Move(Offering.AccessTokenLifetime - TimeSpan.FromSeconds(20));
        await early.StillOpenAsync();
        server.Time.Move(TimeSpan.FromSeconds(21));
        using var refused = await late.RequestAsync();
        await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Empty(await late.RecordsAsync());
    }

    [Theory]
    [MemberData(nameof(ProofShapeNames))]
    public async Task A47_proofs_of_a_wrong_shape_are_refused(string shape)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var (proofs, error) = ProofShapes[shape];
        using (var refused = await ready.Wallet.RequestCredentialBodyAsync(
            ready.Token, "{\"credential_configuration_id\": \"membership\"" + proofs(await ready.Wallet.ProofAsync(nonce)) + "}"))
        {
            await refused.RefusedAsync(error);
        }

        await ready.StillOpenAsync(nonce);
    }

    [Theory]
    [InlineData("""{"credential_configuration_id": "no-such"}""", "unknown_credential_configuration")]
    [InlineData("""{"credential_configuration_id": "Membership"}""", "unknown_credential_configuration")]
    [InlineData("""{"credential_identifier": "no-such"}""", "unknown_credential_identifier")]
    [InlineData("""{"credential_configuration_id": "membership", "credential_identifier": "membership"}""", "invalid_credential_request")]
    [InlineData("""{}""", "invalid_credential_request")]
    [InlineData("""{"credential_configuration_id": ["membership"]}""", "invalid_credential_request")]
    [InlineData("""{"credential_configuration_id": null, "credential_identifier": null}""", "invalid_credential_request")]
    [InlineData("""{"format": "dc+sd-jwt", "vct": "urn:network-identity:membership:1"}""", "invalid_credential_request")]
    public async Task A53_what_is_not_offered_is_not_given(string request, string error)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var body = (JsonObject)JsonNode.Parse(request)!;
        body["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await ready.Wallet.ProofAsync(nonce)) };
        using (var refused = await ready.Wallet.RequestCredentialBodyAsync(ready.Token, body.ToJsonString())) await refused.RefusedAsync(error);
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A53_a_member_that_is_null_is_a_member_that_is_not_there()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var proof = await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync());
        using var response = await ready.Wallet.RequestCredentialBodyAsync(ready.Token, $$"""
            {"credential_configuration_id": "membership", "credential_identifier": null, "credential_response_encryption": null, "proof": null, "proofs": {"jwt": ["{{proof}}"] } }
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A53_a_configuration_that_the_token_does_not_cover_is_403()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        await OfferAsync("residency");
        using (var refused = await ready.RequestAsync())
        {
            await refused.RefusedAsync("insufficient_scope", HttpStatusCode.Forbidden);
            Assert.Contains("error=\"insufficient_scope\"", Assert.Single(refused.Headers.WwwAuthenticate).Parameter);
        }

        await OfferAsync("membership");
        await ready.StillOpenAsync();

        async Task OfferAsync(string type) => Assert.Null(await _server.Nation.Database.CommitAsync(
            new Statement("UPDATE offer SET type = @type WHERE id = @id", new { type, id = ready.OfferId }, "offer")));
    }

    [Fact]
    public async Task A53_a_token_for_one_form_gives_no_other()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        await AskedAsync("membership_ldp_vc");
        using (var refused = await ready.RequestAsync()) await refused.RefusedAsync("insufficient_scope", HttpStatusCode.Forbidden);
        await AskedAsync("membership");
        await ready.StillOpenAsync();

        // What authorization_details asked for at the token endpoint is in the scope, by its identifiers.
        async Task AskedAsync(string configurations) => Assert.Null(await _server.Nation.Database.CommitAsync(new Statement(
            "UPDATE access_token SET scope = @scope WHERE subject_id = @id", new { scope = $"{configurations} {AccessTokens.WithIdentifiers}", id = ready.OfferId }, "token")));
    }

    [Theory]
    [InlineData("""{"jwk": {}, "enc": "A128GCM"}""")]
    [InlineData("""{"alg": "RSA1_5", "enc": "A128CBC-HS256"}""")]
    public async Task A55_an_encrypted_answer_that_is_not_offered_is_never_sent_in_the_clear(string parameters)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var body = (JsonObject)JsonNode.Parse(Body(await ready.Wallet.ProofAsync(nonce)))!;
        body["credential_response_encryption"] = JsonNode.Parse(parameters);
        using (var refused = await ready.Wallet.RequestCredentialBodyAsync(ready.Token, body.ToJsonString()))
            await refused.RefusedAsync("invalid_encryption_parameters");
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A57_a_notification_of_anothers_credential_is_refused_and_a_repeat_changes_nothing()
    {
        var (mine, theirs) = (await TestIssuance.BeginAsync(_server), await TestIssuance.BeginAsync(_server));
        using var issued = await mine.RequestAsync();
        var id = (await issued.JsonAsync())["notification_id"]!.GetValue<string>();
        (await theirs.RequestAsync()).Dispose();

        using (var foreign = await NotifyAsync(theirs.Token, id, "credential_deleted")) await foreign.RefusedAsync("invalid_notification_id");
        using (var unknown = await NotifyAsync(mine.Token, "no-such", "credential_deleted")) await unknown.RefusedAsync("invalid_notification_id");
        using (var bad = await NotifyAsync(mine.Token, id, "credential_stolen")) await bad.RefusedAsync("invalid_notification_request");
        using (var nobody = await NotifyAsync("no-such", id, "credential_deleted")) await nobody.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        Assert.Null(Assert.Single(await mine.RecordsAsync()).NotificationEvent);

        for (var i = 0; i < 2; i++)
        {
            using var kept = await NotifyAsync(mine.Token, id, "credential_accepted");
            Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
        }

        Assert.Equal("credential_accepted", Assert.Single(await mine.RecordsAsync()).NotificationEvent);
    }

    [Theory]
    [MemberData(nameof(BrokenJsonNames))]
    public async Task A60_json_that_two_readers_could_read_differently_is_refused(string name)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using (var refused = await PostAsync($"Bearer {ready.Token}", Json(BrokenJson[name]))) await refused.RefusedAsync("invalid_credential_request");
        using (var refused = await PostAsync($"Bearer {ready.Token}", Json(BrokenJson[name]), "/notification"))
            await refused.RefusedAsync("invalid_notification_request");
        await ready.StillOpenAsync();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jwt")]
    [InlineData(null)]
    public async Task A60_a_body_that_is_not_said_to_be_json_is_refused(string? contentType)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var content = new ByteArrayContent(Utf8(Body(await ready.Wallet.ProofAsync(nonce))));
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
        using (var refused = await PostAsync($"Bearer {ready.Token}", content)) await refused.RefusedAsync("invalid_credential_request");
        await ready.StillOpenAsync(nonce);
    }

    [Theory]
    [InlineData("/credential")]
    [InlineData("/deferred-credential")]
    [InlineData("/notification")]
    public async Task A60_a_body_of_10_MB_is_413(string path)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using (var refused = await PostAsync($"Bearer {ready.Token}", Json(new byte[10_000_000]), path))
            await refused.RefusedAsync("invalid_request", HttpStatusCode.RequestEntityTooLarge);
        await ready.StillOpenAsync();
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Body(string proof) => "{\"credential_configuration_id\": \"membership\", \"proofs\": {\"jwt\": [\"" + proof + "\"]}}";

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private Task<HttpResponseMessage> NotifyAsync(string token, string id, string name) =>
        PostAsync($"Bearer {token}", new StringContent(new JsonObject { ["notification_id"] = id, ["event"] = name }.ToJsonString(), null, "application/json"), "/notification");

    private async Task<HttpResponseMessage> PostAsync(string? authorization, HttpContent content, string path = "/credential")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url(path)) { Content = content };

        // So that the refusal of a long body comes before the body.
        request.Headers.ExpectContinue = true;
        if (authorization is not null) Assert.True(request.Headers.TryAddWithoutValidation("Authorization", authorization));
        return await _server.Http.SendAsync(request);
    }
}
