using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on the doors that serve requests and take answers: A71, A75, A77, A78, and A60 there.</summary>
public sealed class ResponseAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>Headers of an encrypted answer that is else right, each with one thing that was not offered.</summary>
    private static readonly Dictionary<string, Action<JsonObject>> Headers = new()
    {
        ["zip DEF"] = header => header["zip"] = "DEF",
        ["zip unknown"] = header => header["zip"] = "x",
        ["crit"] = header => header["crit"] = new JsonArray("exp"),
        ["kid unknown"] = header => header["kid"] = "no-such",
        ["kid a number"] = header => header["kid"] = 1,
        ["alg ECDH-ES+A256KW"] = header => header["alg"] = "ECDH-ES+A256KW",
        ["alg RSA-OAEP-256"] = header => header["alg"] = "RSA-OAEP-256",
        ["alg RSA1_5"] = header => header["alg"] = "RSA1_5",
        ["alg dir"] = header => header["alg"] = "dir",
        ["alg none"] = header => header["alg"] = "none",
        ["p2c huge"] = header => (header["alg"], header["p2s"], header["p2c"]) = ("PBES2-HS256+A128KW", "c2FsdA", int.MaxValue),
        ["enc A128CBC-HS256"] = header => header["enc"] = "A128CBC-HS256",
        ["enc A192GCM"] = header => header["enc"] = "A192GCM",
        ["enc none"] = header => header["enc"] = "none",
        ["enc of another length"] = header => header["enc"] = "A128GCM",
        ["epk absent"] = header => header.Remove("epk"),
        ["epk off the curve"] = header => header["epk"]!["x"] = header["epk"]!["y"]!.GetValue<string>(),
        ["epk with a private member"] = header => header["epk"]!["d"] = "AAAA",
        ["apu longer than allowed"] = header => header["apu"] = new string('A', 4096),
        ["a header longer than allowed"] = header => header["x"] = new string('A', 16384),
    };

    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string> HeaderNames => [.. Headers.Keys];

    [Theory]
    [InlineData("direct_post")]
    [InlineData("direct_post.jwt")]
    public async Task A71_a_second_answer_is_refused_and_the_identical_one_gets_the_same_reply(string mode)
    {
        var scene = await TestPresentation.BeginAsync(_server, mode);
        var form = Form(scene, TestWallet.VpToken(await scene.BindAsync()));
        using var first = await scene.Wallet.PostAsync(scene.Request, form);
        using var again = await scene.Wallet.PostAsync(scene.Request, form);
        var back = (await first.JsonAsync())["redirect_uri"]!.GetValue<string>();
        Assert.Equal(back, (await again.JsonAsync())["redirect_uri"]!.GetValue<string>());

        // Another answer, though it would be right; a thief's, though it is not; the wallet's second thoughts.
        var thief = await _server.MemberAsync();
        foreach (var other in new[]
        {
            Form(scene, TestWallet.VpToken(await scene.BindAsync())),
            Form(scene, TestWallet.VpToken(await thief.PresentationAsync(scene.Request))),
            new() { ["error"] = "access_denied", ["state"] = scene.Request["state"]!.GetValue<string>() },
            new() { ["state"] = scene.Request["state"]!.GetValue<string>() },
        })
        {
            using var refused = await scene.Wallet.PostAsync(scene.Request, other);
            await refused.RefusedAsync("invalid_request");
        }

        using var browser = await scene.SignIn.Browser.GetAsync(back);
        using var tokens = await scene.SignIn.RedeemAsync(TestWallet.Parameter(browser.Headers.Location!.ToString(), "code"));
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }

    [Fact]
    public async Task A60_an_answer_in_which_a_parameter_stands_twice_is_refused_for_that()
    {
        var scene = await TestPresentation.BeginAsync(_server, "direct_post");
        using var content = new StringContent("state=a&state=b&vp_token={}", null, "application/x-www-form-urlencoded");
        using var response = await _server.Http.PostAsync(scene.Request["response_uri"]!.GetValue<string>(), content);
        Assert.Contains("stands twice", await response.RefusedAsync("invalid_request"));
    }

    [Fact]
    public async Task A71_the_retry_of_a_lost_answer_needs_its_state_too()
    {
        var scene = await TestPresentation.BeginAsync(_server, "direct_post");
        var form = Form(scene, TestWallet.VpToken(await scene.BindAsync()));
        using (var first = await scene.Wallet.PostAsync(scene.Request, form)) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        foreach (var state in new[] { "unknown", null })
        {
            var other = new Dictionary<string, string>(form);
            if (state is null) other.Remove("state");
            else other["state"] = state;
            using var refused = await scene.Wallet.PostAsync(scene.Request, other);
            await refused.RefusedAsync("invalid_request");
        }

        using var again = await scene.Wallet.PostAsync(scene.Request, form);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A71_of_two_right_answers_at_once_one_is_taken()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var forms = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => Form(scene, TestWallet.VpToken(await scene.BindAsync()))));
        var answers = await Task.WhenAll(forms.Select(form => scene.Wallet.PostAsync(scene.Request, form)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await answer.RefusedAsync("invalid_request");
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task A71_ten_times_the_same_answer_at_once_get_the_same_reply()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var form = Form(scene, TestWallet.VpToken(await scene.BindAsync()));
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var answer = await scene.Wallet.PostAsync(scene.Request, form);
            return (await answer.JsonAsync())["redirect_uri"]?.GetValue<string>();
        }));
        Assert.NotNull(Assert.Single(replies.Distinct()));
    }

    [Fact]
    public async Task A71_once_one_request_of_a_sign_in_is_answered_the_other_is_not()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var there = await scene.Wallet.FetchAsync(scene.SignIn.CrossDeviceLink);
        using (var here = await scene.Wallet.AnswerAsync(scene.Request)) Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        var thief = await _server.MemberAsync();
        using (var late = await thief.AnswerAsync(there)) await late.RefusedAsync("invalid_request");
        using var fetched = await _server.Http.GetAsync(TestWallet.Parameter(scene.SignIn.CrossDeviceLink, "request_uri"));
        await fetched.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(HeaderNames))]
    public async Task A75_an_encryption_that_was_not_offered_is_refused_at_once(string name)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var answer = StrictJson.Write(Answer(scene, await scene.BindAsync()));
        var watch = Stopwatch.StartNew();
        using (var refused = await PostAsync(scene, Encrypt(scene.Request, answer, Headers[name]))) await refused.RefusedAsync("invalid_request");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
        Assert.Equal("scanned", (await scene.StateAsync())["state"]!.GetValue<string>());
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A75_an_answer_encrypted_by_the_same_hand_with_nothing_wrong_is_taken()
    {
        // What makes the refusals above mean something.
        var scene = await TestPresentation.BeginAsync(_server);
        using var taken = await PostAsync(scene, Encrypt(scene.Request, StrictJson.Write(Answer(scene, await scene.BindAsync()))));
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A75_a_compressed_bomb_is_never_inflated()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        using var into = new MemoryStream();
        using (var deflate = new DeflateStream(into, CompressionLevel.SmallestSize))
        {
            deflate.Write("{\"state\": \""u8);
            deflate.Write(new byte[100_000_000]);
        }

        // It decrypts rightly, so these words come from the header alone.
        using (var refused = await PostAsync(scene, Encrypt(scene.Request, into.ToArray(), header => header["zip"] = "DEF")))
            Assert.Contains("zip, which is not supported", await refused.RefusedAsync("invalid_request"));
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A75_an_answer_in_the_clear_is_refused_where_an_encrypted_one_was_asked_for()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var vpToken = TestWallet.VpToken(await scene.BindAsync());
        using (var clear = await scene.Wallet.PostAsync(
            scene.Request, new() { ["vp_token"] = vpToken.ToJsonString(), ["state"] = scene.Request["state"]!.GetValue<string>() }))
        {
            Assert.Contains("encrypted", await clear.RefusedAsync("invalid_request"));
        }

        // Signed is not encrypted.
        var signed = await Jws.SignAsync("JWT", Answer(scene, await scene.BindAsync()), TestWallet.NewKey());
        using (var refused = await PostAsync(scene, signed)) await refused.RefusedAsync("invalid_request");
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A75_an_answer_to_another_key_or_damaged_is_refused()
    {
        var (scene, other) = (await TestPresentation.BeginAsync(_server), await TestPresentation.BeginAsync(_server));
        var answer = Answer(scene, await scene.BindAsync());
        var right = TestWallet.Encrypt(scene.Request, answer);
        var parts = right.Split('.');
        string[] wrong =
        [
            TestWallet.Encrypt(other.Request, answer),
            Encrypt(other.Request, StrictJson.Write(answer), header => header["kid"] = scene.Request["client_metadata"]!["jwks"]!["keys"]![0]!["kid"]!.DeepClone()),
            right[..^4], right + ".", "x", "....", string.Join('.', parts[..4]), $"{parts[0]}.AAAA.{parts[2]}.{parts[3]}.{parts[4]}",
            $"{parts[0]}..{parts[2]}.{parts[3]}.{Base64Url.Encode(new byte[16])}", $"{parts[0]}..{parts[2]}..{parts[4]}",
            Encrypt(scene.Request, "not JSON"u8.ToArray()), Encrypt(scene.Request, "[]"u8.ToArray()),
        ];
        foreach (var text in wrong)
        {
            using var refused = await PostAsync(scene, text);
            await refused.RefusedAsync("invalid_request");
        }

        await scene.StillOpenAsync();
        await other.StillOpenAsync();
    }

    [Fact]
    public async Task A75_each_request_has_a_key_of_its_own()
    {
        var (scene, other) = (await TestPresentation.BeginAsync(_server), await TestPresentation.BeginAsync(_server));
        var there = await scene.Wallet.FetchAsync(scene.SignIn.CrossDeviceLink);
        Assert.Equal(3, new[] { scene.Request, other.Request, there }.Select(request => request["client_metadata"]!["jwks"]!["keys"]![0]!["x"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(["A128GCM", "A256GCM"], scene.Request["client_metadata"]!["encrypted_response_enc_values_supported"]!.AsArray().Select(enc => enc!.GetValue<string>()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A77_a_request_may_be_fetched_again_and_says_the_same(string method)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var uri = TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri");
        for (var i = 0; i < 2; i++)
        {
            using var response = method == "GET" ? await _server.Http.GetAsync(uri) : await _server.Http.PostAsync(uri, null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("application/oauth-authz-req+jwt", response.Content.Headers.ContentType?.MediaType);
            Assert.True(response.Headers.CacheControl?.NoStore);
            var request = Jws.Parse(await response.Content.ReadAsStringAsync()).Claims();
            foreach (var name in new[] { "nonce", "state", "client_id", "response_uri", "client_metadata" })
                Assert.Equal(scene.Request[name]!.ToJsonString(), request[name]!.ToJsonString());
            Assert.Null(request["wallet_nonce"]);
        }

        await scene.StillOpenAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 0\r\n")]
    [InlineData("Content-Type: application/json\r\nContent-Length: 0\r\n")]
    public async Task A77_a_fetch_by_POST_without_a_body_is_an_empty_form(string headers)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var uri = new Uri(TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri"));
        using var client = new TcpClient();
        await client.ConnectAsync(uri.Host, uri.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"POST {uri.AbsolutePath} HTTP/1.1\r\nHost: {uri.Authority}\r\n{headers}Connection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 200 ", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A77_the_wallet_s_nonce_comes_back_signed_and_unknown_parameters_are_ignored()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        foreach (var nonce in new[] { "first", "second \"quoted\" \u00e9" })
        {
            using var response = await FetchAsync(scene, new() { ["wallet_nonce"] = nonce, ["wallet_metadata"] = "{}", ["unknown"] = "x" });
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(nonce, Jws.Parse(await response.Content.ReadAsStringAsync()).Claims()["wallet_nonce"]!.GetValue<string>());
        }

        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A77_a_fetch_that_is_malformed_is_refused_and_does_not_end_the_request()
    {
        var scene = await TestPresentation.BeginAsync(_server);
        foreach (var form in new Dictionary<string, string>[]
        {
            new() { ["wallet_nonce"] = new string('n', 513) },
            new() { ["wallet_metadata"] = "not JSON" },
            new() { ["wallet_metadata"] = "{\"a\": 1, \"a\": 2}" },
        })
        {
            using var refused = await FetchAsync(scene, form);
            await refused.RefusedAsync("invalid_request");
        }

        using (var json = await _server.Http.PostAsync(TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri"), new StringContent("{}", null, "application/json")))
            await json.RefusedAsync("invalid_request");
        await scene.StillOpenAsync();
    }

    [Theory]
    [InlineData("direct_post")]
    [InlineData("direct_post.jwt")]
    public async Task A78_a_redirect_uri_from_the_wallet_is_neither_followed_nor_given_back(string mode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var evil = $"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        var scene = await TestPresentation.BeginAsync(_server, mode);
        var form = Form(scene, TestWallet.VpToken(await scene.BindAsync()), answer => (answer["redirect_uri"], answer["response_uri"]) = (evil, evil));
        form["redirect_uri"] = form["response_uri"] = form["request_uri"] = evil;
        using var response = await scene.Wallet.PostAsync(scene.Request, form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(_server.Url("/sign-in/return?"), (await response.JsonAsync())["redirect_uri"]!.GetValue<string>());
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("response")]
    [InlineData("request")]
    public async Task A60_a_body_of_10_MB_is_413_there_too(string door)
    {
        var scene = await TestPresentation.BeginAsync(_server);
        var uri = door == "response" ? scene.Request["response_uri"]!.GetValue<string>() : TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri");
        using var message = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(new byte[10_000_000]) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        message.Headers.ExpectContinue = true;
        using (var refused = await _server.Http.SendAsync(message)) await refused.RefusedAsync("invalid_request", HttpStatusCode.RequestEntityTooLarge);
        await scene.StillOpenAsync();
    }

    [Fact]
    public async Task A60_an_answer_that_is_no_form_or_names_a_parameter_twice_is_refused()
    {
        var scene = await TestPresentation.BeginAsync(_server, "direct_post");
        var form = Form(scene, TestWallet.VpToken(await scene.BindAsync()));
        var uri = scene.Request["response_uri"]!.GetValue<string>();
        using (var twice = await _server.Http.PostAsync(uri, new FormUrlEncodedContent([.. form, .. form]))) await twice.RefusedAsync("invalid_request");
        using (var json = await _server.Http.PostAsync(uri, new StringContent(new JsonObject { ["vp_token"] = form["vp_token"] }.ToJsonString(), null, "application/json")))
            await json.RefusedAsync("invalid_request");
        using (var get = await _server.Http.GetAsync(uri)) Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        await scene.StillOpenAsync();
    }

    private static Dictionary<string, string> Form(TestPresentation scene, JsonObject vpToken, Action<JsonObject>? change = null)
    {
        var state = scene.Request["state"]!.GetValue<string>();
        if (scene.Request["response_mode"]!.GetValue<string>() == "direct_post") return new() { ["vp_token"] = vpToken.ToJsonString(), ["state"] = state };
        var answer = new JsonObject { ["vp_token"] = vpToken, ["state"] = state };
        change?.Invoke(answer);
        return new() { ["response"] = TestWallet.Encrypt(scene.Request, answer) };
    }

    private static JsonObject Answer(TestPresentation scene, string presentation) =>
        new() { ["vp_token"] = TestWallet.VpToken(presentation), ["state"] = scene.Request["state"]!.GetValue<string>() };

    private static Task<HttpResponseMessage> PostAsync(TestPresentation scene, string response) =>
        scene.Wallet.PostAsync(scene.Request, new() { ["response"] = response });

    private Task<HttpResponseMessage> FetchAsync(TestPresentation scene, Dictionary<string, string> form) =>
        _server.Http.PostAsync(TestWallet.Parameter(scene.SignIn.SameDeviceLink, "request_uri"), new FormUrlEncodedContent(form));

    /// <summary>Encrypts under A256GCM with a header that can be changed: whatever it says, key and tag are right for it.</summary>
    private static string Encrypt(JsonObject request, byte[] plaintext, Action<JsonObject>? change = null)
    {
        var jwk = Jwk.Parse((JsonObject)request["client_metadata"]!["jwks"]!["keys"]![0]!.DeepClone());
        using var recipient = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.Decode(jwk.X), Y = Base64Url.Decode(jwk.Y) },
        });
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        var header = new JsonObject
        {
            ["alg"] = "ECDH-ES",
            ["enc"] = "A256GCM",
            ["kid"] = jwk.Kid,
            ["epk"] = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.Encode(point.X), ["y"] = Base64Url.Encode(point.Y) },
        };
        change?.Invoke(header);

        // Concat KDF, one round: counter, Z, AlgorithmID, empty PartyUInfo and PartyVInfo, SuppPubInfo [RFC7518 §4.6.2].
        byte[] round = [0, 0, 0, 1, .. ephemeral.DeriveRawSecretAgreement(recipient.PublicKey), 0, 0, 0, 7, .. "A256GCM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        var text = Base64Url.Encode(StrictJson.Write(header));
        var (nonce, ciphertext, tag) = (RandomNumberGenerator.GetBytes(12), new byte[plaintext.Length], new byte[16]);
        using var aes = new AesGcm(SHA256.HashData(round), 16);
        aes.Encrypt(nonce, plaintext, ciphertext, tag, System.Text.Encoding.ASCII.GetBytes(text));
        return $"{text}..{Base64Url.Encode(nonce)}.{Base64Url.Encode(ciphertext)}.{Base64Url.Encode(tag)}";
    }
}
