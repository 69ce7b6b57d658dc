using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with request objects at the authorization endpoint (A07, A06): by ordinary clients, since those of FAPI 2.0 push theirs.</summary>
public sealed class SignedRequestAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    public async Task What_a_client_signed_is_what_it_asks(string algorithm)
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false, TestFapiClient.NewKey(algorithm));
        await BeginAsync(client, await client.SignedRequestAsync((_, claims) => (claims["state"], claims["max_age"]) = ("inside", 300)));
        using var cancelled = await client.World.Browser.PostAsync(client.World.Page + "/cancel", null);
        cancelled.RefusedByRedirect("access_denied", TestFapiClient.RedirectUri, "inside", _server.Issuer);
    }

    [Fact]
    public async Task A07_beside_a_signed_request_nothing_counts_but_the_client_id()
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false);
        var request = await client.SignedRequestAsync((_, claims) =>
        {
            claims.Remove("nonce");
            claims["state"] = "inside";
        });
        await BeginAsync(client, request, ("state", "beside"), ("nonce", "beside"), ("scope", "openid residency"), ("code_challenge", "x"), ("redirect_uri", "https://evil.example"), ("prompt", "none"));
        var row = (await SignIns.FindAsync(_server.Nation.Database, client.World.Page[(client.World.Page.LastIndexOf('/') + 1)..]))!;
        Assert.Equal(("inside", null, "openid membership", TestFapiClient.RedirectUri), (row.State, row.Nonce, row.Scope, row.RedirectUri));

        using var another = await AskAsync(await TestFapiClient.RegisterAsync(_server, isFapi2: false), request);
        await another.RefusedAsPageAsync("invalid_request_object");
    }

    [Fact]
    public async Task A07_a_request_object_with_one_thing_wrong_is_refused_without_a_redirect_to_where_it_says()
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false);
        var now = _server.Time.GetUtcNow().ToUnixTimeSeconds();
        var none = Jws.ToBeSigned(new JsonObject { ["alg"] = "none" }, Jws.Parse(await client.SignedRequestAsync()).Claims()) + ".";
        foreach (var request in (string[])
        [
            none,
            await client.SignedRequestAsync(key: TestFapiClient.NewKey()),
            await client.SignedRequestAsync((header, _) => header.Remove("kid"), TestFapiClient.NewKey()),
            await client.SignedRequestAsync((_, claims) => claims["aud"] = "https://evil.example"),
            await client.SignedRequestAsync((_, claims) => claims.Remove("aud")),
            await client.SignedRequestAsync((_, claims) => claims["exp"] = now - 1),
            await client.SignedRequestAsync((_, claims) => claims["client_id"] = "another"),
            await client.SignedRequestAsync((_, claims) => claims.Remove("client_id")),
            await client.SignedRequestAsync((_, claims) => claims["request_uri"] = "https://evil.example"),
            await client.AssertionAsync(),
            "e30.e30.e30",
            "nothing",
        ])
        {
            using (var page = await AskAsync(client, request)) await page.RefusedAsPageAsync("invalid_request_object");
            using (var elsewhere = await AskAsync(client, request, ("redirect_uri", "https://evil.example"))) await elsewhere.RefusedAsPageAsync("invalid_request_object");
            using var back = await AskAsync(client, request, ("redirect_uri", TestFapiClient.RedirectUri), ("state", "beside"));
            back.RefusedByRedirect("invalid_request_object", TestFapiClient.RedirectUri, "beside", _server.Issuer);
        }

        using (var uri = await AskAsync(client, await client.SignedRequestAsync((_, claims) => claims["redirect_uri"] = "https://evil.example"), ("redirect_uri", TestFapiClient.RedirectUri)))
            await uri.RefusedAsPageAsync("invalid_redirect_uri");
        using var both = await AskAsync(client, await client.SignedRequestAsync(), ("request_uri", "https://evil.example"));
        await both.RefusedAsPageAsync("invalid_request");
    }

    [Fact]
    public async Task A07_a_client_that_must_sign_its_requests_begins_no_other_way()
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false, change: request => request with
        {
            Metadata = request.Metadata with { RequiresSignedRequests = true, RequestObjectAlgorithm = "ES256" },
        });
        using (var plain = await client.World.AskAsync()) plain.RefusedByRedirect("invalid_request", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
        using (var pushed = await client.PushAsync()) await pushed.RefusedAsync("invalid_request");
        using (var endless = await AskAsync(client, await client.SignedRequestAsync((_, claims) => claims.Remove("exp")))) await endless.RefusedAsPageAsync("invalid_request_object");
        await BeginAsync(client, await client.SignedRequestAsync());
        using var signed = await client.PushSignedAsync(await client.SignedRequestAsync());
        await client.VisitAsync(await TestFapiClient.UriOfAsync(signed));
    }

    [Fact]
    public async Task A16_64_KB_of_a_request_object_are_refused()
    {
        var client = await TestFapiClient.RegisterAsync(_server, isFapi2: false);
        using var refused = await AskAsync(client, await client.SignedRequestAsync((_, claims) => claims["padding"] = new string('s', 64 * 1024)));
        await refused.RefusedAsPageAsync("invalid_request");
        using var inside = await AskAsync(client, await client.SignedRequestAsync((_, claims) => claims["nonce"] = new string('s', 4 * 1024)));
        inside.RefusedByRedirect("invalid_request", TestFapiClient.RedirectUri, client.World.State, _server.Issuer);
    }

    private static async Task BeginAsync(TestFapiClient client, string request, params (string Name, string Value)[] beside)
    {
        using var response = await AskAsync(client, request, beside);
        await client.World.FollowAsync(response);
    }

    private static Task<HttpResponseMessage> AskAsync(TestFapiClient client, string request, params (string Name, string Value)[] beside)
    {
        var url = new Uri(client.UrlOf("x"));
        return client.World.Browser.GetAsync(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
            url.GetLeftPart(UriPartial.Path), beside.Prepend(("request", request)).Prepend(("client_id", client.ClientId)).Select(pair => KeyValuePair.Create(pair.Item1, (string?)pair.Item2))));
    }
}
