using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A QR code that someone has a picture of: it leads nowhere soon, and once a wallet has scanned one there is no other.</summary>
public sealed class QrCodeAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A72_a_code_that_nobody_scanned_is_soon_another_and_a_minute_old_one_leads_nowhere()
    {
        var world = await TestSignIn.BeginAsync(_server);
        var seen = new List<string> { world.CrossDeviceLink };
        Assert.Equal(world.CrossDeviceLink, await LinkAsync(world));
        for (var turn = 0; turn < 3; turn++)
        {
            _server.Time.Move(SignIn.CodeRenewal);
            seen.Add(await LinkAsync(world));
            Assert.Equal(seen[^1], await LinkAsync(world));
        }

        // The one before still leads somewhere, for who was about to scan it; the older ones don't.
        Assert.Equal(4, seen.Distinct().Count());
        foreach (var old in seen.Take(2)) Assert.Equal(HttpStatusCode.NotFound, await FetchAsync(old));
        Assert.Equal(HttpStatusCode.OK, await FetchAsync(seen[^2]));
    }

    [Fact]
    public async Task A72_a_code_of_a_page_that_nobody_looks_at_leads_nowhere_after_a_minute()
    {
        var world = await TestSignIn.BeginAsync(_server);
        _server.Time.Move(SignIn.CodeLifetime);
        Assert.Equal(HttpStatusCode.NotFound, await FetchAsync(world.CrossDeviceLink));

        // The link for the same device was shown to nobody else.
        Assert.Equal(HttpStatusCode.OK, await FetchAsync(world.SameDeviceLink));
    }

    [Fact]
    public async Task A72_a_code_that_was_scanned_stays_for_five_minutes_and_there_is_no_other_after_it()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        _server.Time.Move(SignIn.CodeRenewal);
        var (before, now) = (world.CrossDeviceLink, await LinkAsync(world));
        var request = await wallet.FetchAsync(now);
        Assert.Equal(HttpStatusCode.NotFound, await FetchAsync(before));
        _server.Time.Move(SignIn.Lifetime - TimeSpan.FromSeconds(20));
        Assert.Equal(3, (await RequestsAsync(world)).Count);
        await world.Browser.GetStringAsync(world.Page);
        Assert.Equal(3, (await RequestsAsync(world)).Count);
        Assert.Equal(HttpStatusCode.OK, await FetchAsync(now));
        using (var answer = await wallet.AnswerAsync(request)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var late = await TestSignIn.BeginAsync(_server);
        request = await wallet.FetchAsync(late.CrossDeviceLink);
        _server.Time.Move(SignIn.Lifetime);
        using var refused = await wallet.AnswerAsync(request);
        await refused.RefusedAsync("invalid_request");
    }

    [Fact]
    public async Task A72_of_two_codes_the_first_that_is_scanned_is_the_one_also_at_once_at_two_servers()
    {
        await using var server = await TestServer.StartAsync();
        await using var beside = await server.StartBesideAsync();
        for (var turn = 0; turn < 5; turn++)
        {
            var world = await TestSignIn.BeginAsync(server);
            server.Time.Move(SignIn.CodeRenewal);
            var links = new[] { world.CrossDeviceLink, await LinkAsync(world) };
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async one =>
            {
                var path = new Uri(TestWallet.Parameter(links[one % 2], "request_uri")).AbsolutePath;
                using var response = await server.Http.GetAsync((one % 4 < 2 ? server : beside).UrlHere(path));
                return (Link: links[one % 2], response.StatusCode, Text: await response.Content.ReadAsStringAsync());
            }));
            var good = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).ToList();
            Assert.Single(good.Select(answer => answer.Link).Distinct());
            Assert.Equal(6, good.Count);
            Assert.Single(good.Select(answer => Jws.Parse(answer.Text).Claims()["client_metadata"]!.ToJsonString()).Distinct());
        }
    }

    [Fact]
    public async Task A94_who_only_asks_makes_no_key()
    {
        var wallet = await _server.MemberAsync();
        var world = await TestSignIn.BeginAsync(_server);
        Assert.All(await RequestsAsync(world), request => Assert.Null(request.DecryptionKey));
        await wallet.FetchAsync(world.CrossDeviceLink);
        Assert.NotNull(Assert.Single(await RequestsAsync(world), request => request.DecryptionKey is not null).FetchedAt);

        // And what nobody fetched is answered by nobody.
        var here = TestWallet.Parameter(world.SameDeviceLink, "request_uri").Replace("/request/", "/response/", StringComparison.Ordinal);
        using var guessed = await _server.Http.PostAsync(here, new FormUrlEncodedContent([KeyValuePair.Create("vp_token", "{}"), KeyValuePair.Create("state", "x")]));
        Assert.Contains("no such request", await guessed.RefusedAsync("invalid_request"));
    }

    private static async Task<string> LinkAsync(TestSignIn world) =>
        TestSignIn.LinksOf(await world.Browser.GetStringAsync(world.Page)).First(link => link != world.SameDeviceLink);

    private async Task<HttpStatusCode> FetchAsync(string link)
    {
        using var response = await _server.Http.GetAsync(TestWallet.Parameter(link, "request_uri"));
        return response.StatusCode;
    }

    private Task<IReadOnlyList<PresentationRequests.Row>> RequestsAsync(TestSignIn world) =>
        PresentationRequests.OfSignInAsync(_server.Nation.Database, world.Page[(world.Page.LastIndexOf('/') + 1)..]);
}
