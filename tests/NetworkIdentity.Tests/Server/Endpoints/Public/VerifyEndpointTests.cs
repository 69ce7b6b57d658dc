using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Tests.Core.Verifying;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Public;

/// <summary>Anyone may have a credential checked: by a program, or on a page that needs no script.</summary>
public sealed class VerifyEndpointTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("application/json", "{\"credential\": \"{0}\"}")]
    [InlineData("application/json; charset=utf-8", "\"{0}\"")]
    [InlineData("text/plain", "  {0}\n")]
    [InlineData("application/dc+sd-jwt", "{0}")]
    [InlineData("application/vc+jwt", "{0}")]
    public async Task A_program_sends_a_credential_and_is_told_each_step(string type, string body)
    {
        var (status, json) = await PostAsync(body.Replace("{0}", (await _server.MemberAsync()).Credential, StringComparison.Ordinal), type);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("accepted", "dc+sd-jwt", _server.Issuer), (Text(json, "verdict"), Text(json, "format"), Text(json, "issuer")));
        Assert.Equal("not_shown", json["steps"]!.AsArray()[^1]!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_W3C_credential_is_sent_in_each_of_its_forms_by_its_own_media_type()
    {
        var held = await TakeAsync(_server, "Ana");
        var sdJwt = await W3cWorld.SdJwtAsync(_server.Nation.DidLog!, held.Document, _server.Time.GetUtcNow(), "display_name");
        var shown = await held.Holder.PresentAsync([W3cWorld.EnvelopeOf(sdJwt)], "https://office.example", "17");
        foreach (var (text, type, format) in ((string, string, string)[])
        [
            (held.Document.ToJsonString(), "application/vc", "ldp_vc"), (held.Token, "application/vc+jwt", "vc+jwt"), (sdJwt, "application/vc+sd-jwt", "vc+sd-jwt"), (sdJwt, "text/plain", "vc+sd-jwt"),
            (W3cWorld.EnvelopeOf(sdJwt).ToJsonString(), "application/vc", "vc+sd-jwt"), (shown.ToJsonString(), "application/vp", "ldp_vp"),
        ])
        {
            var (status, json) = await PostAsync(text, type);
            Assert.Equal((HttpStatusCode.OK, "accepted", format), (status, Text(json, "verdict"), Text(json, "format")));
            Assert.Equal("Ana", (string)(json["claims"] ?? json["credentials"]![0]!["claims"])!["display_name"]!);
        }

        Assert.Equal("refused", Text((await PostAsync(sdJwt.Replace("~", "~~", StringComparison.Ordinal), "application/vc+sd-jwt")).Json, "verdict"));
    }

    [Fact]
    public async Task A_challenge_is_answered_or_the_holder_is_not_proven()
    {
        var wallet = await _server.MemberAsync();
        var bound = await Forgery.BindAsync(wallet.Credential, wallet.Key, "https://office.example", "17", _server.Time.GetUtcNow());
        Assert.Equal("accepted", Text((await PostAsync(Asking(bound, "17", "https://office.example"))).Json, "verdict"));
        foreach (var (text, challenge, domain) in ((string, string, string)[])[(bound, "18", "https://office.example"), (bound, "17", "https://evil.example"), (wallet.Credential, "17", "https://office.example")])
        {
            var (_, json) = await PostAsync(Asking(text, challenge, domain));
            Assert.Equal(("refused", "holder"), (Text(json, "verdict"), Text(json, "step")));
        }

        static string Asking(string text, string challenge, string domain) => new JsonObject { ["presentation"] = text, ["challenge"] = challenge, ["domain"] = domain }.ToJsonString();
    }

    [Fact]
    public async Task What_is_no_request_is_refused_as_one_and_what_is_no_credential_by_a_verdict()
    {
        foreach (var (body, type) in ((string, string)[])
        [
            ("{", "application/json"), ("{\"credential\":\"a\",\"challenge\":\"1\"}", "application/json"), ("{\"credential\":\"a\",\"challenge\":1}", "application/json"), ("a", "image/png"),
            ("{\"credential\":\"a\",\"challenge\":\"" + new string('c', 1025) + "\",\"domain\":\"d\"}", "application/json"),
        ])
        {
            var (status, json) = await PostAsync(body, type);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (status, Text(json, "error")));
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(new string('a', 600 * 1024), "text/plain")).Status);
        var (ok, verdict) = await PostAsync("hello", "text/plain");
        Assert.Equal((HttpStatusCode.OK, "refused", "shape"), (ok, Text(verdict, "verdict"), Text(verdict, "step")));
        Assert.Equal("refused", Text((await PostAsync("{}")).Json, "verdict"));
    }

    [Fact]
    public async Task The_page_takes_what_is_pasted_or_a_file_and_says_the_verdict_in_words()
    {
        var credential = (await _server.MemberAsync()).Credential;
        var empty = await _server.Http.GetStringAsync(_server.Url("/verify"));
        Assert.Contains("Check a credential", empty, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", empty, StringComparison.Ordinal);
        var (status, page) = await FormAsync(text: credential);
        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var words in (string[])["Signature right, person not proven", "Nation of Tests", "not shown", "Who shows it is its holder", "What the issuer says"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("does not hold", page, StringComparison.Ordinal);
        Assert.Contains("Signature right, person not proven", (await FormAsync(file: credential)).Page, StringComparison.Ordinal);

        var (_, refused) = await FormAsync(text: credential[..^20] + "~");
        Assert.Contains("Not accepted", refused, StringComparison.Ordinal);
        Assert.Contains("There was nothing to check", (await FormAsync()).Page, StringComparison.Ordinal);

        // What is in it is shown as text, and is never a part of the page.
        var (_, hostile) = await FormAsync(text: "{\"type\":[\"VerifiableCredential\",\"<script>alert(1)</script>\"],\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"issuer\":\"did:web:<b>\"}");
        Assert.DoesNotContain("<script>", hostile, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", hostile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A64_the_page_says_whether_one_holder_shows_all_of_it()
    {
        var (ana, ben) = (await _server.MemberAsync(), await _server.MemberAsync());
        await _server.GiveReputationAsync(ana);
        var (first, second) = (await BoundAsync(ana, "membership"), await BoundAsync(ana, "reputation"));
        var one = await AskAsync(first, second);
        Assert.Contains("Genuine, and shown by its holder", one, StringComparison.Ordinal);
        Assert.Equal(2, one.Split("<dd>its holder</dd>").Length - 1);

        var two = await AskAsync(first, await BoundAsync(ben, "membership"));
        foreach (var words in (string[])["Genuine, but shown by different holders", "verdict person", "number 1 of 2", "number 2 of 2", "may be different people"]) Assert.Contains(words, two, StringComparison.Ordinal);
        Assert.DoesNotContain("shown by its holder", two, StringComparison.Ordinal);

        Task<string> BoundAsync(TestWallet wallet, string type) => Forgery.BindAsync(wallet.Held[type], wallet.Key, "https://office.example", "17", _server.Time.GetUtcNow());

        async Task<string> AskAsync(params string[] shown)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(new JsonArray([.. shown]).ToJsonString()), "text" }, { new StringContent("17"), "challenge" }, { new StringContent("https://office.example"), "domain" },
            };
            using var response = await _server.Http.PostAsync(_server.Url("/verify"), form);
            return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task What_is_wrong_with_the_form_itself_is_said_on_a_page()
    {
        foreach (var (text, challenge, status, words) in ((string, string, HttpStatusCode, string)[])
        [
            (new string('a', 600 * 1024), "", HttpStatusCode.RequestEntityTooLarge, "send less: 512 KiB"), ("a", "1", HttpStatusCode.BadRequest, "challenge and domain are given together"),
        ])
        {
            using var whole = new MultipartFormDataContent { { new StringContent(text), "text" }, { new StringContent(challenge), "challenge" } };
            using var encoded = new FormUrlEncodedContent([new("text", text), new("challenge", challenge)]);
            foreach (var form in (HttpContent[])[whole, encoded])
            {
                // The server closes while a long body is still on its way: asked first, it need not be sent.
                using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/verify")) { Content = form };
                request.Headers.ExpectContinue = text.Length > 512 * 1024;
                using var response = await _server.Http.SendAsync(request);
                Assert.Equal((status, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
                var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
                Assert.Contains(words, page, StringComparison.Ordinal);
                Assert.DoesNotContain("the app you came from", page, StringComparison.Ordinal);
            }
        }

        // Neither is left out without a word.
        var (both, said) = await FormAsync("one", "another");
        Assert.Equal(HttpStatusCode.BadRequest, both);
        Assert.Contains("send one of both", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A94_while_all_turns_are_taken_another_is_turned_away_and_one_that_ended_is_free_again()
    {
        await using var server = await TestServer.StartAsync();
        using var alone = server.Alone();
        var turns = server.The<VerifyTurns>();
        var taken = Enumerable.Range(0, VerifyTurns.AtOnce - 1).Select(_ => turns.Take()).ToList();
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await PostAsync("hello")).StatusCode);

        taken.Add(turns.Take());
        using var full = await PostAsync("hello");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1", "temporarily_unavailable"), (full.StatusCode, full.Headers.RetryAfter!.ToString(), Text(await full.JsonAsync(), "error")));
        using var form = new FormUrlEncodedContent([new("text", "hello")]);
        using var page = await server.Http.PostAsync(server.Url("/verify"), form);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1", "text/html"), (page.StatusCode, page.Headers.RetryAfter!.ToString(), page.Content.Headers.ContentType!.MediaType));

        // Sign-ins take no turn.
        await TestSignIn.BeginAsync(server);
        taken[0].Dispose();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("hello")).StatusCode);

        async Task<HttpResponseMessage> PostAsync(string text)
        {
            using var content = new StringContent(text);
            return await server.Http.PostAsync(server.Url("/verify"), content);
        }
    }

    [Fact]
    public async Task A94_who_asks_too_often_waits()
    {
        await using var server = await TestServer.StartAsync(change: settings => settings with { LimitPerAddress = 2, Proxies = [] });
        using var alone = server.Alone();
        var last = HttpStatusCode.OK;
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url("/verify")) { Content = new StringContent("x") };
            request.Headers.Add("X-Forwarded-For", "192.0.2.7");
            using var response = await server.Http.SendAsync(request);
            last = response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);

        // A browser is told on a page.
        using var sent = new HttpRequestMessage(HttpMethod.Post, server.Url("/verify")) { Content = new FormUrlEncodedContent([new("text", "x")]) };
        sent.Headers.Add("X-Forwarded-For", "192.0.2.7");
        using var page = await server.Http.SendAsync(sent);
        Assert.Equal((HttpStatusCode.TooManyRequests, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.NotNull(page.Headers.RetryAfter);
        Assert.Contains("Wait a minute", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_kept_and_nothing_about_a_person_is_written_down()
    {
        var folder = Directory.CreateTempSubdirectory("netid-test-").FullName;
        try
        {
            var issuer = $"http://localhost:{TestServer.FreePort()}";
            var netid = new NetidProcess(folder, ("ASPNETCORE_ENVIRONMENT", "Development"), ("NETID__Issuer", issuer), ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"));
            await using var running = await netid.ServeAsync();
            using var browser = TestServer.NewBrowser();
            foreach (var (body, type) in ((string, string)[])[("{\"credential\":{\"@context\":[\"Marker-Ada\"],\"type\":\"Marker-Ada\"}}", "application/json"), ("Marker-Ada", "text/plain"), ("text=Marker-Ada", "application/x-www-form-urlencoded")])
            {
                using var content = new StringContent(body, Encoding.UTF8, type);
                using var response = await browser.PostAsync(new Uri(issuer + "/verify"), content);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }

            await Task.Delay(200);
            Assert.DoesNotContain("Marker-Ada", running.Said, StringComparison.Ordinal);
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var bytes = new MemoryStream();
                await stream.CopyToAsync(bytes);
                Assert.True(bytes.ToArray().AsSpan().IndexOf("Marker-Ada"u8) < 0, file);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Of_a_person_whose_credential_is_checked_nothing_is_logged_and_nothing_is_stored()
    {
        const string name = "Marker Adalbertine Marker";
        var log = new TestLog();
        await using var server = await TestServer.StartAsync(log);
        var (valid, revoked) = (await TakeAsync(server, name), await TakeAsync(server, name));
        Assert.Equal(3, (await server.Nation.Revoker.RevokeAsync((await server.RecordOfAsync(revoked.Wallet)).Id, "a reason")).Count);
        server.Time.Move(StatusListPublisher.Interval);
        List<string> secrets = [name, "Adalbertine", "challenge-of-mine", "https://office.example"];
        foreach (var held in (Held[])[valid, revoked])
        {
            var record = await server.RecordOfAsync(held.Wallet);
            foreach (var one in await Credentials.OfOfferAsync(server.Nation.Database, record.OfferId)) secrets.AddRange([one.Id, one.ToBeSignedDigest]);
            secrets.AddRange(held.Wallet.Credential.Split('~', '.').Skip(1).Concat(held.Token.Split('.').Skip(1)).Where(part => part.Length > 8));
            secrets.AddRange([record.MemberId, held.Wallet.Key.PublicKey.Thumbprint(), held.Holder.Did["did:key:".Length..], (string)held.Document["id"]!, (string)held.Document["proof"]!["proofValue"]!, (string)EnvelopingProof.Parse(held.Token).Document["id"]!]);
        }

        // What the servers do by themselves is done before: lists are published, the log is sequenced.
        await CheckAsync(server, valid, revoked);
        var (before, now) = (await server.StoredAsync(), new List<string>());
        for (var quiet = 0; quiet < 3; quiet++)
        {
            await Task.Delay(600);
            now = await server.StoredAsync();
            if (!now.SequenceEqual(before)) quiet = -1;
            before = now;
        }

        log.Clear();
        await CheckAsync(server, valid, revoked);
        await Task.Delay(200);
        Assert.Equal(before, await server.StoredAsync());
        var said = log.Said;
        Assert.Contains("/verify", said, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, said, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A member's credential in each format, and whose each is.</summary>
    private sealed record Held(TestWallet Wallet, W3cHolder Holder, JsonObject Document, string Token);

    private static async Task<Held> TakeAsync(TestServer server, string name)
    {
        var (wallet, holder) = (await server.MemberAsync(null, ("display_name", name)), new W3cHolder());
        var document = await holder.TakeAsync(server, wallet);
        return new(wallet, holder, document, (await server.Nation.Issuer.DownloadAsync((await server.RecordOfAsync(wallet)).MemberId, "membership")).Credentials[0].GetValue<string>());
    }

    private static async Task CheckAsync(TestServer server, Held valid, Held revoked)
    {
        const string domain = "https://office.example";
        const string challenge = "challenge-of-mine";
        foreach (var (held, verdict, words, reason) in ((Held, string, string, string?)[])[(valid, "accepted", "Genuine, and shown", null), (revoked, "refused", "Not accepted", "revoked")])
        {
            var bound = await Forgery.BindAsync(held.Wallet.Credential, held.Wallet.Key, domain, challenge, server.Time.GetUtcNow());
            var presentation = await held.Holder.PresentAsync([held.Document], domain, challenge);
            foreach (var shown in (JsonNode[])[JsonValue.Create(bound), presentation])
            {
                await ToldAsync(new JsonObject { ["presentation"] = shown.DeepClone(), ["challenge"] = challenge, ["domain"] = domain }.ToJsonString(), "application/json");
                using var form = new MultipartFormDataContent { { new StringContent(shown is JsonObject ? shown.ToJsonString() : bound), "text" }, { new StringContent(challenge), "challenge" }, { new StringContent(domain), "domain" } };
                using var page = await server.Http.PostAsync(server.Url("/verify"), form);
                Assert.Contains(words, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            foreach (var (text, type) in ((string, string)[])
                [(held.Wallet.Credential, "text/plain"), (held.Document.ToJsonString(), "application/vc"), (held.Document.ToJsonString(), "application/json"), (held.Token, "application/vc+jwt"), (presentation.ToJsonString(), "application/vp")])
                await ToldAsync(text, type);

            async Task ToldAsync(string text, string type)
            {
                using var body = new StringContent(text, Encoding.UTF8, type);
                using var told = await server.Http.PostAsync(server.Url("/verify"), body);
                var json = await told.JsonAsync();
                Assert.True((verdict, reason) == (Text(json, "verdict"), Text(json, "reason")), $"{type}: {json.ToJsonString()}");
            }
        }
    }

    private async Task<(HttpStatusCode Status, JsonObject Json)> PostAsync(string body, string type = "application/json")
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url("/verify")) { Content = content };
        request.Headers.ExpectContinue = body.Length > 512 * 1024;
        using var response = await _server.Http.SendAsync(request);
        return (response.StatusCode, await response.JsonAsync());
    }

    private async Task<(HttpStatusCode Status, string Page)> FormAsync(string text = "", string? file = null)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), "text" }, { new StringContent(""), "challenge" }, { new StringContent(""), "domain" } };
        if (file is not null) form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "file", "credential.txt");
        using var response = await _server.Http.PostAsync(_server.Url("/verify"), form);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
    }

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();
}
