using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>The OpenID Foundation's modules for FAPI 2.0 where requests are signed: each name is that of its module after <c>fapi2-security-profile-final-</c>.</summary>
public sealed class Fapi2RequestObjectModules(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("nonce")]
    [InlineData("state")]
    public async Task fapi2_ensure_different_nonce_and_ensure_different_state_inside_and_outside_request_object(string name)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var row = await BegunAsync(client, await client.SignedRequestAsync((_, claims) => claims[name] = "inside"), (name, "outside"));
        Assert.Equal("inside", name == "nonce" ? row.Nonce : row.State);
    }

    [Fact]
    public async Task fapi2_state_only_outside_request_object_not_used()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var row = await BegunAsync(client, await client.SignedRequestAsync((_, claims) => claims.Remove("state")), ("state", "outside"));
        Assert.Null(row.State);
        using var back = await client.World.Browser.GetAsync(await TestSignIn.AnswerAsync(await _server.MemberAsync(), client.World.SameDeviceLink));
        Assert.DoesNotContain("state=", back.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public Task fapi2_ensure_expired_request_object_fails() => RefusedAsync((_, claims) => claims["exp"] = Now() - 30);

    [Fact]
    public async Task fapi2_ensure_matching_key_in_authorization_request()
    {
        var (client, other) = (await TestFapiClient.RegisterAsync(_server), await TestFapiClient.RegisterAsync(_server));
        using var refused = await client.PushSignedAsync(await client.SignedRequestAsync(key: other.Key));
        await refused.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public async Task fapi2_ensure_request_object_signature_algorithm_is_not_none()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var claims = Jws.Parse(await client.SignedRequestAsync()).Claims();
        using var refused = await client.PushSignedAsync(Jws.ToBeSigned(new JsonObject { ["alg"] = "none" }, claims) + ".");
        await refused.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public Task fapi2_ensure_request_object_with_bad_aud_fails() => RefusedAsync((_, claims) => claims["aud"] = "https://other1.example.com");

    [Fact]
    public Task fapi2_ensure_request_object_with_exp_over_60_fails() => RefusedAsync((_, claims) => claims["exp"] = Now() + 70 * 60);

    [Fact]
    public async Task fapi2_ensure_request_object_with_invalid_signature_fails()
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        var good = await client.SignedRequestAsync();
        var end = good.LastIndexOf('.') + 5;
        using var refused = await client.PushSignedAsync(good[..end] + (good[end] == 'A' ? 'B' : 'A') + good[(end + 1)..]);
        await refused.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public Task fapi2_ensure_request_object_with_multiple_aud_succeeds() =>
        TakenAsync((_, claims) => claims["aud"] = new JsonArray(_server.Issuer, "https://other1.example.com", "invalid"));

    [Fact]
    public Task fapi2_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted() => TakenAsync((_, claims) => claims["nbf"] = Now() + 8);

    [Fact]
    public Task fapi2_ensure_request_object_with_nbf_over_60_fails() => RefusedAsync((_, claims) => claims["nbf"] = Now() - 70 * 60);

    [Fact]
    public Task fapi2_ensure_request_object_without_exp_fails() => RefusedAsync((_, claims) => claims.Remove("exp"));

    [Fact]
    public Task fapi2_ensure_request_object_without_nbf_fails() => RefusedAsync((_, claims) => claims.Remove("nbf"));

    [Fact]
    public Task fapi2_ensure_request_object_without_redirect_uri_fails() => RefusedAsync((_, claims) => claims.Remove("redirect_uri"), "invalid_request");

    [Fact]
    public async Task fapi2_ensure_signed_request_object_with_RS256_fails()
    {
        // A key that says of itself that it is for RS256 is not one that the profile takes.
        using var rsa = RSA.Create(2048);
        var (ps256, rs256) = (SigningKey.FromRsa(rsa, "k", "PS256"), SigningKey.FromRsa(rsa, "k"));
        var client = await TestFapiClient.RegisterAsync(_server, key: ps256, change: request => request with
        {
            Metadata = request.Metadata with { Jwks = new JsonObject { ["keys"] = new JsonArray((ps256.PublicKey with { Alg = null }).ToJson()) } },
        });
        using (var good = await client.PushSignedAsync(await client.SignedRequestAsync())) await TestFapiClient.UriOfAsync(good);
        using var refused = await client.PushSignedAsync(await client.SignedRequestAsync(key: rs256));
        await refused.RefusedAsync("invalid_request_object");
    }

    [Fact]
    public async Task fapi2_ensure_unsigned_request_at_par_endpoint_fails()
    {
        var client = await TestFapiClient.RegisterAsync(_server, change: request => request with { Metadata = request.Metadata with { RequiresSignedRequests = true } });
        using var refused = await client.PushAsync();
        await refused.RefusedAsync("invalid_request");
    }

    private async Task RefusedAsync(TestFapiClient.Change change, string error = "invalid_request_object")
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        using var refused = await client.PushSignedAsync(await client.SignedRequestAsync(change));
        await refused.RefusedAsync(error);
    }

    private async Task TakenAsync(TestFapiClient.Change change)
    {
        var client = await TestFapiClient.RegisterAsync(_server);
        await BegunAsync(client, await client.SignedRequestAsync(change));
    }

    /// <summary>Pushes a signed request and goes to its page; returns the sign-in.</summary>
    private async Task<SignIns.Row> BegunAsync(TestFapiClient client, string request, params (string Name, string Value)[] beside)
    {
        using var pushed = await client.PushSignedAsync(request);
        await client.VisitAsync(await TestFapiClient.UriOfAsync(pushed), beside);
        return (await SignIns.FindAsync(_server.Nation.Database, client.World.Page[(client.World.Page.LastIndexOf('/') + 1)..]))!;
    }

    private long Now() => _server.Time.GetUtcNow().ToUnixTimeSeconds();
}
