using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>What is tried with a membership that a wallet waits for [OpenID4VCI §9]: to have it early, twice, for another's keys, or after all.</summary>
public sealed class DeferredAttacks
{
    [Fact]
    public async Task A56_while_nothing_is_decided_it_is_202_with_the_same_transaction_and_interval_and_nothing_is_issued()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var slots = await desk.Server.CountAsync("status_slot");
        var waiting = await TestWaiting.BeginAsync(desk);
        await PendingAsync(waiting, await waiting.ReturnAsync());
        await PendingAsync(waiting, await waiting.AskAsync());
        await waiting.Person.VouchedAsync();
        await PendingAsync(waiting, await waiting.ReturnAsync());

        // On other keys it gives nothing, and waits on for those that were proven.
        using (var other = await waiting.AskAsync(key: TestWallet.NewKey())) await other.RefusedAsync("credential_request_denied");

        // Asked again with a nonce that was used, nothing is told.
        var nonce = await waiting.Wallet.NonceAsync();
        await PendingAsync(waiting, await waiting.Wallet.RequestCredentialAsync(waiting.Token, await waiting.Wallet.ProofAsync(nonce)));
        using (var replayed = await waiting.Wallet.RequestCredentialAsync(waiting.Token, await waiting.Wallet.ProofAsync(nonce))) await replayed.RefusedAsync("invalid_nonce");

        // Days later the token is over, and the wallet gets another by its refresh token.
        desk.Server.Time.Move(TimeSpan.FromDays(5));
        using (var over = await waiting.ReturnAsync()) await over.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await PendingAsync(waiting, await waiting.ReturnAsync(await waiting.RenewAsync()));
        Assert.Equal(slots, await desk.Server.CountAsync("status_slot"));
        Assert.Empty(await Credentials.OfOfferAsync(desk.Server.Nation.Database, waiting.OfferId));
        Assert.Equal(Member.Applied, (await Members.FindAsync(desk.Server.Nation.Database, (await waiting.Person.RowAsync()).MemberId))!.State);

        // The log names the application and the transaction, and says nothing else.
        var leaf = Assert.Single(await Journal.OfAsync(desk.Server.Nation.Database, waiting.TransactionId));
        Assert.Equal(("defer", waiting.Person.Id, null), (leaf.Act, leaf.Actor, leaf.Detail));
        Assert.Contains("Your wallet is connected", await waiting.Person.ReadAsync());
    }

    [Fact]
    public async Task A56_once_it_is_decided_the_keys_that_were_proven_get_it_once_also_from_a_server_that_was_started_since()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        desk.Server.Time.Move(TimeSpan.FromDays(2));
        await waiting.Person.AdmittedAsync();
        await using var restarted = await desk.Server.StartBesideAsync();
        var (token, html) = (await waiting.RenewAsync(), await waiting.Person.Browser.GetStringAsync(desk.Server.Url(waiting.Person.Path)));
        using var given = await waiting.ReturnAsync(token, at: restarted);
        var credential = Assert.Single(await TestIssuance.CredentialsAsync(given));
        var claims = SdJwt.Parse(credential).IssuerSigned.Claims();
        Assert.Equal(waiting.Wallet.Key.PublicKey.X, (string)claims["cnf"]!["jwk"]!["x"]!);
        Assert.Contains(SdJwt.Parse(credential).Disclosures, disclosure => disclosure.Name == "display_name" && (string)disclosure.Value! == "Kim");
        foreach (var again in (HttpResponseMessage[])[await waiting.ReturnAsync(token), await waiting.ReturnAsync(token, at: restarted)])
            using (again) await again.RefusedAsync("invalid_transaction_id");

        // It rests on the decision, and the person has joined by it.
        var application = await waiting.Person.RowAsync();
        await desk.Server.Nation.Applying.MoveAsync(application.Id);
        Assert.Equal(Applications.Joined, (await waiting.Person.RowAsync()).State);
        var record = Assert.Single(await Credentials.ListAsync(desk.Server.Nation.Database, application.MemberId));
        Assert.Equal(("issue", application.DecisionId), Assert.Single((await Journal.OfAsync(desk.Server.Nation.Database, record.Id)).Select(leaf => (leaf.Act, leaf.Actor))));
        var member = (await Members.FindAsync(desk.Server.Nation.Database, application.MemberId))!;
        Assert.Equal((Member.Active, application.NodeId), (member.State, member.NodeId));
        Assert.NotNull(member.NodeId);
        Assert.Equal(0, await desk.Server.CountAsync("deferral"));
        foreach (var button in (string[])["collect", "connect"])
            using (var page = await desk.SendAsync(waiting.Person.Browser, html, $"{waiting.Person.Path}/{button}")) Assert.Equal(HttpStatusCode.PreconditionFailed, page.StatusCode);
        Assert.Single(await Offers.StandingAsync(desk.Server.Nation.Database, application.MemberId));
    }

    [Fact]
    public async Task A56_a_lost_answer_is_asked_for_again_with_the_same_keys_and_is_the_same_record()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        await waiting.Person.AdmittedAsync();
        using var given = await waiting.ReturnAsync();
        using var again = await waiting.AskAsync();
        Assert.Equal(
            SdJwt.Parse((await TestIssuance.CredentialsAsync(given))[0]).IssuerSigned.SigningInput.ToArray(), SdJwt.Parse((await TestIssuance.CredentialsAsync(again))[0]).IssuerSigned.SigningInput.ToArray());
        var record = Assert.Single(await Credentials.OfOfferAsync(desk.Server.Nation.Database, waiting.OfferId));

        // And who wants the handle for notifications has it there.
        Assert.False((await given.JsonAsync()).ContainsKey("notification_id"));
        Assert.Equal(record.NotificationId, (string)(await again.JsonAsync())["notification_id"]!);
    }

    [Fact]
    public async Task A56_what_is_decided_when_a_wallet_asks_is_given_at_once()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.OfferedAsync(desk, await TestApplicant.ApplyAsync(desk));
        await waiting.Person.AdmittedAsync();
        using var given = await waiting.AskAsync();
        Assert.Single(await TestIssuance.CredentialsAsync(given));
        Assert.Equal(0, await desk.Server.CountAsync("deferral"));
    }

    [Theory]
    [InlineData(Applications.Refused)]
    [InlineData(Applications.Withdrawn)]
    [InlineData(Applications.Lapsed)]
    [InlineData("lapsed after it was admitted")]
    [InlineData("taken on the page")]
    [InlineData("another wallet")]
    [InlineData("the membership was suspended before it was given")]
    public async Task A56_an_application_that_ends_otherwise_is_credential_request_denied(string end)
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        var nation = desk.Server.Nation;
        switch (end)
        {
            case Applications.Refused:
                await waiting.Person.VouchedAsync();
                var refusal = await desk.Deciding.ProposeAsync(Proposal.Refuse(await waiting.Person.RowAsync(), "met", "Was here for an hour."), desk.People["ana"]);
                await desk.Deciding.ApproveAsync(refusal.Row.Id, desk.People["ben"]);
                Assert.Equal(Applications.Refused, (await waiting.Person.RowAsync()).State);

                // For good: also where others look at it again.
                Assert.Empty(await Offers.StandingAsync(nation.Database, (await waiting.Person.RowAsync()).MemberId));
                break;
            case Applications.Withdrawn:
                (await waiting.Person.PressAsync("withdraw")).Dispose();
                break;
            case Applications.Lapsed:
                desk.Server.Time.Move(TimeSpan.FromDays(61));
                await nation.Applying.GoOnAsync();
                break;
            case "lapsed after it was admitted":
                await waiting.Person.AdmittedAsync();
                desk.Server.Time.Move(TimeSpan.FromDays(61));
                break;
            case "taken on the page":
                await waiting.Person.AdmittedAsync();
                (await waiting.Person.PressAsync("collect")).Dispose();
                break;
            case "another wallet":
                await TestWaiting.ConnectAsync(desk, waiting.Person);
                break;
            default:
                await waiting.Person.AdmittedAsync();
                Assert.Null(await nation.Database.CommitAsync(Offers.Suspend(waiting.OfferId, desk.Server.Time.GetUtcNow().AddDays(3).ToUnixTimeSeconds())));
                break;
        }

        var token = await waiting.RenewAsync();
        using (var denied = await waiting.ReturnAsync(token)) await denied.RefusedAsync("credential_request_denied");
        using (var denied = await waiting.AskAsync(token)) await denied.RefusedAsync("credential_request_denied");
        Assert.Empty(await Credentials.OfOfferAsync(nation.Database, waiting.OfferId));
    }

    [Fact]
    public async Task A56_a_transaction_of_anothers_or_of_nobodys_is_invalid_transaction_id()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (mine, theirs) = (await TestWaiting.BeginAsync(desk), await TestWaiting.BeginAsync(desk, "Lee"));
        var steward = Assert.Single(await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["ana"]));
        var member = await mine.Wallet.TokenAsync(await desk.Server.Nation.Earning.OfferStewardAsync(desk.People["ana"], steward.Id));
        await theirs.Person.AdmittedAsync();
        foreach (var (token, id) in ((string, string)[])[(mine.Token, theirs.TransactionId), (member, theirs.TransactionId), (mine.Token, RandomId.New()), (mine.Token, mine.OfferId), (mine.Token, "")])
            using (var refused = await mine.ReturnAsync(token, id)) await refused.RefusedAsync("invalid_transaction_id");
        foreach (var body in (string[])["", "{}", "[]", "{\"transaction_id\": 1}", $"{{\"transaction_id\": \"{mine.TransactionId}\", \"transaction_id\": \"{theirs.TransactionId}\"}}"])
            using (var refused = await TestWaiting.PostAsync(desk.Server, mine.Token, body)) await refused.RefusedAsync("invalid_credential_request");
        var encrypted = new JsonObject { ["transaction_id"] = mine.TransactionId, ["credential_response_encryption"] = new JsonObject() }.ToJsonString();
        using (var refused = await TestWaiting.PostAsync(desk.Server, mine.Token, encrypted)) await refused.RefusedAsync("invalid_encryption_parameters");
        using (var refused = await TestWaiting.PostAsync(desk.Server, mine.Token, "{}", "text/plain")) await refused.RefusedAsync("invalid_credential_request");
        using (var refused = await TestWaiting.PostAsync(desk.Server, null, "{}")) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using (var refused = await mine.ReturnAsync(mine.RefreshToken)) await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);
        await PendingAsync(mine, await mine.ReturnAsync());
        using var given = await theirs.ReturnAsync();
        Assert.Single(await TestIssuance.CredentialsAsync(given));
    }

    [Fact]
    public async Task A56_twenty_who_come_back_at_once_to_two_servers_get_one_credential()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        await waiting.Person.AdmittedAsync();
        await using var second = await desk.Server.StartBesideAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => waiting.ReturnAsync(at: i % 2 == 0 ? desk.Server : second)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await answer.RefusedAsync("invalid_transaction_id");
        foreach (var answer in answers) answer.Dispose();
        Assert.Single(await Credentials.OfOfferAsync(desk.Server.Nation.Database, waiting.OfferId));
    }

    [Fact]
    public async Task A56_the_page_and_the_wallet_at_once_are_one_membership()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        await waiting.Person.AdmittedAsync();
        var memberId = (await waiting.Person.RowAsync()).MemberId;
        var page = waiting.Person.PressAsync("collect");
        var wallets = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => waiting.ReturnAsync()));
        using var collected = await page;
        var given = wallets.Count(answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(given == 0 ? HttpStatusCode.SeeOther : HttpStatusCode.PreconditionFailed, collected.StatusCode);
        Assert.InRange(given, 0, 1);
        Assert.Equal(given, (await Credentials.ListAsync(desk.Server.Nation.Database, memberId)).Count);
        Assert.Single(await Offers.StandingAsync(desk.Server.Nation.Database, memberId));
    }

    [Fact]
    public async Task A56_both_forms_wait_and_both_are_given()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        var key = DidKey.KeyUrl(DidKey.Of(waiting.Wallet.Key.PublicKey));
        var proof = await waiting.Wallet.ProofAsync(await waiting.Wallet.NonceAsync(), (header, _) =>
        {
            header.Remove("jwk");
            header["kid"] = key;
        });
        var body = new JsonObject { ["credential_configuration_id"] = "membership_ldp_vc", ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) } }.ToJsonString();
        using var asked = await waiting.Wallet.RequestCredentialBodyAsync(waiting.Token, body);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var other = (await asked.JsonAsync())["transaction_id"]!.GetValue<string>();
        Assert.NotEqual(waiting.TransactionId, other);
        await waiting.Person.AdmittedAsync();
        using (var first = await waiting.ReturnAsync()) Assert.Single(await TestIssuance.CredentialsAsync(first));
        await desk.Server.Nation.Applying.GoOnAsync();
        using var second = await waiting.ReturnAsync(await waiting.RenewAsync(), other);
        Assert.Equal(key.Split('#')[0], (string)(await second.JsonAsync())["credentials"]![0]!["credential"]!["credentialSubject"]!["id"]!);
        Assert.Equal(2, (await Credentials.OfOfferAsync(desk.Server.Nation.Database, waiting.OfferId)).Count);
    }

    [Fact]
    public async Task A56_a_stolen_refresh_token_proves_no_key_and_its_use_beside_the_wallets_ends_the_family()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var waiting = await TestWaiting.BeginAsync(desk);
        // What it gives opens what was asked for, on the keys that were proven: no other form, and no other key, also when it is decided.
        var renewed = await waiting.RenewAsync();
        await waiting.Person.AdmittedAsync();
        using (var other = await waiting.AskAsync(renewed, TestWallet.NewKey())) await other.RefusedAsync("credential_request_denied");
        using (var given = await waiting.ReturnAsync(renewed)) Assert.Single(await TestIssuance.CredentialsAsync(given));
        using (var other = await waiting.AskAsync(renewed, TestWallet.NewKey())) await other.RefusedAsync("credential_request_denied");
        Assert.Single(await Credentials.OfOfferAsync(desk.Server.Nation.Database, waiting.OfferId));

        // A lost answer of the token endpoint is given again for half a minute; then both are out.
        var lee = await TestWaiting.BeginAsync(desk, "Lee");
        var first = lee.RefreshToken;
        var second = (Access: await lee.RenewAsync(), lee.RefreshToken);
        using (var retried = await lee.RefreshAsync(first)) Assert.Equal(second.RefreshToken, (string)(await retried.JsonAsync())["refresh_token"]!);
        desk.Server.Time.Move(RefreshGrant.RetryWindow + TimeSpan.FromSeconds(1));
        foreach (var token in (string[])[first, second.RefreshToken])
            using (var refused = await lee.RefreshAsync(token)) await refused.RefusedAsync("invalid_grant");
        foreach (var token in (string[])[lee.Token, second.Access])
            using (var refused = await lee.ReturnAsync(token)) await refused.RefusedAsync("invalid_token", HttpStatusCode.Unauthorized);

        // One that is over gives nothing.
        var mo = await TestWaiting.BeginAsync(desk, "Mo");
        await desk.Server.Nation.Database.CommitAsync(new Statement("UPDATE refresh_token SET expires_at = 1", new { }));
        using (var over = await mo.RefreshAsync(mo.RefreshToken)) await over.RefusedAsync("invalid_grant");

        // Nothing is lost for the person: another wallet, or the page.
        await PendingAsync(await TestWaiting.ConnectAsync(desk, lee.Person));
    }

    [Fact]
    public async Task A56_a_wallets_refresh_token_is_no_apps_and_an_apps_is_no_wallets()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var app = await desk.Server.Nation.Registration.RegisterAsync(new ClientRegistration.Request { Name = "App", RedirectUris = ["https://app.example/cb"] });
        var waiting = await TestWaiting.BeginAsync(desk);
        foreach (var more in ((string, string)[][])[[("client_id", app.ClientId)], [("client_id", app.ClientId), ("client_secret", app.Secret!)], [("client_id", "account")]])
            using (var refused = await waiting.RefreshAsync(waiting.RefreshToken, more)) await refused.RefusedAsync("invalid_grant");
        using (var unknown = await waiting.RefreshAsync(RandomId.Secret())) Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        await PendingAsync(waiting, await waiting.ReturnAsync(await waiting.RenewAsync()));

        // A member's offer, which waits for nothing, brings none.
        var made = await desk.Server.Nation.Earning.OfferStewardAsync(desk.People["ana"], Assert.Single(await Steward.InForceAsync(desk.Server.Nation.Database, desk.Server.Time.GetUtcNow(), desk.People["ana"])).Id);
        using var redeemed = await waiting.Wallet.RedeemAsync(await waiting.Wallet.CodeOfAsync(made));
        Assert.False((await redeemed.JsonAsync()).ContainsKey("refresh_token"));
    }

    [Fact]
    public async Task A56_what_is_over_is_swept_and_a_refresh_token_ends_with_what_it_waits_for()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var (gone, joined) = (await TestWaiting.BeginAsync(desk), await TestWaiting.BeginAsync(desk, "Lee"));
        await joined.Person.AdmittedAsync();
        using (var given = await joined.ReturnAsync(await joined.RenewAsync())) Assert.Single(await TestIssuance.CredentialsAsync(given));

        // A day for an answer that was lost, by which the same is given again.
        using (var again = await joined.AskAsync(await joined.RenewAsync())) Assert.Single(await TestIssuance.CredentialsAsync(again));
        desk.Server.Time.Move(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        using (var nothing = await joined.RefreshAsync(joined.RefreshToken)) await nothing.RefusedAsync("invalid_grant");
        (await gone.Person.PressAsync("withdraw")).Dispose();
        await SweepAsync(29);
        Assert.Equal(1, await desk.Server.CountAsync("deferral"));
        await SweepAsync(31);
        Assert.Equal(0, await desk.Server.CountAsync("deferral"));
        using (var nothing = await gone.RefreshAsync(gone.RefreshToken)) await nothing.RefusedAsync("invalid_grant");
        Assert.NotEqual(0, await desk.Server.CountAsync("refresh_token"));
        await SweepAsync(365);
        Assert.Equal(0, await desk.Server.CountAsync("refresh_token"));

        async Task SweepAsync(int days)
        {
            foreach (var statement in Sweeper.At(desk.Server.Time.GetUtcNow().AddDays(days).ToUnixTimeSeconds(), Sweeper.Retention.Usual))
                while (await desk.Server.Nation.Database.CommitAsync(statement) is null) await Task.Yield();
        }
    }

    [Fact]
    public async Task The_code_of_the_page_guards_it_and_who_knows_the_link_alone_connects_nothing()
    {
        await using var desk = await TestDesk.GovernedAsync();
        var kim = await TestApplicant.ApplyAsync(desk);
        using var sent = await kim.PressAsync("connect");
        var (wallet, offer) = (new TestWallet(desk.Server), sent.Headers.Location!.ToString().Split('/')[^1]);
        var code = await wallet.CodeOfAsync(offer);
        using (var missing = await wallet.RedeemAsync(code)) await missing.RefusedAsync("invalid_request");
        Assert.DoesNotContain("Your wallet is connected", await kim.ReadAsync());
        using var browser = TestServer.NewBrowser();
        using var elsewhere = await desk.SendAsync(browser, await kim.Browser.GetStringAsync(desk.Server.Url(kim.Path)), $"{kim.Path}/connect");
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        Assert.Single(await Offers.StandingAsync(desk.Server.Nation.Database, (await kim.RowAsync()).MemberId));
    }

    private static async Task PendingAsync(TestWaiting waiting) => await PendingAsync(waiting, await waiting.ReturnAsync());

    private static async Task PendingAsync(TestWaiting waiting, HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
            Assert.True(answer.Headers.CacheControl?.NoStore);
            var json = await answer.JsonAsync();
            Assert.Equal(["interval", "transaction_id"], json.Select(member => member.Key).Order());
            Assert.Equal((waiting.TransactionId, (long)Issuer.Interval.TotalSeconds), (json["transaction_id"]!.GetValue<string>(), json["interval"]!.GetValue<long>()));
        }
    }
}
