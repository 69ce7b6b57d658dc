using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

// A seeded generator, so that a failure repeats.
#pragma warning disable RS0030

namespace NetworkIdentity.Tests.Attacks;

/// <summary>
/// Two apps put together all that they ever received of ten thousand members, and try to say who is who. What is compared went through the code that makes it: the
/// requests, the codes, the tokens, those for a resource that both use, userinfo, verified claims, introspection, refreshing, logout tokens. A wallet's proof alone is written down in its place.
/// </summary>
[Trait("Engine", "SQLite")] // What is given away is the same on every engine.
public sealed class CollusionTests : IAsyncLifetime
{
    private const int Members = 10_000;

    /// <summary>A value that so many have says nothing of one.</summary>
    private const int Many = 100;

    /// <summary>What the apps ask for as verified: by whom and when it was, all but the day of the credential, which both may know (decision 0028).</summary>
    private const string Verified = """
        {"verified_claims":{"verification":{"trust_framework":null,"time":null,"evidence":[{"type":null,"record":{"type":null,"source":{"name":null}}}]},"claims":{"membership":null}}}
        """;

    private const string Api = "https://api.example";

    private readonly Random _random = new(28);
    private readonly string[] _ids = new string[Members];
    private TestServer _server = null!;
    private NationContext Nation => _server.Nation;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Two_apps_that_put_together_what_they_received_link_none_of_ten_thousand_members()
    {
        await PopulateAsync();
        await new Resource(Api, "Example API", ["read"], "ES256", null).AddAsync(Nation.Database, Nation.Keys.Nation, Nation.Types, _server.Time);
        var (here, there) = (await App.RegisterAsync(_server, "https://market.example/callback"), await App.RegisterAsync(_server, "https://library.example/callback"));
        await AllSignInAsync(here, there);
        Assert.Equal((Members, Members), (here.Received.Count, there.Received.Count));
        Assert.True(here.Received[0].Count > 80, "the apps receive more than this test looks at");

        // 1. Nothing is the name of a record but the app's own, which says when it was made.
        foreach (var app in (App[])[here, there])
            foreach (var (path, value) in app.Received[0].Concat(app.Received[Members - 1]))
                Assert.False(RandomId.IsOne(value) && value != app.Partner.ClientId, $"{path} is a record's id");

        // 2. No value that both have, nor its digest, nor how it begins, tells more of who is who than chance does.
        foreach (var (name, view) in Views)
        {
            var (right, expected) = Guess(here, there, view);
            Assert.True(right <= expected + (8 * Math.Sqrt(expected)) + 1e-9, $"by {name}, {right} guesses were right where {expected:F1} are right by chance");
        }

        // 3. Nothing opaque is in the order of its time.
        foreach (var app in (App[])[here, there])
        {
            foreach (var path in app.Received[0].Select(pair => pair.Path))
            {
                var values = app.InTime.Select(member => app.Received[member].FirstOrDefault(pair => pair.Path == path).Value ?? "").ToList();
                if (values.Distinct().Count() < Members || values[0].Length < 20) continue;
                var rising = Enumerable.Range(1, Members - 1).Count(at => string.CompareOrdinal(values[at - 1], values[at]) < 0) / (double)Members;
                Assert.True(rising is > 0.45 and < 0.55, $"{path} rises with time: {rising}");
            }
        }

        // 4. No piece of what one app got of a member is in what the other got of them, and in nobody else's.
        var common = new HashSet<string>(Pieces(here, 1).Intersect(Pieces(here, 2)).Concat(Pieces(there, 1).Intersect(Pieces(there, 2))));
        for (var member = 3; member < 500; member++)
        {
            var shared = Pieces(here, member).Intersect(Pieces(there, member)).Except(common).Except(Pieces(there, member - 1)).Except(Pieces(there, member + 1)).ToList();
            Assert.True(shared.Count == 0, $"both have {string.Join(", ", shared)} of a member");
        }

        // 5. Nor is anything here that was not asked for, or finer than it has to be.
        Assert.Equal(["member_since", "tier"], here.Received[0].Select(pair => pair.Path).Where(path => path.StartsWith("userinfo/membership/", StringComparison.Ordinal)).Select(path => path[20..]).Order());
        Assert.All(here.Received[7].Where(pair => pair.Path.EndsWith("/auth_time", StringComparison.Ordinal)), pair => Assert.Equal(10, pair.Value.Length));
    }

    [Fact]
    public void What_would_link_them_is_found()
    {
        // The test's own test: a value that is the same at both, one that begins alike, one that is derived.
        var random = new Random(1);
        var names = Enumerable.Range(0, Members).Select(_ => Base64Url.Encode(Bytes(random, 24))).ToArray();
        foreach (var (name, other) in new (string, Func<string, string>)[]
        {
            ("equal", value => value), ("prefix", value => value[..8] + Base64Url.Encode(Bytes(random, 18))), ("digest", RandomId.Digest),
        })
        {
            App here = new(null!), there = new(null!);
            for (var member = 0; member < Members; member++)
            {
                here.Received[member] = [("x", names[member])];
                there.Received[member] = [("y", other(names[member]))];
            }

            Assert.Contains(Views, view => Guess(here, there, view.Of) is var (right, expected) && right > expected + (8 * Math.Sqrt(expected)) + 1e-9);
            Assert.NotEmpty(name);
        }

    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static readonly (string Name, Func<(string Path, string Value), bool, string?> Of)[] Views =
    [
        ("equal values", (pair, _) => pair.Value),
        ("what begins alike", (pair, _) => pair.Value.Length >= 20 ? pair.Value[..8] : null),
        ("what ends alike", (pair, _) => pair.Value.Length >= 20 ? pair.Value[^8..] : null),
        ("the digest of the other's value", (pair, isHere) => isHere ? RandomId.Digest(pair.Value) : pair.Value),
        ("the other's value in small letters", (pair, _) => pair.Value.ToLowerInvariant()),
    ];

    /// <summary>How often a member's counterpart is among the few who share a value, and how often they would be by chance. Each member counts once, by the value that narrows most.</summary>
    private static (int Right, double Expected) Guess(App here, App there, Func<(string Path, string Value), bool, string?> view)
    {
        var who = new Dictionary<string, HashSet<int>>();
        foreach (var (member, received) in there.Received)
        {
            foreach (var pair in received)
            {
                if (view(pair, false) is not { } value) continue;
                if (!who.TryGetValue(value, out var sharers)) who[value] = sharers = [];
                sharers.Add(member);
            }
        }

        var (right, expected) = (0, 0.0);
        foreach (var (member, received) in here.Received)
        {
            var few = new HashSet<int>();
            foreach (var pair in received)
                if (view(pair, true) is { } value && who.TryGetValue(value, out var sharers) && sharers.Count < Many) few.UnionWith(sharers);
            if (few.Contains(member)) right++;
            expected += few.Count / (double)Members;
        }

        return (right, expected);
    }

    /// <summary>Every eight characters that stand together in what an app has of a member. Times begin alike; whole they are compared above.</summary>
    private static HashSet<string> Pieces(App app, int member) =>
        [.. app.Received[member].Where(pair => pair.Value.Length >= 20 && !pair.Path.EndsWith("/verification/time", StringComparison.Ordinal)).SelectMany(pair => Enumerable.Range(0, pair.Value.Length - 7).Select(at => pair.Value.Substring(at, 8)))];

    /// <summary>Ten thousand members with credentials: they joined over two years, and some credentials end soon.</summary>
    private async Task PopulateAsync()
    {
        var today = _server.Time.GetUtcNow().ToUnixTimeSeconds() / 86400;
        var signed = System.Text.Encoding.ASCII.GetBytes("e30." + Base64Url.Encode(StrictJson.Write(new JsonObject { ["iss"] = _server.Issuer, ["vct"] = "urn:network-identity:membership:1" })));
        foreach (var some in Enumerable.Range(0, Members).Chunk(500))
        {
            await Nation.Database.CommitAsync([.. some.SelectMany(at =>
            {
                _ids[at] = RandomId.New();
                return new[]
                {
                    Registry.Members.Insert(new() { Id = _ids[at], State = "active", DataKey = [], CreatedAt = (today - 700) * 86400 }),
                    Credentials.Insert(new()
                    {
                        Id = _ids[at], MemberId = _ids[at], OfferId = _ids[at], Ordinal = 0, Type = "membership", Format = "dc+sd-jwt", ListId = "list", Idx = at, Kid = "kid",
                        HolderThumbprint = _ids[at], ToBeSigned = signed, ToBeSignedDigest = _ids[at], Disclosures = [], NotificationId = _ids[at], RecordedAt = 0, IssuedAt = 0,
                        ExpiresAt = (today + 2 + _random.Next(200)) * 86400,
                    }),
                };
            })]);
        }
    }

    /// <summary>All sign in at both apps, in an order of chance: at either one first, some at the same second.</summary>
    private async Task AllSignInAsync(App here, App there)
    {
        var since = Enumerable.Range(0, Members).Select(_ => $"{2024 + _random.Next(2)}-{1 + _random.Next(12):00}").ToArray();
        var tier = Enumerable.Range(0, Members).Select(_ => _random.Next(100) switch { < 4 => "steward", < 20 => "citizen", _ => "member" }).ToArray();
        var all = Enumerable.Range(0, Members).SelectMany(member => new[] { (App: here, Member: member), (App: there, Member: member) }).ToArray();
        _random.Shuffle(all);
        foreach (var some in all.Chunk(160))
        {
            await Task.WhenAll(some.Select(one => Task.Run(() => one.App.SignInAsync(_server, one.Member, _ids[one.Member], tier[one.Member], since[one.Member]))));
            foreach (var (app, member) in some) app.InTime.Add(member);
            _server.Time.Move(TimeSpan.FromSeconds(1 + _random.Next(4)));
        }
    }

    /// <summary>An app, and what it received of each member: by its path in the answers, JWTs taken apart.</summary>
    private sealed class App(Partner partner)
    {
        private const string Verifier = "a-verifier-of-this-app-that-is-longer-than-43-characters";

        public Partner Partner => partner;

        public ConcurrentDictionary<int, List<(string Path, string Value)>> Received { get; } = [];

        /// <summary>Members in the order in which they came.</summary>
        public List<int> InTime { get; } = [];

        public static async Task<App> RegisterAsync(TestServer server, string redirectUri)
        {
            var (clientId, _) = await server.RegisterAsync(redirectUri, request => request with
            {
                IdTokenAlgorithm = "ES256",
                Metadata = new() { Scopes = ["read"], GrantTypes = [ClientMetadata.AuthorizationCodeGrant, ClientMetadata.RefreshTokenGrant] },
            });
            return new App((await Partner.FindAsync(server.Nation.Database, clientId))!);
        }

        public async Task SignInAsync(TestServer server, int member, string memberId, string tier, string since)
        {
            // 1. The app asks, as AuthorizeEndpoint takes it.
            var nation = server.Nation;
            var redirectUri = partner.RedirectUris[0];
            var received = await nation.Requests.ReceiveAsync(partner, new OAuthParameters(new Dictionary<string, string>
            {
                ["client_id"] = partner.ClientId,
                ["redirect_uri"] = redirectUri,
                ["response_type"] = "code",
                ["scope"] = "openid membership read",
                ["resource"] = Api,
                ["claims"] = $$"""{"id_token":{{Verified}},"userinfo":{{Verified}}}""",
                ["code_challenge"] = Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier))),
                ["code_challenge_method"] = "S256",
            }));
            var id = await nation.SignIns.AskAsync(await AuthorizationRequest.ReadAsync(received, redirectUri, nation.Keys, nation.Database, nation.Types), $"browser {memberId}", "a browser");

            // 2. What PresentationExchange writes when a wallet has proved.
            var claims = new JsonObject { ["membership"] = new JsonObject { ["tier"] = tier, ["member_since"] = since } };
            var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
            await nation.Database.CommitAsync(SignIns.Prove(
                id, PresentationRequests.SameDevice, memberId, memberId, nation.Keys.Sealing.Seal(StrictJson.Write(claims), Session.OwnerOfSignIn(id)), now));

            // 3. The code, and what it gives.
            var code = await nation.SignIns.ContinueAsync((await nation.SignIns.FindAsync(id, [$"browser {memberId}"]))!, PresentationRequests.SameDevice);
            var tokens = await nation.Codes.RedeemAsync(partner, code!, redirectUri, Verifier);
            var list = new List<(string Path, string Value)> { ("code", code!) };
            Take(list, "tokens", tokens);
            Take(list, "introspection", await nation.Tokens.IntrospectAsync(partner, tokens.AccessToken));
            Take(list, "introspection of the refresh token", await nation.Tokens.IntrospectAsync(partner, tokens.RefreshToken!));
            var refreshed = await nation.Refreshes.RefreshAsync(partner, tokens.RefreshToken!, null, null, server.Url("/userinfo"));
            Take(list, "refreshed for userinfo", refreshed);
            Take(list, "userinfo", (await nation.UserInfo.ReadAsync(refreshed.AccessToken)).Claims);

            // 4. That it is over. Each at its own time: what ends at both apps at once can't be hidden (decision 0028).
            var session = (await Sessions.OfBrowserAsync(nation.Database, RandomId.Digest($"browser {memberId}"), now)).Single(one => one.ClientId == partner.ClientId);
            Take(list, "logout", new JsonObject { ["logout_token"] = await nation.LogoutNotices.TokenAsync(partner, session) });
            Received[member] = list;
        }

        private static void Take(List<(string Path, string Value)> list, string path, Tokens tokens) => Take(list, path, new JsonObject
        {
            ["access_token"] = tokens.AccessToken,
            ["id_token"] = tokens.IdToken,
            ["refresh_token"] = tokens.RefreshToken,
            ["scope"] = tokens.Scope,
        });

        private static void Take(List<(string Path, string Value)> list, string path, JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (name, value) in members) Take(list, $"{path}/{name}", value);
                    break;
                case JsonArray items:
                    for (var at = 0; at < items.Count; at++) Take(list, $"{path}/{at}", items[at]);
                    break;
                case JsonValue value when value.TryGetValue<string>(out var text):
                    if (text.Split('.') is not [var header, _, var signature] || !header.StartsWith("ey", StringComparison.Ordinal))
                    {
                        list.Add((path, text));
                        break;
                    }

                    list.Add(($"{path}/signature", signature));
                    Take(list, $"{path}/header", StrictJson.ParseObject(Base64Url.Decode(header)));
                    Take(list, path, Jws.Parse(text).Claims());
                    break;
                case JsonValue value:
                    list.Add((path, string.Format(CultureInfo.InvariantCulture, "{0}", value.ToJsonString())));
                    break;
            }
        }
    }
}
