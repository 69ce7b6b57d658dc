using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Who asks to join proves to be one person, by another nation's word, on a real database of this run's engine and by two servers.</summary>
public sealed class PersonhoodTests
{
    [Fact]
    public async Task Who_proved_to_be_one_person_goes_to_review_joins_and_proves_for_no_second_one()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var asked = await world.AskAsync();
        Assert.Equal(Applications.Vouching, await world.StateOfAsync(asked));
        var returned = await world.AnswerAsync(asked, person);
        Assert.False(await world.IsProvenAsync(asked));
        await world.ConfirmAsync(asked, returned);
        Assert.True(await world.IsProvenAsync(asked));
        Assert.Equal(Applications.Review, await world.StateOfAsync(asked));
        Assert.Equal(["apply", "prove-person", "review"], (await world.Nation.JournalAsync(asked.Applied.Id)).Select(one => one.Act));
        Assert.Equal("personhood_not_asked", await DecidingTests.RefusedAsync(() => world.Personhood.BeginAsync(asked.Applied.Secret, "a browser")));
        await KnownAsync(world, person);

        await AdmitAsync(world);
        var made = await world.Nation.Applying.CollectAsync(asked.Applied.Secret);
        var issuing = world.Nation.Issuing;
        var (token, _) = await issuing.Offering.RedeemAsync((await issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, made.TransactionCode, null);
        await issuing.Issuer.IssueAsync(token, await issuing.RequestAsync([TestWallet.NewKey()]));
        await world.Nation.Applying.GoOnAsync();
        Assert.Equal(Applications.Joined, await world.StateOfAsync(asked));
        await KnownAsync(world, await world.AgainAsync(person));

        // Of the credential nothing is kept. Who is erased can come again.
        var stored = world.Nation.Nation.BytesAtRest();
        foreach (var word in (string[])[person.Id, person.Key.PublicKey.Thumbprint(), person.Status.Uri, PersonhoodWorld.Type])
            Assert.Equal(word == PersonhoodWorld.Type, stored.AsSpan().IndexOf(Encoding.ASCII.GetBytes(word)) >= 0);
        await new Eraser(world.Nation.Database, world.Nation.Time).EraseAsync(made.MemberId);
        Assert.Empty(issuing.Query<string>("SELECT application_id FROM personhood"));
        Assert.Empty(issuing.Query<string>("SELECT id FROM personhood_request WHERE application_id = @Id", asked.Applied));
        Assert.True(await world.IsProvenAsync(await world.ProveAsync(person)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_was_revoked_is_known_also_once_they_are_erased_and_who_left_is_not(bool isRevoked)
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var (person, issuing) = (await world.PersonAsync(), world.Nation.Issuing);
        var asked = await world.ProveAsync(person);
        await AdmitAsync(world);
        var made = await world.Nation.Applying.CollectAsync(asked.Applied.Secret);
        var (token, _) = await issuing.Offering.RedeemAsync((await issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, made.TransactionCode, null);
        await issuing.Issuer.IssueAsync(token, await issuing.RequestAsync([TestWallet.NewKey()]));
        await world.Nation.Applying.GoOnAsync();
        if (isRevoked) await issuing.Revoker.RevokeMemberAsync(made.MemberId, "harm", new Mandate(Act.Revoke, "a decision", "2026-1", []));
        var leaving = new Leaving(world.Nation.Database, issuing.Offering, issuing.Revoker, new Eraser(world.Nation.Database, world.Nation.Time), world.Nation.Time);
        var secret = RandomId.Secret();
        await leaving.LeaveAsync(made.MemberId, secret);
        await leaving.EraseAsync(secret);
        Assert.Equal(Member.Erased, (await Members.FindAsync(world.Nation.Database, made.MemberId))!.State);
        Assert.Equal(isRevoked ? 1 : 0, issuing.Query<long>("SELECT count(*) FROM personhood").Single());
        if (isRevoked) await KnownAsync(world, await world.AgainAsync(person));
        else Assert.True(await world.IsProvenAsync(await world.ProveAsync(person)));
    }

    [Theory]
    [InlineData(Applications.Withdrawn)]
    [InlineData(Applications.Refused)]
    [InlineData(Applications.Lapsed)]
    [InlineData("lapsed after it was admitted")]
    public async Task Every_end_but_joining_frees_the_person(string end)
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var asked = await world.ProveAsync(person);
        switch (end)
        {
            case Applications.Withdrawn:
                await world.Nation.ApplyingElsewhere.WithdrawAsync(asked.Applied.Secret);
                break;
            case Applications.Refused:
                var row = (await Applications.FindAsync(world.Nation.Database, asked.Applied.Id))!;
                await DecidingTests.ApprovedAsync(world.Nation, Proposal.Refuse(row, CharterTests.CoLiving.Criteria.Keys.First(), "Was never here."), "ana", "ben");
                break;
            default:
                if (end != Applications.Lapsed) await AdmitAsync(world);
                world.Move(TimeSpan.FromDays(200));
                await world.Nation.Applying.GoOnAsync();
                break;
        }

        Assert.NotNull((await Applications.FindAsync(world.Nation.Database, asked.Applied.Id))!.EndedAt);
        Assert.Null(await Personhoods.FindAsync(world.Nation.Database, asked.Applied.Id));
        await world.PublishAsync();
        await world.ListOfAsync(person);
        Assert.True(await world.IsProvenAsync(await world.ProveAsync(person)));
    }

    [Fact]
    public async Task I6_the_same_person_twice_at_once_counts_once()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        for (var round = 0; round < 4; round++)
        {
            var person = await world.PersonAsync();
            var asked = new List<(PersonhoodWorld.Asked Asked, string? Uri)>();
            for (var i = 0; i < 6; i++)
            {
                var one = await world.AskAsync();
                asked.Add((one, await world.AnswerAsync(one, person)));
            }

            await Task.WhenAll(asked.Select((one, i) => world.ConfirmAsync(one.Asked, one.Uri, i % 2 == 0 ? world.Personhood : world.Elsewhere)));
            var proven = 0;
            foreach (var (one, _) in asked)
            {
                if (await world.IsProvenAsync(one)) proven++;
                else Assert.Equal((Personhood.PersonKnown, Applications.Vouching), (await world.RefusedAsync(one), await world.StateOfAsync(one)));
            }

            Assert.Equal(1, proven);
        }
    }

    [Fact]
    public async Task One_application_is_one_person_whichever_of_two_came_at_once()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var applied = await world.Nation.Applying.ApplyAsync("Gil", "Words.", null);
        var asked = await world.AskAsync(applied);
        var uri = await world.AnswerAsync(asked, await world.PersonAsync());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.ConfirmAsync(asked, uri, i % 2 == 0 ? world.Personhood : world.Elsewhere)));
        Assert.True(await world.IsProvenAsync(asked));
        Assert.Single(await world.Nation.JournalAsync(applied.Id), one => one.Act == "prove-person");
    }

    [Fact]
    public async Task A67_who_is_no_issuer_of_the_charters_and_what_it_did_not_sign_is_refused()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();

        // The nation itself says it, which its charter does not accept: nobody is asked anything.
        var own = await world.PersonAsync(world.Nation.Issuing);
        Assert.Equal("issuer_not_trusted", await RefusedAsync(world, own));

        // A stranger signs in the issuer's name.
        var sdJwt = SdJwt.Parse(person.Credential);
        var (header, payload) = ((JsonObject)sdJwt.IssuerSigned.Header.DeepClone(), sdJwt.IssuerSigned.Claims());
        var thief = world.Nation.Nation.Keys.Current(KeyPurpose.Credential);
        header["x5c"] = new JsonArray([.. thief.CertificateChain.Select(der => (JsonNode)Convert.ToBase64String(der))]);
        var forged = await Jws.SignAsync(Jws.ToBeSigned(header, payload), thief);
        Assert.Equal("issuer_key_not_trusted", await RefusedAsync(world, person with { Credential = Forgery.Join(forged, sdJwt.Disclosures.Select(one => one.Encoded)) }));

        // The issuer's own membership is another type, under whichever name it comes.
        var made = await world.Issuer.Offering.MakeAsync("membership", person.MemberId, new Dictionary<string, string>(), withTransactionCode: false);
        var (token, _) = await world.Issuer.Offering.RedeemAsync((await world.Issuer.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);
        var membership = person with { Credential = (string)(await world.Issuer.Issuer.IssueAsync(token, await world.Issuer.RequestAsync([person.Key]))).Credentials[0]! };
        await world.ListOfAsync(membership);
        Assert.Equal("query_not_satisfied", await RefusedAsync(world, membership));
        Assert.Equal("query_not_satisfied", await RefusedAsync(world, person, queryId: "membership"));
        await AcceptedAsync(world, person);
    }

    [Fact]
    public async Task A79_what_ended_there_or_could_not_be_checked_proves_nothing_and_can_be_tried_again()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var asked = await world.AskAsync();

        // Its list, and its keys, out of reach: neither valid nor invalid, and the request stays open.
        foreach (var file in (string[])[person.Status.Uri, $"{PersonhoodWorld.People}/.well-known/did.json"])
        {
            Assert.True(world.Files.Remove(file, out var content));
            var words = (await Assert.ThrowsAsync<Refusal>(() => world.AnswerAsync(asked, person))).Description;
            Assert.StartsWith("Undetermined at step", words, StringComparison.Ordinal);
            world.Files[file] = content;
        }

        await world.ConfirmAsync(asked, await world.AnswerAsync(asked, person));
        Assert.True(await world.IsProvenAsync(asked));

        var revoked = await world.PersonAsync();
        await RevokeAsync(world, revoked);
        Assert.Equal("revoked", await RefusedAsync(world, revoked));
        var expired = await world.PersonAsync();
        world.Move(TimeSpan.FromDays(366));
        await world.Nation.Nation.Keys.RenewAsync();
        await world.PublishAsync();
        Assert.Equal("expired", await RefusedAsync(world, expired));
    }

    [Fact]
    public async Task A60_an_answer_is_its_holders_and_this_requests()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var (asked, other) = (await world.AskAsync(), await world.AskAsync());
        var shown = await world.PresentAsync(asked.Request, person);
        foreach (var presentation in (string[])
        [
            shown[..(shown.LastIndexOf('~') + 1)],
            await world.PresentAsync(asked.Request, person, key: TestWallet.NewKey()),
            await world.PresentAsync(other.Request, person),
            await world.PresentAsync(asked.Request, person, (_, claims) => claims["aud"] = "x509_hash:another"),
            await world.PresentAsync(asked.Request, person, (_, claims) => claims["iat"] = world.Nation.Time.GetUtcNow().AddMinutes(-20).ToUnixTimeSeconds()),
        ])
        {
            Assert.StartsWith("Refused at step Holder", await WordsAsync(() => world.AnswerAsync(asked, TestWallet.VpToken(presentation, "personhood"))), StringComparison.Ordinal);
        }

        // What was not disclosed, too much of it, or nothing.
        Assert.StartsWith("Refused at step Query", await WordsAsync(async () => await world.AnswerAsync(
            asked, TestWallet.VpToken(await world.PresentAsync(asked.Request, person, withPerson: false), "personhood"))), StringComparison.Ordinal);
        foreach (var vpToken in (JsonObject[])[[], new() { ["personhood"] = shown }, new() { ["personhood"] = new JsonArray(shown, shown) }, new() { ["personhood"] = new JsonArray(shown), ["more"] = new JsonArray(shown) }])
            Assert.StartsWith("Refused at step Shape", await WordsAsync(() => world.AnswerAsync(asked, vpToken)), StringComparison.Ordinal);

        // For another request, with another's state or key, or in the clear.
        var vp = TestWallet.VpToken(shown, "personhood");
        Assert.Contains("state is not", await WordsAsync(() => world.AnswerAsync(asked, vp, state: (string)other.Request["state"]!)), StringComparison.Ordinal);
        Assert.Contains("kid is not", await WordsAsync(() => world.AnswerAsync(asked, vp, encryptedTo: other.Request)), StringComparison.Ordinal);
        Assert.Contains("must be encrypted", await WordsAsync(() => world.Exchange.AnswerAsync(
            asked.Row.Id, new Dictionary<string, string> { ["vp_token"] = vp.ToJsonString(), ["state"] = (string)asked.Request["state"]! })), StringComparison.Ordinal);

        // Once: the same answer again gets the same reply, another one none, and at another request it is another's.
        var form = PersonhoodWorld.Form(asked.Request, vp, (string)asked.Request["state"]!);
        var uri = await world.Exchange.AnswerAsync(asked.Row.Id, form);
        Assert.Equal(uri, await world.ExchangeElsewhere.AnswerAsync(asked.Row.Id, form));
        Assert.Contains("answered before", await WordsAsync(() => world.AnswerAsync(asked, person)), StringComparison.Ordinal);
        Assert.Contains("kid is not", await WordsAsync(() => world.Exchange.AnswerAsync(other.Row.Id, form)), StringComparison.Ordinal);
        await world.ConfirmAsync(asked, uri);
        Assert.True(await world.IsProvenAsync(asked));
        Assert.False(await world.IsProvenAsync(other));
    }

    [Fact]
    public async Task A_wallets_request_is_fetched_once_ends_soon_and_gives_way_to_the_next()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var asked = await world.AskAsync();
        Assert.Null(await world.Exchange.FetchAsync(asked.Row.Id, null));
        var queries = asked.Request["dcql_query"]!["credentials"]!.AsArray();
        Assert.Equal(
            """[{"id":"personhood","format":"dc\u002Bsd-jwt","meta":{"vct_values":["urn:network-identity:personhood:1"]},"claims":[{"path":["person"]}]}]""", queries.ToJsonString());
        Assert.Equal("direct_post.jwt", (string)asked.Request["response_mode"]!);

        var next = await world.AskAsync(asked.Applied);
        Assert.Contains("has ended", await WordsAsync(() => world.AnswerAsync(asked, person)), StringComparison.Ordinal);
        world.Move(TimeSpan.FromMinutes(5));
        Assert.Contains("has ended", await WordsAsync(() => world.AnswerAsync(next, person)), StringComparison.Ordinal);
        var late = await world.Personhood.BeginAsync(asked.Applied.Secret, "a browser");
        Assert.Contains("no such request", await WordsAsync(() => world.Exchange.AnswerAsync(late.Id, new Dictionary<string, string> { ["response"] = "" })), StringComparison.Ordinal);
        world.Move(TimeSpan.FromMinutes(5));
        Assert.Null(await world.Exchange.FetchAsync(late.Id, null));

        // Many wallets at once: one has it.
        var raced = await world.Personhood.BeginAsync(asked.Applied.Secret, "a browser");
        var fetched = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? world.Exchange : world.ExchangeElsewhere).FetchAsync(raced.Id, "nonce")));
        Assert.Single(fetched, one => one is not null);

        // Answered, and nobody came back in time.
        var unconfirmed = await world.AskAsync(asked.Applied);
        var uri = await world.AnswerAsync(unconfirmed, person);
        world.Move(TimeSpan.FromMinutes(5));
        await world.ConfirmAsync(unconfirmed, uri);
        Assert.False(await world.IsProvenAsync(unconfirmed));

        Assert.Equal("unknown_application", await DecidingTests.RefusedAsync(() => world.Personhood.BeginAsync(asked.Applied.VouchCode, "a browser")));
        var open = await world.AskAsync(asked.Applied);
        await world.Nation.Applying.WithdrawAsync(asked.Applied.Secret);
        Assert.Contains("has ended", await WordsAsync(() => world.AnswerAsync(open, person)), StringComparison.Ordinal);
        Assert.Equal("application_ended", await DecidingTests.RefusedAsync(() => world.Personhood.BeginAsync(asked.Applied.Secret, "a browser")));
    }

    [Fact]
    public async Task A72_a_proof_counts_for_who_asked_and_holds_the_wallet()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var stranger = await world.Nation.Applying.ApplyAsync("Mal", "Words.", null);

        // The browser of another's application.
        var asked = await world.AskAsync();
        var row = (await world.Personhood.FindAsync(PersonhoodWorld.CodeOf(await world.AnswerAsync(asked, person))))!;
        await world.Personhood.ConfirmAsync(row, stranger.Secret);
        await world.Personhood.ConfirmAsync(row, "nothing");
        Assert.False(await world.IsProvenAsync(asked));

        // Another number than that of the browser that asked: nothing counts any more, nor the right one.
        var choices = world.Personhood.ChoicesOf(row);
        Assert.Contains(row.Number, choices);
        await world.Personhood.ChooseAsync(row, choices.First(one => one != row.Number));
        await world.Personhood.ChooseAsync(row, row.Number);
        Assert.Equal((false, Personhood.WrongNumber), (await world.IsProvenAsync(asked), await world.RefusedAsync(asked)));

        // Not theirs.
        var disowned = await world.AskAsync(asked.Applied);
        row = (await world.Personhood.FindAsync(PersonhoodWorld.CodeOf(await world.AnswerAsync(disowned, person))))!;
        await world.Personhood.DisownAsync(row);
        await world.Personhood.ConfirmAsync(row, asked.Applied.Secret);
        Assert.False(await world.IsProvenAsync(asked));

        // The right number.
        var right = await world.AskAsync(asked.Applied);
        row = (await world.Personhood.FindAsync(PersonhoodWorld.CodeOf(await world.AnswerAsync(right, person))))!;
        await world.Elsewhere.ChooseAsync(row, row.Number);
        Assert.True(await world.IsProvenAsync(asked));
    }

    [Fact]
    public async Task Another_charter_takes_the_proof_where_it_accepts_all_that_the_last_one_did()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var person = await world.PersonAsync();
        var (asked, open) = (await world.ProveAsync(person), await world.AskAsync());
        await AdoptAsync("wider", [PersonhoodWorld.People, "https://more.example"]);
        Assert.Equal((true, Applications.Review), (await world.IsProvenAsync(asked), await world.StateOfAsync(asked)));

        // What was asked under the last one is asked no more.
        Assert.Contains("has ended", await WordsAsync(async () => await world.AnswerAsync(open, await world.PersonAsync())), StringComparison.Ordinal);

        await AdoptAsync("other", ["https://more.example"]);
        Assert.Equal((false, Applications.Vouching), (await world.IsProvenAsync(asked), await world.StateOfAsync(asked)));
        Assert.Equal("issuer_not_trusted", await RefusedAsync(world, person));

        // Proven again, by the same person.
        await AdoptAsync("back", ["did:web:people.example"]);
        Assert.False(await world.IsProvenAsync(asked));
        await world.ProveAsync(person, asked.Applied);
        Assert.Equal((true, Applications.Review), (await world.IsProvenAsync(asked), await world.StateOfAsync(asked)));
        await KnownAsync(world, person);

        await AdoptAsync("nobody", null);
        Assert.Equal(Applications.Review, await world.StateOfAsync(asked));
        Assert.Empty((await world.Personhood.StandingAsync(asked.Applied.Id)).Accepted);
        Assert.Equal("personhood_not_asked", await DecidingTests.RefusedAsync(() => world.Personhood.BeginAsync(open.Applied.Secret, "a browser")));

        async Task AdoptAsync(string version, string[]? issuers)
        {
            await Rules.AdoptAsync(world.Nation.Database, world.Nation.Time, PersonhoodWorld.CharterOf(version, issuers));
            await world.Nation.Applying.GoOnAsync();
        }
    }

    [Fact]
    public async Task I11_an_admission_looks_at_the_proof_once_more()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var asked = await world.ProveAsync(await world.PersonAsync());
        var question = Assert.Single(await world.Nation.Deciding.ForAsync(world.Nation.People["ana"]));
        await world.Nation.Deciding.ApproveAsync(question.Row.Id, world.Nation.People["ana"]);
        Assert.Null(await world.Nation.Database.CommitAsync(Personhoods.FreeOf(asked.Applied.Id)));
        await world.Nation.Deciding.ApproveAsync(question.Row.Id, world.Nation.People["ben"]);
        Assert.NotEqual(Applications.Admitted, await world.StateOfAsync(asked));
    }

    [Fact]
    public async Task Its_own_members_have_one_person_each_that_nobody_says_by_hand()
    {
        await using var world = await PersonhoodWorld.StartAsync();
        var (ada, bob) = (await world.PersonAsync(), await world.PersonAsync());
        Assert.Matches("^[A-Za-z0-9_-]{43}$", ada.Id);
        Assert.NotEqual(ada.Id, bob.Id);
        Assert.Equal(ada.Id, (await world.AgainAsync(ada)).Id);
        foreach (var (member, claims, code) in ((string?, Dictionary<string, string>, string)[])
            [(null, [], "member_missing"), (ada.MemberId, new() { ["person"] = bob.Id }, "invalid_claim")])
            Assert.Equal(code, await DecidingTests.RefusedAsync(() => world.Issuer.Offering.MakeAsync("personhood", member, claims, withTransactionCode: false)));
    }

    /// <summary>A second application of the person, whether they belong or ask: the same words.</summary>
    private static async Task KnownAsync(PersonhoodWorld world, PersonhoodWorld.Person person)
    {
        var second = await world.ProveAsync(person);
        Assert.Equal((false, Personhood.PersonKnown, Applications.Vouching), (await world.IsProvenAsync(second), await world.RefusedAsync(second), await world.StateOfAsync(second)));
        await world.Nation.Applying.WithdrawAsync(second.Applied.Secret);
    }

    private static async Task AdmitAsync(PersonhoodWorld world)
    {
        var question = Assert.Single(await world.Nation.Deciding.ForAsync(world.Nation.People["ana"]));
        foreach (var name in (string[])["ana", "ben"]) await world.Nation.Deciding.ApproveAsync(question.Row.Id, world.Nation.People[name]);
    }

    private static async Task AcceptedAsync(PersonhoodWorld world, PersonhoodWorld.Person person) => Assert.NotNull(await world.AnswerAsync(await world.AskAsync(), person));

    /// <summary>The answer is refused for this reason, which the page knows too, and proves nothing.</summary>
    private static async Task<string?> RefusedAsync(PersonhoodWorld world, PersonhoodWorld.Person person, string queryId = "personhood")
    {
        var asked = await world.AskAsync();
        var words = await WordsAsync(async () => await world.AnswerAsync(
            asked, TestWallet.VpToken(await world.PresentAsync(asked.Request, person, withPerson: person.Credential.Contains('~', StringComparison.Ordinal)), queryId)));
        var reason = await world.RefusedAsync(asked);
        Assert.Contains($": {reason}: ", words, StringComparison.Ordinal);
        Assert.False(await world.IsProvenAsync(asked));
        return reason;
    }

    private static async Task<string> WordsAsync(Func<Task> act)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(act);
        Assert.Equal("invalid_request", refusal.Code);
        return refusal.Description;
    }

    private static async Task RevokeAsync(PersonhoodWorld world, PersonhoodWorld.Person person)
    {
        var records = await Credentials.ListAsync(world.Issuer.Nation.Database, person.MemberId);
        await world.Issuer.Revoker.RevokeAsync(records.Single(row => row.Type == "personhood").Id, "A reason.");
        world.Move(StatusListPublisher.Interval);
        await world.ListOfAsync(person);
    }
}
