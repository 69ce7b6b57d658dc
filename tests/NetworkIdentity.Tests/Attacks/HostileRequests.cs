using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What an attack on the running server found, so that it stays mended.</summary>
public sealed class HostileRequests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task A_key_that_is_of_two_types_goes_into_the_credential_as_the_one_it_is()
    {
        var wallet = new TestWallet(_server);
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var token = await wallet.TokenAsync(made.Id);
        var proof = await wallet.ProofAsync(await wallet.NonceAsync(), (header, _) =>
        {
            header["jwk"]!["n"] = "words of the wallet's choosing";
            header["jwk"]!["e"] = "and more of them";
            header["jwk"]!["key_ops"] = new JsonArray("verify");
        });
        using var response = await wallet.RequestCredentialAsync(token, proof);
        var credential = SdJwt.Parse((await response.JsonAsync())["credentials"]![0]!["credential"]!.GetValue<string>());
        var key = credential.IssuerSigned.Claims()["cnf"]!["jwk"]!.AsObject();
        Assert.Equal(["crv", "kty", "x", "y"], key.Select(member => member.Key).Order());
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=\"")]
    [InlineData("application/x-www-form-urlencoded;;=")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_form_whose_content_type_two_readers_would_read_differently_is_refused(string contentType)
    {
        foreach (var path in (string[])["/token", "/response/nothing", "/request/nothing"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _server.Url(path)) { Content = new ByteArrayContent("a=b"u8.ToArray()) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var response = await _server.Http.SendAsync(request);
            await response.RefusedAsync("invalid_request");
        }
    }

    [Fact]
    public async Task A_revocation_that_comes_between_the_look_and_the_commit_is_heard()
    {
        var wallet = await _server.MemberAsync();
        var signIn = await TestSignIn.BeginAsync(_server);
        var code = await signIn.ProveAsync(wallet);
        var record = (await Credentials.ListAsync(_server.Nation.Database)).Single(row => row.HolderThumbprint == wallet.Key.PublicKey.Thumbprint());

        // Another process holds the lock, revokes, and lets go: the request that waits for the lock has looked already.
        using var other = new WriteLock(_server.Settings.ConnectionString, "session");
        var redeeming = signIn.RedeemAsync(code);
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        other.Connection.Execute("UPDATE credential SET revoked_at = 1 WHERE id = @Id", record);
        other.Connection.Execute("UPDATE session SET ended_at = 1 WHERE id IN (SELECT session_id FROM session_credential WHERE credential_id = @Id)", record);
        other.Connection.Execute("COMMIT");
        using var refused = await redeeming;
        Assert.Contains("revoked", await refused.RefusedAsync("invalid_grant"));
    }

    [Theory]
    [InlineData("offer", "UPDATE offer SET revoked_at = 1 WHERE id = @OfferId", "membership")]
    [InlineData("offer", "UPDATE offer SET suspended_until = 4000000000 WHERE id = @OfferId", "membership")]
    [InlineData("credential", "UPDATE credential SET revoked_at = 1 WHERE member_id = @MemberId", "residency")]
    public async Task A54_what_ends_between_the_look_and_the_commit_is_not_issued(string table, string meanwhile, string type)
    {
        var wallet = await _server.MemberAsync();
        var record = await _server.RecordOfAsync(wallet);
        var made = type == "membership"
            ? await _server.Nation.Offering.MakeAsync(type, null, new Dictionary<string, string>(), withTransactionCode: false)
            : await _server.Nation.Offering.MakeAsync(
                type,
                record.MemberId,
                new Dictionary<string, string>
                {
                    ["residency_status"] = "resident",
                    ["node"] = "Lisbon",
                    ["from"] = _server.Day(0),
                    ["until"] = _server.Day(9),
                    ["host_jurisdiction"] = "PT",
                },
                withTransactionCode: false);
        var newer = new TestWallet(_server);
        var (token, proof) = (await newer.TokenAsync(made.Id), await newer.ProofAsync(await newer.NonceAsync()));

        // Another process holds the lock and lets go: the request that waits for the lock has looked already.
        using var other = new WriteLock(_server.Settings.ConnectionString, table);
        var asking = newer.RequestCredentialBodyAsync(token, $$"""{"credential_configuration_id":"{{type}}","proofs":{"jwt":["{{proof}}"]} }""");
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        other.Connection.Execute(meanwhile, new { OfferId = made.Id, record.MemberId });
        other.Connection.Execute("COMMIT");
        using var denied = await asking;
        await denied.RefusedAsync("credential_request_denied");
        Assert.Empty(await Credentials.OfOfferAsync(_server.Nation.Database, made.Id));
    }

    [Fact]
    public void A_member_name_that_is_long_is_refused_before_anything_is_made_of_it()
    {
        Assert.Throws<Refusal>(() => StrictJson.ParseObject($$"""{"{{new string('n', StrictJson.MaxNameLength + 1)}}":1}"""));
        Assert.Single(StrictJson.ParseObject($$"""{"{{new string('n', StrictJson.MaxNameLength)}}":1}"""));
    }

    [Theory]
    [InlineData("App\r\nX: y")]
    [InlineData("App\u202eppA")]
    [InlineData("App\u2028")]
    [InlineData("\u0000")]
    [InlineData("   ")]
    public async Task A_name_that_could_pass_for_something_else_is_refused(string name)
    {
        var refused = await Assert.ThrowsAsync<Refusal>(async () => await _server.RegisterAsync(change: request => request with { Name = name }));
        Assert.Equal("invalid_client_metadata", refused.Code);
        await _server.RegisterAsync(change: request => request with { Name = "Café ☕ 👩‍👩‍👧 日本" });
    }

    [Fact]
    public async Task Ten_thousand_members_that_are_null_are_no_more_than_noise()
    {
        var wallet = new TestWallet(_server);
        var made = await _server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var token = await wallet.TokenAsync(made.Id);
        var noise = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{i}\":null"));
        var proof = await wallet.ProofAsync(await wallet.NonceAsync());
        var body = $"{{{noise},\"credential_identifier\":null,\"credential_configuration_id\":\"membership\",\"proofs\":{{\"jwt\":[\"{proof}\"]}}}}";
        using var response = await wallet.RequestCredentialBodyAsync(token, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
