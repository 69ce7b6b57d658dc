using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Core.Keys;
using NetworkIdentity.Tests.Core.Verifying;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Server;

/// <summary><c>netid verify</c> on a machine that has nothing of the nation: no database, and where it is told so no network.</summary>
public sealed class VerifyCommandTests : IAsyncLifetime
{
    private readonly W3cWorld _world = new();
    private readonly TestFolder _folder = new();
    private readonly List<string> _lists = [];

    private NetidProcess Netid => new(_folder.Path, ("ASPNETCORE_ENVIRONMENT", "Production"));

    private const string Did = "did:web:nation.example";

    private string[] Offline => ["--offline", "--did-log", "did.jsonl", .. _lists.SelectMany(list => (string[])["--list", list]), "--on", At(0)];

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "did.jsonl"), await _world.Did.ReadAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Offline_every_format_is_checked_with_the_log_and_the_lists_as_files()
    {
        var held = await _world.World.IssueAsync();
        var (document, token) = ((await _world.IssueAsync()).AsObject(), await _world.IssueAsync(format: CredentialConfiguration.VcJwt));
        await ListsOfAsync(document);
        foreach (var (name, text) in ((string, string)[])[("a.json", document.ToJsonString()), ("b.jwt", token.GetValue<string>()), ("c.txt", $"  {held.Issued}\n")])
        {
            Write(name, text);
            var ran = await Netid.RunAsync(["verify", name, .. Offline, "--json"]);
            Assert.True(ran.ExitCode == 0, $"{name}: {ran.Output}{ran.Error}");
            Assert.Equal(("accepted", "not_shown"), (ran.Json["verdict"]!.GetValue<string>(), ran.Json["steps"]![6]!["state"]!.GetValue<string>()));
        }

        // By the root certificate, and by the issuer in either of its names.
        Write("root.pem", _world.Nation.Keys.Roots[0].ExportCertificatePem());
        Assert.Equal(0, (await Netid.RunAsync(["verify", "c.txt", .. Offline, "--keys", "root.pem"])).ExitCode);
        Assert.Equal(0, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--issuer", "https://nation.example"])).ExitCode);
        Assert.Equal(0, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--issuer", _world.Did.Did])).ExitCode);
        var words = (await Netid.RunAsync(["verify", "a.json", .. Offline])).Output;
        Assert.Contains("person is not proven", words, StringComparison.Ordinal);
        Assert.Contains("not shown", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A95_a_printed_card_is_checked_by_the_log_alone_and_its_bearer_is_not_proven()
    {
        var memberId = (await _world.World.IssueAsync()).Record.MemberId;
        var card = (await _world.Nation.Printing.PrintAsync(memberId)).Text!;
        await ListAsync();
        Write("card.txt", card);
        var ran = await Netid.RunAsync(["verify", "card.txt", .. Offline, "--json"]);
        Assert.True(ran.ExitCode == 0, ran.Output + ran.Error);
        Assert.Equal(("accepted", "amber", "not_shown"), (ran.Json["verdict"]!.GetValue<string>(), ran.Json["light"]!.GetValue<string>(), ran.Json["steps"]![6]!["state"]!.GetValue<string>()));
        var words = (await Netid.RunAsync(["verify", "card.txt", .. Offline])).Output;
        Assert.Contains("Signature OK, person NOT proven", words, StringComparison.Ordinal);
        Assert.Contains("amber", words, StringComparison.Ordinal);

        // It names its key alone, which a root certificate does not tell: neither right nor wrong. A key that the log doesn't have is wrong.
        Write("root.pem", _world.Nation.Keys.Roots[0].ExportCertificatePem());
        Assert.Equal(3, (await Netid.RunAsync(["verify", "card.txt", .. Offline, "--keys", "root.pem"])).ExitCode);
        Write("other.txt", card.Replace(card.Split('.')[0], Base64Url.Encode("""{"alg":"ES256","typ":"dc+sd-jwt","kid":"another"}"""u8), StringComparison.Ordinal));
        Assert.Equal(1, (await Netid.RunAsync(["verify", "other.txt", .. Offline])).ExitCode);

        // Over, and ended.
        Assert.Equal(1, (await Netid.RunAsync(["verify", "card.txt", .. Offline[..^1], At(400)])).ExitCode);
        await _world.Nation.Printing.EndAsync(memberId);
        _world.World.Time.Move(StatusListPublisher.Interval);
        await ListAsync();
        var ended = await Netid.RunAsync(["verify", "card.txt", .. Offline[..^1], At(0)]);
        Assert.Equal(1, ended.ExitCode);
        foreach (var word in (string[])["red", "revoked"]) Assert.Contains(word, ended.Output, StringComparison.Ordinal);

        async Task ListAsync()
        {
            var uri = StatusListReference.Of(SdJwt.Parse(card).IssuerSigned.Claims())!.Uri;
            Write("list.txt", (await _world.Nation.StatusLists.FindAsync(uri[(uri.LastIndexOf('/') + 1)..], StatusListPublisher.TokenFormat))!.Token);
            if (_lists.Count == 0) _lists.Add("list.txt");
        }
    }

    [Fact]
    public async Task What_comes_in_is_read_in_every_wrapping()
    {
        var held = await _world.World.IssueAsync();
        var (document, token) = ((await _world.IssueAsync()).AsObject(), (await _world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>());
        var sdJwt = await _world.SdJwtAsync("display_name");
        await ListsOfAsync(document);
        foreach (var text in (string[])
        [
            sdJwt, W3cWorld.EnvelopeOf(sdJwt).ToJsonString(), await _world.EnvelopAsync(sdJwt, mediaType: CredentialMediaType.VpSdJwt), Envelope.Of(await _world.EnvelopAsync(sdJwt), CredentialMediaType.VpJwt).ToJsonString(),
            document.ToJsonString(), new JsonObject { ["credential"] = document.DeepClone() }.ToJsonString(), $"\uFEFF[{document.ToJsonString()}]\r\n", token, $"\n\t {token}\r\n",
            JsonValue.Create(token).ToJsonString(), Envelope.Of(token, CredentialMediaType.VcJwt).ToJsonString(), held.Issued, $"{held.Issued}\n", new JsonObject { ["vp_token"] = new JsonObject { ["membership"] = new JsonArray(held.Issued) } }.ToJsonString(),
        ])
        {
            var ran = await Netid.RunOnAsync(text, ["verify", "-", .. Offline]);
            Assert.True(ran.ExitCode == 0 && ran.Output.Contains("accepted", StringComparison.Ordinal), $"{text}: {ran.Output}{ran.Error}");
        }

        foreach (var text in (string[])["", "hello", new string('a', PublicVerifier.MaxLength + 100), token[..^3], document.ToJsonString()[..^2]]) Assert.Equal(1, (await Netid.RunOnAsync(text, ["verify", "-", .. Offline])).ExitCode);
    }

    [Fact]
    public async Task A67_a_file_that_is_given_as_a_list_is_no_keys_of_the_issuers()
    {
        // All of it by a stranger's key: the credential, and beside it a "list" that would be the DID document of the issuer's address.
        var (key, held) = (TestFapiClient.NewKey("EdDSA"), (await _world.IssueAsync()).AsObject());
        await ListsOfAsync(held);
        var url = $"{Did}#k";
        var forged = await _world.ForgeAsync(
            document =>
            {
                document["issuer"] = Did;
                document.Remove("credentialStatus");
                document.Remove("credentialSchema");
            },
            key,
            url);
        Write("forged.json", forged.ToJsonString());
        var document = new JsonObject
        {
            ["sub"] = "https://nation.example/.well-known/did.json",
            ["@context"] = new JsonArray("https://www.w3.org/ns/did/v1"),
            ["id"] = Did,
            ["verificationMethod"] = new JsonArray(new JsonObject { ["id"] = url, ["type"] = "Multikey", ["controller"] = Did, ["publicKeyMultibase"] = Multikey.Of(key.PublicKey) }),
            ["assertionMethod"] = new JsonArray(url),
        };
        foreach (var address in (string[])["sub", "id"])
        {
            Write("evil.json", document.ToJsonString());
            var ran = await Netid.RunAsync(["verify", "forged.json", "--offline", "--issuer", "https://nation.example", "--list", "evil.json", "--without-status", "--on", At(0)]);
            Assert.True(ran.ExitCode == 3, $"{address}: {ran.ExitCode} {ran.Output}{ran.Error}");
            document["id"] = document["sub"]!.DeepClone();
        }

        // Nor does one file take the place of another.
        Assert.Equal(2, (await Netid.RunAsync(["verify", "forged.json", .. Offline, "--list", _lists[0]])).ExitCode);
    }

    [Fact]
    public async Task The_issuers_root_is_enough_for_its_tokens_and_another_root_proves_nothing()
    {
        var held = await _world.World.IssueAsync();
        await ListsOfAsync((await _world.IssueAsync()).AsObject());
        Write("c.txt", held.Issued);
        Write("root.pem", _world.Nation.Keys.Roots[0].ExportCertificatePem());
        var (other, leaf) = RudeHost.Certificates("nation.example", _world.Now.AddDays(-1), _world.Now.AddDays(1));
        using (other)
        using (leaf) Write("other.pem", other.ExportCertificatePem());
        Write("keys.json", TestFapiClient.JwksOf(Forgery.Own(_world.Nation, KeyPurpose.Credential)).ToJsonString());

        // Without the DID's log there is nothing else. Keys without certificates say neither what they are for nor for how long.
        string[] alone = ["verify", "c.txt", "--offline", "--issuer", "https://nation.example", "--list", _lists[^1], "--on", At(0), "--json"];
        Assert.Equal(0, (await Netid.RunAsync([.. alone, "--keys", "root.pem"])).ExitCode);
        var refused = await Netid.RunAsync([.. alone, "--keys", "other.pem"]);
        Assert.Equal((1, "issuer_key_not_trusted"), (refused.ExitCode, (string?)JsonNode.Parse(refused.Output)!["reason"]));
        Assert.Equal(2, (await Netid.RunAsync([.. alone, "--keys", "keys.json"])).ExitCode);
        Assert.Equal(3, (await Netid.RunAsync(alone)).ExitCode);
    }

    [Fact]
    public async Task A_log_that_is_witnessed_needs_what_its_witnesses_say()
    {
        await DidWitnesses.SetAsync(_world.Did, new WitnessRule(1, [WebVhWorld.Multi(1)]));
        var (_, pending) = (await DidWitnesses.PendingAsync(_world.Did))!.Value;
        await DidWitnesses.TakeAsync(_world.Did, await DidWitnesses.AttestAsync(pending, WebVhWorld.Key(1), new WitnessMemory(Path.Combine(_folder.Path, "witness.memory")), _world.Now));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "did.jsonl"), await _world.Did.ReadAsync());
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "did-witness.json"), (await _world.Did.ReadProofsAsync())!);
        var document = (await _world.IssueAsync()).AsObject();
        await ListsOfAsync(document);
        Write("a.json", document.ToJsonString());
        Assert.Equal(0, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--witness", "did-witness.json"])).ExitCode);
        Assert.Equal(3, (await Netid.RunAsync(["verify", "a.json", .. Offline])).ExitCode);

        // Nor does what another said, or nobody.
        Write("nobody.json", "[]");
        Assert.Equal(3, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--witness", "nobody.json"])).ExitCode);
        Assert.Equal(2, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--witness", "none.json"])).ExitCode);
    }

    [Fact]
    public async Task A62_A63_a_presentation_proves_its_holder_to_whom_it_answers()
    {
        var document = (await _world.IssueAsync()).AsObject();
        await ListsOfAsync(document);
        var token = (await _world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>();
        Write("p.json", (await _world.PresentAsync(document)).ToJsonString());
        Write("p.jwt", await _world.EnvelopAsync(token));
        foreach (var file in (string[])["p.json", "p.jwt"])
        {
            foreach (var (challenge, domain, code, state) in ((string?, string?, int, string)[])
            [
                (W3cWorld.Challenge, W3cWorld.Domain, 0, "held"), ("another", W3cWorld.Domain, 1, "refused"), (W3cWorld.Challenge, "https://evil.example", 1, "refused"), (null, null, 0, "not_shown"),
            ])
            {
                string[] asked = challenge is null ? [] : ["--challenge", challenge, "--domain", domain!];
                var ran = await Netid.RunAsync(["verify", file, .. Offline, .. asked, "--json"]);
                Assert.True(ran.ExitCode == code, $"{file} {challenge} {domain}: {ran.ExitCode} {ran.Output}{ran.Error}");
                var json = JsonNode.Parse(ran.Output)!;
                Assert.Equal((state, state == "held"), ((string)json["steps"]![6]!["state"]!, (bool?)json["one_holder"] == true));
            }
        }

        // Two holders are two, in words.
        var (ana, ben) = (await _world.World.IssueAsync(), await _world.World.IssueAsync());
        var shown = new JsonArray();
        foreach (var held in (VerifierWorld.Held[])[ana, ben]) shown.Add(await Forgery.BindAsync(held.Issued, held.Holder, W3cWorld.Domain, W3cWorld.Challenge, _world.Now));
        Write("two.json", shown.ToJsonString());
        var two = await Netid.RunAsync(["verify", "two.json", .. Offline, "--challenge", W3cWorld.Challenge, "--domain", W3cWorld.Domain]);
        Assert.True(two.ExitCode == 0, two.Output + two.Error);
        foreach (var words in (string[])["their keys differ", ana.Holder.PublicKey.Thumbprint(), ben.Holder.PublicKey.Thumbprint()]) Assert.Contains(words, two.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_ends_with_1_and_what_could_not_be_checked_with_3()
    {
        var document = (await _world.IssueAsync()).AsObject();
        await _world.SetStatusAsync(document, TokenStatus.Invalid);
        Write("a.json", document.ToJsonString());
        var without = await Netid.RunAsync(["verify", "a.json", "--json", .. Offline]);
        Assert.Equal((3, "undetermined", "status_unknown"), (without.ExitCode, JsonNode.Parse(without.Output)!["verdict"]!.GetValue<string>(), JsonNode.Parse(without.Output)!["reason"]!.GetValue<string>()));
        await ListsOfAsync(document);
        var revoked = await Netid.RunAsync(["verify", "a.json", "--json", .. Offline]);
        Assert.Equal((1, "revoked"), (revoked.ExitCode, JsonNode.Parse(revoked.Output)!["reason"]!.GetValue<string>()));

        // What nobody could revoke is taken where that was said.
        Write("b.json", (await _world.ForgeAsync(json => json.Remove("credentialStatus"))).ToJsonString());
        var irrevocable = await Netid.RunAsync(["verify", "b.json", "--json", .. Offline]);
        Assert.Equal((1, "no_status"), (irrevocable.ExitCode, JsonNode.Parse(irrevocable.Output)!["reason"]!.GetValue<string>()));
        Assert.Equal(0, (await Netid.RunAsync(["verify", "b.json", .. Offline, "--without-status"])).ExitCode);

        // A list that is older than it may be is no answer, and one without the DID's log none either.
        Assert.Equal(3, (await Netid.RunAsync(["verify", "a.json", "--offline", "--did-log", "did.jsonl", "--list", _lists[0], "--list", _lists[1], "--on", At(2)])).ExitCode);
        Assert.Equal(3, (await Netid.RunAsync(["verify", "a.json", "--offline", "--issuer", _world.Did.Did, "--on", At(0)])).ExitCode);
        Assert.Equal(1, (await Netid.RunAsync(["verify", "a.json", "--offline", "--issuer", "https://other.example"])).ExitCode);
        Assert.Equal(1, (await Netid.RunAsync(["verify", "a.json", .. Offline, "--challenge", "1", "--domain", "d"])).ExitCode);
        Write("a.json", "hello");
        Assert.Equal(1, (await Netid.RunAsync(["verify", "a.json", .. Offline])).ExitCode);
    }

    [Fact]
    public async Task What_is_asked_wrongly_ends_with_2_and_says_how_to_ask()
    {
        Write("a.json", "{}");
        foreach (var (arguments, words) in ((string[], string)[])
        [
            (["verify", "none.json", "--offline"], "no file"), (["verify", "a.json", "--offline"], "--issuer"), (["verify", "a.json", "--issuer", "nation"], "--issuer must be"),
            (["verify", "a.json", "--issuer", "https://a.example", "--did-log", "did.jsonl"], "--offline too"), (["verify", "a.json", "--offline", "--did-log", "a.json"], "no DID log"),
            (["verify", "a.json", "--offline", "--did-log", "did.jsonl", "--issuer", "https://other.example"], "not the issuer"), (["verify", "a.json", .. Offline, "--list", "a.json"], "no status list"),
            (["verify", "a.json", .. Offline, "--keys", "a.json"], "PEM"), (["verify", "a.json", .. Offline, "--challenge", "1"], "together"),
        ])
        {
            var ran = await Netid.RunAsync(arguments);
            Assert.True(ran.ExitCode == 2 && ran.Error.Contains(words, StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {ran.ExitCode} {ran.Error}");
        }
    }

    [Fact]
    public async Task With_files_in_place_of_a_network_nothing_is_looked_up_and_no_socket_is_opened()
    {
        var asked = new List<string>();
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["https://nation.example/a"] = "hello"u8.ToArray() };
        using var fetcher = new Fetcher(
            new Fetcher.Options
            {
                Files = files,
                Resolve = (name, _) =>
                {
                    asked.Add(name);
                    throw new InvalidOperationException("The network was asked.");
                },
            },
            TimeProvider.System);
        Assert.Equal("hello"u8.ToArray(), (await fetcher.FetchAsync("https://nation.example/a", ["text/plain"])).Body.ToArray());
        Assert.Equal(FetchFault.Unreachable, (await fetcher.FetchAsync("https://nation.example/b", ["text/plain"])).Fault);
        Assert.Equal(FetchFault.Unreachable, (await fetcher.PostAsync("https://nation.example/b")).Fault);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task Online_only_what_the_issuer_publishes_is_asked_for_and_nothing_is_said_of_the_credential()
    {
        const string name = "Marker Adalbertine";
        await using var server = await TestServer.StartAsync();
        var (wallet, holder) = (await server.MemberAsync(null, ("display_name", name)), new W3cHolder());
        var (record, document) = (await server.RecordOfAsync(wallet), await holder.TakeAsync(server, wallet));
        var token = (await server.Nation.Issuer.DownloadAsync(record.MemberId, "membership")).Credentials[0].GetValue<string>();
        var enveloped = EnvelopingProof.Parse(token).Document;
        var reference = StatusListReference.Of(SdJwt.Parse(wallet.Credential).IssuerSigned.Claims())!;
        var records = await Credentials.OfOfferAsync(server.Nation.Database, record.OfferId);
        Assert.Equal(3, records.Count);
        string[] secrets =
        [
            name, holder.Did, wallet.Key.PublicKey.Thumbprint(), record.MemberId, (string)document["id"]!, (string)enveloped["id"]!, .. records.SelectMany(one => (string[])[one.Id, one.ToBeSignedDigest]),
            .. wallet.Credential.Split('~', '.').Skip(1).Where(part => part.Length > 0), .. token.Split('.').Skip(1), (string)document["proof"]!["proofValue"]!,
        ];
        var on = server.Time.GetUtcNow().ToString("O");
        foreach (var (file, text, lists) in ((string, string, string[])[])
            [("c.txt", wallet.Credential, [reference.Uri]), ("a.json", document.ToJsonString(), ListsIn(document)), ("b.jwt", token, ListsIn(enveloped))])
        {
            Write(file, text);
            foreach (var issuer in (string[])[server.Issuer, server.Nation.DidLog!.Did])
            {
                var heard = server.Hear();
                var ran = await Netid.RunAsync("verify", file, "--issuer", issuer, "--local", "--on", on, "--json");
                Assert.True(ran.ExitCode == 0, $"{issuer}: {ran.Output}{ran.Error}");

                // Its DID, its log and its lists, each once; lists by their names alone, which a million credentials have.
                string[] files = issuer != server.Issuer ? ["did.jsonl"] : lists.Length == 1 ? ["did.json"] : ["did.json", "did.jsonl"];
                Assert.Equal(
                    [.. files.Select(one => $"GET /.well-known/{one}").Concat(lists.Select(list => $"GET {new Uri(list).PathAndQuery}")).Order(StringComparer.Ordinal)],
                    heard.Select(one => one.Split('\n')[0]).Order(StringComparer.Ordinal));
                Assert.All(heard.SelectMany(one => one.Split('\n').Skip(1)), header => Assert.Contains(header.Split(':')[0], (string[])["Host", "Accept", "Accept-Encoding", "User-Agent"]));
                Assert.All(secrets, secret => Assert.All(heard, one => Assert.DoesNotContain(secret, one, StringComparison.OrdinalIgnoreCase)));
            }
        }

        var elsewhere = await Netid.RunAsync("verify", "c.txt", "--issuer", "http://localhost:1", "--local", "--on", on, "--json");
        Assert.Equal((1, "issuer_not_trusted"), (elsewhere.ExitCode, JsonNode.Parse(elsewhere.Output)!["reason"]!.GetValue<string>()));

        // The nation of this server's own database needs no naming.
        Write(Path.Combine(server.Folder, "c.txt"), "hello");
        Assert.Equal(1, (await NetidProcess.Beside(server).RunAsync("verify", "c.txt")).ExitCode);
    }

    [Fact]
    public async Task A67_a_log_that_is_forged_in_its_name_proves_nothing_and_ends_with_3()
    {
        while ((await DidLogTests.LinesAsync(_world.Did)).Count < 3)
        {
            _world.World.Time.Move(TimeSpan.FromDays(7));
            await _world.Nation.Keys.RenewAsync();
            await _world.Did.RenewAsync();
        }

        var held = await _world.World.IssueAsync();
        var document = (await _world.IssueAsync()).AsObject();
        await ListsOfAsync(document);
        var log = Encoding.UTF8.GetString(await _world.Did.ReadAsync());
        await EndsAsync(0, log, ("a.json", document.ToJsonString()), ("c.txt", held.Issued));

        // A byte of an entry that is not the last: of its hash, its time, a key and its proof. The DID that the last one names is the same.
        var first = log.IndexOf('\n', StringComparison.Ordinal) + 1;
        foreach (var (place, from) in ((string, int)[])[("\"versionId\":\"2-Qm", first), ("\"versionTime\":\"20", first), ("\"x\":\"", 0), ("\"proofValue\":\"z", first)])
        {
            var at = log.IndexOf(place, from, StringComparison.Ordinal) + place.Length;
            Assert.InRange(at, from + place.Length, log.LastIndexOf('\n', log.Length - 2));
            await EndsAsync(3, $"{log[..at]}{(log[at] == '3' ? '4' : '3')}{log[(at + 1)..]}", ("a.json", document.ToJsonString()), ("c.txt", held.Issued));
        }

        // A whole log of a thief's, in the nation's name, and what the thief's key signs by it.
        await using var thief = await TestNation.FoundAsync();
        var (own, key) = (thief.Did!, thief.Did!.Current(JoseAlgorithm.EdDSA));
        var stolen = Encoding.UTF8.GetString(await own.ReadAsync()).Replace(own.Did.Split(':')[2], _world.Did.Did.Split(':')[2], StringComparison.Ordinal);
        await EndsAsync(3, stolen, ("t.json", (await _world.ForgeAsync(_ => { }, key, $"{_world.Did.Did}#{key.KeyId}")).ToJsonString()), ("c.txt", held.Issued));

        async Task EndsAsync(int code, string did, params (string Name, string Text)[] files)
        {
            Write("did.jsonl", did);
            foreach (var (name, text) in files)
            {
                Write(name, text);
                var ran = await Netid.RunAsync(["verify", name, .. Offline, "--issuer", _world.Did.Did, "--json"]);
                Assert.True(ran.ExitCode == code, $"{name}: {ran.ExitCode} {ran.Output}{ran.Error}");
                Assert.Equal(code == 0 ? "accepted" : "undetermined", (string)JsonNode.Parse(ran.Output)!["verdict"]!);
            }
        }
    }

    private static string[] ListsIn(JsonObject document) => [.. BitstringStatusListEntry.Of(document).Select(entry => entry.ListCredential)];

    /// <summary>The lists of a credential as they are served, and the token list of the same slots.</summary>
    private async Task ListsOfAsync(JsonObject document)
    {
        var lists = BitstringStatusListEntry.Of(document).Select(entry => (entry.ListCredential.Split('/')[^2], StatusListPublisher.BitstringFormats[entry.Purpose])).ToList();
        foreach (var (id, format) in lists.Append((lists[0].Item1, StatusListPublisher.TokenFormat)))
        {
            var name = $"{format}.txt";
            Write(name, (await _world.Nation.StatusLists.FindAsync(id, format))!.Token);
            _lists.Add(name);
        }
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);

    private string At(int days) => _world.Now.AddDays(days).ToString("O");
}
