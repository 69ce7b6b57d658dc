using System.Net;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>Attacks on offers and their pre-authorized codes: A32, A33, A34, A58.</summary>
public sealed class OfferAttacks(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task A32_a_missing_tx_code_is_an_invalid_request_and_costs_no_attempt()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        using (var missing = await wallet.RedeemAsync(code)) Assert.Contains("missing", await missing.RefusedAsync("invalid_request"));
        using (var empty = await wallet.RedeemAsync(code, "")) Assert.Contains("missing", await empty.RefusedAsync("invalid_request"));
        Assert.Equal(0, (await RowAsync(offer)).TxCodeAttempts);
        await wallet.TakeAsync(offer.Id, offer.TransactionCode);
    }

    [Fact]
    public async Task A32_a_tx_code_that_is_not_expected_is_an_invalid_request_and_spends_nothing()
    {
        var (wallet, offer, code) = await OfferAsync(_server);
        using (var unexpected = await wallet.RedeemAsync(code, "123456")) Assert.Contains("not expected", await unexpected.RefusedAsync("invalid_request"));
        await wallet.TakeAsync(offer.Id);
    }

    [Fact]
    public async Task A32_a_tx_code_that_is_too_long_is_an_invalid_request()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        using (var tooLong = await wallet.RedeemAsync(code, new string('1', 4096))) await tooLong.RefusedAsync("invalid_request");
        await wallet.TakeAsync(offer.Id, offer.TransactionCode);
    }

    [Fact]
    public async Task A32_a_wrong_tx_code_is_an_invalid_grant_and_the_fifth_may_still_be_right()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        foreach (var wrong in new[] { Wrong(offer), offer.TransactionCode + "0", offer.TransactionCode![..5], " " + offer.TransactionCode })
        {
            using var refused = await wallet.RedeemAsync(code, wrong);
            await refused.RefusedAsync("invalid_grant");
        }

        await wallet.TakeAsync(offer.Id, offer.TransactionCode);
        Assert.Equal(5, (await RowAsync(offer)).TxCodeAttempts);
    }

    [Fact]
    public async Task A32_five_wrong_tx_codes_end_the_offer_for_the_right_one_too()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        for (var i = 0; i < 5; i++)
        {
            using var refused = await wallet.RedeemAsync(code, Wrong(offer));
            await refused.RefusedAsync("invalid_grant");
        }

        using (var late = await wallet.RedeemAsync(code, offer.TransactionCode)) await late.RefusedAsync("invalid_grant");
        Assert.Null((await RowAsync(offer)).RedeemedAt);

        // Nor is it offered any more.
        using var gone = await _server.Http.GetAsync(_server.Url($"/offer/{offer.Id}"));
        await gone.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A33_of_a_hundred_guesses_at_once_five_are_evaluated_and_the_right_one_fails_afterwards()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var refused = await wallet.RedeemAsync(code, $"x{i:00000}");
            await refused.RefusedAsync("invalid_grant");
        }));

        Assert.Equal(Offers.MaxTransactionCodeAttempts, (await RowAsync(offer)).TxCodeAttempts);
        using var right = await wallet.RedeemAsync(code, offer.TransactionCode);
        await right.RefusedAsync("invalid_grant");
        Assert.Null((await RowAsync(offer)).RedeemedAt);
    }

    [Fact]
    public async Task A33_a_hundred_guesses_on_two_hosts_share_one_count()
    {
        await using var second = await _server.StartBesideAsync();
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        var other = new TestWallet(second);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var refused = await (i % 2 == 0 ? wallet : other).RedeemAsync(code, Wrong(offer));
            await refused.RefusedAsync("invalid_grant");
        }));
        Assert.Equal(5, (await RowAsync(offer)).TxCodeAttempts);
        using var right = await other.RedeemAsync(code, offer.TransactionCode);
        await right.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task A34_a_pre_authorized_code_is_good_once_and_the_second_use_takes_nothing_from_the_first()
    {
        var (wallet, offer, code) = await OfferAsync(_server);
        var token = await wallet.TokenAsync(offer.Id);
        using (var again = await wallet.RedeemAsync(code)) await again.RefusedAsync("invalid_grant");
        using var taken = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync()));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task A34_a_spent_code_tells_nothing_of_its_offer()
    {
        // One that waits says that it expects no transaction code; a spent one says nothing but that.
        var (wallet, offer, code) = await OfferAsync(_server);
        using (var waiting = await wallet.RedeemAsync(code, "1234")) await waiting.RefusedAsync("invalid_request");
        await wallet.TokenAsync(offer.Id);
        using var spent = await wallet.RedeemAsync(code, "1234");
        await spent.RefusedAsync("invalid_grant");
    }

    [Fact]
    public async Task A34_twenty_uses_at_once_on_two_hosts_give_one_token()
    {
        await using var second = await _server.StartBesideAsync();
        var (wallet, _, code) = await OfferAsync(_server);
        var other = new TestWallet(second);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? wallet : other).RedeemAsync(code)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await answer.RefusedAsync("invalid_grant");
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A34_a_code_ends_with_its_offer(bool guarded)
    {
        await using var server = await TestServer.StartAsync();
        var (wallet, offer, code) = await OfferAsync(server, guarded);
        var life = guarded ? Offering.GuardedLifetime : Offering.BareLifetime;
        server.Time.Move(life - TimeSpan.FromSeconds(30));
        using (var early = await server.Http.GetAsync(server.Url($"/offer/{offer.Id}"))) Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        server.Time.Move(TimeSpan.FromSeconds(31));
        using (var late = await wallet.RedeemAsync(code, offer.TransactionCode)) await late.RefusedAsync("invalid_grant");
        Assert.Equal(0, (await Offers.FindAsync(server.Nation.Database, offer.Id))!.TxCodeAttempts);
        using var gone = await server.Http.GetAsync(server.Url($"/offer/{offer.Id}"));
        await gone.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A34_unknown_spent_and_wrong_are_refused_in_the_same_words()
    {
        var (wallet, offer, code) = await OfferAsync(_server);
        await wallet.TakeAsync(offer.Id);
        using var spent = await wallet.RedeemAsync(code);
        using var unknown = await wallet.RedeemAsync("no-such-code");
        var (guardedWallet, guarded, guardedCode) = await OfferAsync(_server, guarded: true);
        using var wrong = await guardedWallet.RedeemAsync(guardedCode, Wrong(guarded));
        var words = await spent.RefusedAsync("invalid_grant");
        Assert.Equal(words, await unknown.RefusedAsync("invalid_grant"));
        Assert.Equal(words, await wrong.RefusedAsync("invalid_grant"));
    }

    [Fact]
    public async Task A58_an_offer_can_not_be_guessed_and_its_uri_names_nobody()
    {
        var (_, offer, code) = await OfferAsync(_server);
        Assert.Matches("^[a-z2-9]{26}$", offer.Id);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", code);
        Assert.DoesNotContain(offer.MemberId, offer.Id);
        foreach (var guess in new[] { RandomId.New(), offer.Id[..25], offer.Id.ToUpperInvariant(), offer.MemberId, "%27%20OR%201=1--" })
        {
            using var nothing = await _server.Http.GetAsync(_server.Url($"/offer/{guess}"));
            await nothing.RefusedAsync("not_found", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A58_an_offer_may_be_fetched_again_until_it_is_taken_and_never_after()
    {
        var (wallet, offer, code) = await OfferAsync(_server);
        using var elsewhere = TestServer.NewBrowser();
        using (var second = await elsewhere.GetAsync(_server.Url($"/offer/{offer.Id}")))
        {
            Assert.Contains(code, await second.Content.ReadAsStringAsync());
            Assert.True(second.Headers.CacheControl?.NoStore);
        }

        await wallet.TakeAsync(offer.Id);
        using (var late = await elsewhere.GetAsync(_server.Url($"/offer/{offer.Id}"))) await late.RefusedAsync("not_found", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A58_a_screenshot_of_a_guarded_offer_is_worth_nothing_without_what_travels_apart()
    {
        var (wallet, offer, code) = await OfferAsync(_server, guarded: true);
        using var browser = TestServer.NewBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Url($"/offer/{offer.Id}"));
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        using var page = await browser.SendAsync(request);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(offer.TransactionCode!, html);
        Assert.DoesNotContain(code, html);

        using var json = await browser.GetAsync(_server.Url($"/offer/{offer.Id}"));
        Assert.DoesNotContain(offer.TransactionCode!, await json.Content.ReadAsStringAsync());
        using (var thief = await wallet.RedeemAsync(code)) await thief.RefusedAsync("invalid_request");
        await wallet.TakeAsync(offer.Id, offer.TransactionCode);
    }

    [Fact]
    public async Task A58_neither_code_stands_in_the_database()
    {
        var (_, offer, code) = await OfferAsync(_server, guarded: true);
        var row = await RowAsync(offer);
        Assert.DoesNotContain(code, System.Text.Encoding.Latin1.GetString(row.Code));
        Assert.NotEqual(RandomId.Digest(offer.TransactionCode!), row.TxCodeDigest);
        Assert.True(_server.BytesAtRest().AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(code)) < 0);
    }

    private static string Wrong(Offering.Made offer) => offer.TransactionCode == "000000" ? "000001" : "000000";

    private async Task<Offers.Row> RowAsync(Offering.Made offer) => (await Offers.FindAsync(_server.Nation.Database, offer.Id))!;

    private static async Task<(TestWallet Wallet, Offering.Made Offer, string Code)> OfferAsync(TestServer server, bool guarded = false)
    {
        var wallet = new TestWallet(server);
        var offer = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), guarded);
        return (wallet, offer, await wallet.CodeOfAsync(offer.Id));
    }
}
