using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on key proofs, their nonces and batches, and the retry of a lost answer: A48 to A52, A59.</summary>
public sealed class KeyProofAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>Each makes one thing of a right proof wrong.</summary>
    private static readonly Dictionary<string, Action<JsonObject, JsonObject, long>> Broken = new()
    {
        ["typ absent"] = (header, _, _) => header.Remove("typ"),
        ["typ JWT"] = (header, _, _) => header["typ"] = "JWT",
        ["typ kb+jwt"] = (header, _, _) => header["typ"] = "kb+jwt",
        ["typ dpop+jwt"] = (header, _, _) => header["typ"] = "dpop+jwt",
        ["typ with its application/"] = (header, _, _) => header["typ"] = "application/openid4vci-proof+jwt",
        ["alg none, signed"] = (header, _, _) => header["alg"] = "none",
        ["alg ES384"] = (header, _, _) => header["alg"] = "ES384",
        ["alg of another key type"] = (header, _, _) => header["alg"] = "EdDSA",
        ["alg absent"] = (header, _, _) => header.Remove("alg"),
        ["jwk absent"] = (header, _, _) => header.Remove("jwk"),
        ["jwk and kid"] = (header, _, _) => header["kid"] = "did:key:z6Mk",
        ["jwk and x5c"] = (header, _, _) => header["x5c"] = new JsonArray("MIIB"),
        ["kid alone"] = (header, _, _) => (header["kid"], _) = ("did:key:z6Mk", header.Remove("jwk")),
        ["a private member"] = (header, _, _) => header["jwk"]!["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["a symmetric member"] = (header, _, _) => header["jwk"]!["k"] = "AAAA",
        ["a point off the curve"] = (header, _, _) => header["jwk"]!["x"] = header["jwk"]!["y"]!.GetValue<string>(),
        ["a key for encryption"] = (header, _, _) => header["jwk"]!["use"] = "enc",
        ["crit"] = (header, _, _) => (header["crit"], header["exp"]) = (new JsonArray("exp"), 1),
        ["crit empty"] = (header, _, _) => header["crit"] = new JsonArray(),
        ["b64 false"] = (header, _, _) => header["b64"] = false,
        ["aud of another"] = (_, claims, _) => claims["aud"] = "https://evil.example",
        ["aud with a slash"] = (_, claims, _) => claims["aud"] = claims["aud"]!.GetValue<string>() + "/",
        ["aud the endpoint"] = (_, claims, _) => claims["aud"] = claims["aud"]!.GetValue<string>() + "/credential",
        ["aud an array"] = (_, claims, _) => claims["aud"] = new JsonArray(claims["aud"]!.GetValue<string>()),
        ["aud absent"] = (_, claims, _) => claims.Remove("aud"),
        ["iat a year ago"] = (_, claims, now) => claims["iat"] = now - 31_536_000,
        ["iat eleven minutes ago"] = (_, claims, now) => claims["iat"] = now - 660,
        ["iat in two minutes"] = (_, claims, now) => claims["iat"] = now + 120,
        ["iat in ten years"] = (_, claims, now) => claims["iat"] = now + 315_360_000,
        ["iat a text"] = (_, claims, now) => claims["iat"] = $"{now}",
        ["iat absent"] = (_, claims, _) => claims.Remove("iat"),
        ["nonce absent"] = (_, claims, _) => claims.Remove("nonce"),
        ["nonce a number"] = (_, claims, _) => claims["nonce"] = 7,
    };

    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task A48_a_proof_with_one_thing_wrong_is_refused_and_its_nonce_is_not_spent(string name)
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(nonce, (header, claims) =>
            Broken[name](header, claims, _server.Time.GetUtcNow().ToUnixTimeSeconds())));
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A48_a_proof_that_its_key_did_not_sign_is_refused()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var right = await ready.Wallet.ProofAsync(nonce);
        var input = right[..right.LastIndexOf('.')];
        var signature = Jws.Parse(right).Signature.ToArray();

        // Unsigned, under none and under its own algorithm.
        await RefusedAsync(ready, "invalid_proof", input + ".");
        var none = Jws.ToBeSigned(new JsonObject { ["alg"] = "none", ["typ"] = "openid4vci-proof+jwt", ["jwk"] = Header(right)["jwk"]!.DeepClone() }, Claims(right));
        await RefusedAsync(ready, "invalid_proof", none + ".");

        // A MAC whose secret is the public key.
        var header = Header(right);
        header["alg"] = "HS256";
        var mac = Jws.ToBeSigned(header, Claims(right));
        await RefusedAsync(ready, "invalid_proof", $"{mac}.{Base64Url.Encode(HMACSHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(header["jwk"]!.ToJsonString()), System.Text.Encoding.ASCII.GetBytes(mac)))}");

        // Another key's signature, a bit of it, zeros, and DER in place of r and s.
        var other = TestWallet.NewKey();
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(nonce, (header, _) => header["jwk"] = Header(right)["jwk"]!.DeepClone(), other));
        signature[^1] ^= 1;
        await RefusedAsync(ready, "invalid_proof", $"{input}.{Base64Url.Encode(signature)}");
        await RefusedAsync(ready, "invalid_proof", $"{input}.{Base64Url.Encode(new byte[64])}");
        signature[^1] ^= 1;
        await RefusedAsync(ready, "invalid_proof", $"{input}.{Base64Url.Encode(Der(signature))}");
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A48_a_proof_by_the_name_of_another_client_than_took_the_offer_is_refused()
    {
        var wallet = new TestWallet(_server);
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        using var redeemed = await wallet.RedeemAsync(await wallet.CodeOfAsync(made.Id), null, ("client_id", "wallet-1"));
        var token = (await redeemed.JsonAsync())["access_token"]!.GetValue<string>();
        var nonce = await wallet.NonceAsync();
        using (var refused = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(nonce, (_, claims) => claims["iss"] = "wallet-2")))
            await refused.RefusedAsync("invalid_proof");
        using var taken = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(nonce, (_, claims) => claims["iss"] = "wallet-1"));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task A48_an_algorithm_that_the_metadata_does_not_name_is_refused_even_rightly_signed()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        using var rsa = RSA.Create(2048);
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(nonce, key: SigningKey.FromRsa(rsa)));
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A49_a_nonce_that_is_unknown_altered_or_consumed_is_refused()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        var bytes = Base64Url.Decode(nonce);
        var flipped = bytes.Select((value, i) => i == 20 ? (byte)(value ^ 1) : value).ToArray();
        var longer = bytes.Select((value, i) => i == 7 ? (byte)(value + 1) : value).ToArray();
        foreach (var wrong in new[]
        {
            "", "no-such-nonce", RandomId.Secret(), Base64Url.Encode(RandomNumberGenerator.GetBytes(bytes.Length)), Base64Url.Encode(flipped),
            Base64Url.Encode(longer), nonce[..^1], nonce + "A", nonce + "=", nonce + " ", Base64Url.Encode(new byte[bytes.Length]),
        })
        {
            await RefusedAsync(ready, "invalid_nonce", await ready.Wallet.ProofAsync(wrong));
        }

        await ready.StillOpenAsync(nonce);

        // Consumed, by this wallet and by any other, however it is spelled.
        await RefusedAsync(ready, "invalid_nonce", await ready.Wallet.ProofAsync(nonce));
        var another = await TestIssuance.BeginAsync(_server);
        await RefusedAsync(another, "invalid_nonce", await another.Wallet.ProofAsync(nonce));
        await RefusedAsync(another, "invalid_nonce", await another.Wallet.ProofAsync(nonce[..^1] + (char)(nonce[^1] + 1)));
        await another.StillOpenAsync();
    }

    [Fact]
    public async Task A49_a_nonce_lives_five_minutes_and_a_consumed_one_is_refused_to_its_end_and_after()
    {
        await using var server = await TestServer.StartAsync();
        var first = await TestIssuance.BeginAsync(server);
        var (unused, used) = (await first.Wallet.NonceAsync(), await first.Wallet.NonceAsync());
        await first.StillOpenAsync(used);
        foreach (var seconds in new[] { 270, 31, 3600 })
        {
            server.Time.Move(TimeSpan.FromSeconds(seconds));
            foreach (var statement in Sweeper.At(server.Time.GetUtcNow().ToUnixTimeSeconds(), Sweeper.Retention.Usual)) await server.Nation.Database.CommitAsync(statement);
            var ready = await TestIssuance.BeginAsync(server);
            await RefusedAsync(ready, "invalid_nonce", await ready.Wallet.ProofAsync(used));
            if (seconds != 270) await RefusedAsync(ready, "invalid_nonce", await ready.Wallet.ProofAsync(unused));
            await ready.StillOpenAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A50_a_nonce_in_twenty_requests_at_once_on_two_hosts_gives_one_credential(bool onOneKey)
    {
        await using var second = await _server.StartBesideAsync();
        var ready = await TestIssuance.BeginAsync(_server);
        var elsewhere = new TestWallet(second);
        var nonce = await elsewhere.NonceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var proof = await ready.Wallet.ProofAsync(nonce, key: onOneKey ? null : TestWallet.NewKey());
            return await (i % 2 == 0 ? ready.Wallet : elsewhere).RequestCredentialAsync(ready.Token, proof);
        }));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await answer.RefusedAsync("invalid_nonce");
        foreach (var answer in answers) answer.Dispose();
        Assert.Single(await ready.RecordsAsync());
    }

    [Fact]
    public async Task A51_two_proofs_of_one_key_or_too_many_proofs_give_nothing()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var (one, two) = (await ready.Wallet.NonceAsync(), await ready.Wallet.NonceAsync());
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(one), await ready.Wallet.ProofAsync(two));
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(one), await ready.Wallet.ProofAsync(one));

        // The same key under another name is the same key.
        await RefusedAsync(ready, "invalid_proof", await ready.Wallet.ProofAsync(one), await ready.Wallet.ProofAsync(two, (header, _) => header["jwk"]!["kid"] = "2"));
        await RefusedAsync(ready, "invalid_credential_request", await BatchAsync(ready, Issuer.BatchSize + 1, one));
        await ready.StillOpenAsync(one);
    }

    [Fact]
    public async Task A51_one_wrong_proof_in_a_batch_spoils_it_whole()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var (good, consumed) = (await ready.Wallet.NonceAsync(), await ready.Wallet.NonceAsync());
        await (await TestIssuance.BeginAsync(_server)).StillOpenAsync(consumed);
        var proofs = await BatchAsync(ready, 3, good);
        await RefusedAsync(ready, "invalid_proof", [.. proofs, await ready.Wallet.ProofAsync(good, (_, claims) => claims["aud"] = "https://evil.example")]);
        await RefusedAsync(ready, "invalid_nonce", [.. proofs, await ready.Wallet.ProofAsync(consumed)]);
        await RefusedAsync(ready, "invalid_nonce", [.. proofs, await ready.Wallet.ProofAsync("unknown")]);
        await ready.StillOpenAsync(good);
    }

    [Fact]
    public async Task A51_a_batch_that_goes_beyond_what_the_offer_holds_gives_nothing_of_it()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using (var five = await ready.Wallet.RequestCredentialAsync(ready.Token, await BatchAsync(ready, 5, await ready.Wallet.NonceAsync())))
            Assert.Equal(5, (await TestIssuance.CredentialsAsync(five)).Count);
        var nonce = await ready.Wallet.NonceAsync();
        await RefusedAsync(ready, "credential_request_denied", await BatchAsync(ready, 4, nonce));
        Assert.Equal(5, (await ready.RecordsAsync()).Count);
        using var three = await ready.Wallet.RequestCredentialAsync(ready.Token, await BatchAsync(ready, 3, nonce));
        Assert.Equal(3, (await TestIssuance.CredentialsAsync(three)).Count);
        Assert.Equal(8, (await ready.RecordsAsync()).Select(record => (record.ListId, record.Idx)).Distinct().Count());
    }

    [Fact]
    public async Task A52_signatures_made_for_something_else_are_no_key_proofs()
    {
        var presentation = await TestPresentation.BeginAsync(_server);
        var bound = await presentation.Wallet.PresentationAsync(presentation.Request);
        var requestObject = await _server.Http.GetStringAsync(TestWallet.Parameter(presentation.SignIn.CrossDeviceLink, "request_uri"));
        var idToken = (await presentation.SignIn.SignInAsync(presentation.Wallet))["id_token"]!.GetValue<string>();
        var credential = presentation.Wallet.Credential.Split('~')[0];
        var statusList = await _server.Http.GetStringAsync(Claims(credential)["status"]!["status_list"]!["uri"]!.GetValue<string>());

        var ready = await TestIssuance.BeginAsync(_server);
        var nonce = await ready.Wallet.NonceAsync();
        string[] others =
        [
            bound[(bound.LastIndexOf('~') + 1)..], credential, idToken, statusList, requestObject,

            // Even with everything that a proof needs but its type: what a wallet signs for other servers.
            await ready.Wallet.ProofAsync(nonce, (header, claims) => (header["typ"], claims["sd_hash"]) = ("kb+jwt", "x")),
            await ready.Wallet.ProofAsync(nonce, (header, claims) => (header["typ"], claims["htm"], claims["htu"], claims["jti"]) = ("dpop+jwt", "POST", _server.Url("/token"), "1")),
            await ready.Wallet.ProofAsync(nonce, (header, _) => header["typ"] = "statuslist+jwt"),
            await ready.Wallet.ProofAsync(nonce, (header, _) => header["typ"] = "oauth-authz-req+jwt"),
            await ready.Wallet.ProofAsync(nonce, (header, _) => header["typ"] = SdJwtVc.Format),
        ];
        foreach (var other in others) await RefusedAsync(ready, "invalid_proof", other);
        await ready.StillOpenAsync(nonce);
    }

    [Fact]
    public async Task A59_the_same_token_and_key_get_the_same_record_and_slot_again()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        using var first = await ready.RequestAsync();
        using var again = await ready.RequestAsync();
        var (one, two) = (SdJwt.Parse((await TestIssuance.CredentialsAsync(first))[0]), SdJwt.Parse((await TestIssuance.CredentialsAsync(again))[0]));
        Assert.Equal(one.IssuerSigned.SigningInput.ToArray(), two.IssuerSigned.SigningInput.ToArray());
        Assert.Equal(one.Disclosures, two.Disclosures);
        Assert.Equal((await first.JsonAsync())["notification_id"]!.GetValue<string>(), (await again.JsonAsync())["notification_id"]!.GetValue<string>());
        Assert.Single(await ready.RecordsAsync());
        Assert.Single(await SlotsAsync(ready));
    }

    [Fact]
    public async Task A59_the_retry_needs_a_fresh_nonce()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var proof = await ready.Wallet.ProofAsync(await ready.Wallet.NonceAsync());
        using (var first = await ready.Wallet.RequestCredentialAsync(ready.Token, proof)) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await RefusedAsync(ready, "invalid_nonce", proof);
        Assert.Single(await ready.RecordsAsync());
    }

    [Fact]
    public async Task A59_another_key_gets_a_second_record_and_slot_and_a_ninth_gets_none()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        (await ready.RequestAsync()).Dispose();
        for (var count = 2; count <= Issuer.BatchSize; count++)
        {
            using var another = await ready.RequestAsync(TestWallet.NewKey());
            await TestIssuance.CredentialsAsync(another);
            Assert.Equal(count, (await SlotsAsync(ready)).Count);
        }

        using (var ninth = await ready.RequestAsync(TestWallet.NewKey())) await ninth.RefusedAsync("credential_request_denied");
        Assert.Equal(8, (await ready.RecordsAsync()).Count);

        // The first key is still served its own.
        using var first = await ready.RequestAsync();
        Assert.Single(await TestIssuance.CredentialsAsync(first));
    }

    [Fact]
    public async Task A59_twenty_retries_at_once_on_two_hosts_are_one_record()
    {
        await using var second = await _server.StartBesideAsync();
        var ready = await TestIssuance.BeginAsync(_server);
        var elsewhere = new TestWallet(second);
        var payloads = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var host = i % 2 == 0 ? ready.Wallet : elsewhere;
            using var answer = await host.RequestCredentialAsync(ready.Token, await ready.Wallet.ProofAsync(await host.NonceAsync()));
            return (await TestIssuance.CredentialsAsync(answer))[0].Split('.')[1];
        }));
        Assert.Single(payloads.Distinct());
        Assert.Single(await ready.RecordsAsync());
    }

    [Fact]
    public async Task A59_twenty_keys_at_once_get_eight_records()
    {
        var ready = await TestIssuance.BeginAsync(_server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ready.RequestAsync(TestWallet.NewKey())));
        Assert.Equal(8, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await answer.RefusedAsync("credential_request_denied");
        foreach (var answer in answers) answer.Dispose();
        Assert.Equal(8, (await SlotsAsync(ready)).Count);
    }

    private static JsonObject Header(string jwt) => (JsonObject)Jws.Parse(jwt).Header.DeepClone();

    private static JsonObject Claims(string jwt) => Jws.Parse(jwt).Claims();

    private static byte[] Der(byte[] signature)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private static async Task<string[]> BatchAsync(TestIssuance ready, int count, string nonce) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ready.Wallet.ProofAsync(nonce, key: TestWallet.NewKey())));

    private static async Task<HashSet<(string ListId, long Idx)>> SlotsAsync(TestIssuance ready) =>
        [.. (await ready.RecordsAsync()).Select(record => (record.ListId, record.Idx))];

    private static async Task RefusedAsync(TestIssuance ready, string error, params string[] proofs)
    {
        var before = (await ready.RecordsAsync()).Count;
        using var refused = await ready.Wallet.RequestCredentialAsync(ready.Token, proofs);
        await refused.RefusedAsync(error);
        Assert.Equal(before, (await ready.RecordsAsync()).Count);
    }
}
