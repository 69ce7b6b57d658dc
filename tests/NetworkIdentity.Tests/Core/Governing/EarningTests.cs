using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

public sealed class EarningTests
{
    private const string ContestAt = "https://nation.example/account/facts";

    [Fact]
    public async Task A_residency_follows_from_stays_and_ends_with_what_they_give()
    {
        await using var nation = await FoundAsync();
        var (fay, lisbon) = (nation.People["fay"], (await Node.FindAsync(nation.Database, "Lisbon")).Id);
        await RefusedAsync("not_earned", () => nation.Earning.OfferResidencyAsync(fay, lisbon));
        await StayAsync(nation, "fay", -100, -3);
        var offer = await nation.Earning.OfferResidencyAsync(fay, lisbon);
        var residency = (await nation.Earning.ResidenciesAsync(fay)).Single();
        Assert.Equal((ResidencyMethod.Resident, 97), (residency.Status, residency.Nights));

        // The log says what was made of which facts, and the offer and what it gives rest on that: neither on the founder nor on a decision.
        var row = (await Offers.FindAsync(nation.Database, offer))!;
        var made = (await Journal.OfAsync(nation.Database, row.DecisionId!)).Single();
        Assert.Equal(("reckon", "facts", "2026-1"), (made.Act, made.Actor, made.CharterVersion));
        Assert.Equal($"nights/1 {FactBook.DigestOf(await nation.Witnessing.Book.OfAsync(fay))}", made.Detail);
        var credential = await TakeAsync(nation, offer, "residency");
        var said = credential.Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToString());
        Assert.Equal(("resident", "Lisbon", $"{residency.From:yyyy-MM-dd}", $"{residency.Until:yyyy-MM-dd}"), (said["residency_status"], said["node"], said["from"], said["until"]));
        var claims = credential.IssuerSigned.Claims();
        Assert.Equal("Not an immigration status", claims["notice"]!.GetValue<string>());
        Assert.Equal(new DateTimeOffset(residency.Until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds(), claims["exp"]!.GetValue<long>());
        var record = (await Credentials.ListAsync(nation.Database, fay)).Single(one => one.Type == "residency");
        Assert.Equal(row.DecisionId, (await Journal.OfAsync(nation.Database, record.Id)).Single().Actor);
    }

    [Fact]
    public async Task Who_asks_twice_has_one_offer_and_another_when_something_has_come()
    {
        await using var nation = await FoundAsync();
        var (fay, lisbon) = (nation.People["fay"], (await Node.FindAsync(nation.Database, "Lisbon")).Id);
        await StayAsync(nation, "fay", -10, -3);
        var offer = await nation.Earning.OfferResidencyAsync(fay, lisbon);
        Assert.Equal(offer, await nation.Earning.OfferResidencyAsync(fay, lisbon));
        await StayAsync(nation, "fay", -100, -3);
        Assert.NotEqual(offer, await nation.Earning.OfferResidencyAsync(fay, lisbon));

        // What was taken is not offered again under the same id.
        var next = await nation.Earning.OfferResidencyAsync(fay, lisbon);
        await TakeAsync(nation, next, "residency");
        Assert.NotEqual(next, await nation.Earning.OfferResidencyAsync(fay, lisbon));
    }

    [Fact]
    public async Task I11_what_rests_on_facts_breaks_where_one_has_come_or_the_charter_is_another()
    {
        await using var nation = await FoundAsync();
        var revision = await Facts.RevisionAsync(nation.Database);
        await StayAsync(nation, "fay", -10, -3);
        await OfferedAsync("mandate_missing", Mandate.OfFacts("made", "2026-1", revision));
        await OfferedAsync("mandate_missing", Mandate.OfFacts("made", "2026-0", await Facts.RevisionAsync(nation.Database)));
        Assert.Equal(0, nation.Issuing.Query<long>("SELECT count(*) FROM offer WHERE type = 'residency'").Single());

        // A word for a fact moves them, as a fact does.
        revision = await Facts.RevisionAsync(nation.Database);
        var fact = (await nation.Witnessing.Book.AllAsync()).Single();
        await nation.Witnessing.Book.WitnessAsync(fact.Id, nation.People["cyd"], new(Act.Witness, "a-steward", "2026-1", []));
        await OfferedAsync("mandate_missing", Mandate.OfFacts("made", "2026-1", revision));
        await OfferedAsync(null, Mandate.OfFacts("made", "2026-1", await Facts.RevisionAsync(nation.Database)));

        async Task OfferedAsync(string? code, Mandate mandate)
        {
            var claims = new Dictionary<string, string>
            {
                ["residency_status"] = "visitor",
                ["node"] = "Lisbon",
                ["from"] = $"{Day(nation, -10):yyyy-MM-dd}",
                ["until"] = $"{Day(nation, 10):yyyy-MM-dd}",
            };
            var exception = await Record.ExceptionAsync(() => nation.Issuing.Offering.MakeAnewAsync("residency", nation.People["fay"], claims, mandate, null));
            Assert.Equal(code, (exception as Refusal)?.Code);
        }
    }

    [Fact]
    public async Task A_reputation_is_valid_for_as_long_as_the_charter_says_and_is_made_of_the_facts_alone()
    {
        await using var nation = await FoundAsync();
        var fay = nation.People["fay"];
        await RefusedAsync("not_earned", () => nation.Earning.OfferReputationAsync(fay, "contribution", ContestAt));
        await ContributionAsync(nation, "ana", "Gave a course");
        await RefusedAsync("not_earned", () => nation.Earning.OfferReputationAsync(fay, "contribution", ContestAt));
        await ContributionAsync(nation, "cyd", "Mended the roof");
        var offer = await nation.Earning.OfferReputationAsync(fay, "contribution", ContestAt);
        await RefusedAsync("not_earned", () => nation.Earning.OfferReputationAsync(fay, "hosting", ContestAt));
        Assert.Equal(60, (await Offers.FindAsync(nation.Database, offer))!.ValidDays);
        var credential = await TakeAsync(nation, offer, "reputation");
        var claims = credential.IssuerSigned.Claims();
        Assert.Equal(60 * 86_400, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());
        var said = credential.Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToString());
        Assert.Equal(("contribution", "emerging", "1", ContestAt), (said["domain"], said["band"], said["facts_at_least"], said["contest_at"]));

        // Anyone makes the same of the export.
        var document = await nation.Witnessing.Book.ExportAsync(fay);
        Assert.Equal("emerging", document.Bands(Day(nation, 0)).Single(band => band.MemberId == document.About).Band);
    }

    [Fact]
    public async Task A_stewards_credential_stands_as_long_as_the_mandate()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (ana, mandate) = (nation.People["ana"], (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), nation.People["ana"])).Single());
        await RefusedAsync("mandate_missing", () => nation.Earning.OfferStewardAsync(nation.People["ben"], mandate.Id));
        await RefusedAsync("mandate_missing", () => nation.Earning.OfferStewardAsync(nation.People["fay"], mandate.Id));
        var offer = await nation.Earning.OfferStewardAsync(ana, mandate.Id);
        Assert.Equal(offer, await nation.Earning.OfferStewardAsync(ana, mandate.Id));
        var credential = await TakeAsync(nation, offer, "steward");
        var said = credential.Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToJsonString());
        Assert.Equal(("\"nation\"", Act.All.Count), (said["mandate_of"], System.Text.Json.Nodes.JsonNode.Parse(said["acts"])!.AsArray().Count));
        Assert.False(said.ContainsKey("node"));
        Assert.Equal(mandate.Until.ToUnixTimeSeconds(), credential.IssuerSigned.Claims()["exp"]!.GetValue<long>());
        Assert.Equal(mandate.Id, (await Offers.FindAsync(nation.Database, offer))!.DecisionId);

        // One that was offered and not taken, and a token that was not used: both end with the mandate, as the credential does.
        var open = await nation.Earning.OfferStewardAsync(ana, mandate.Id);
        var token = await TokenAsync(nation, open);
        var decision = await nation.Deciding.ProposeAsync(Proposal.Dismiss(mandate, "Never there."), nation.People["ben"]);
        foreach (var name in (string[])["cyd", "dee"]) decision = await nation.Deciding.ApproveAsync(decision.Row.Id, nation.People[name]);
        Assert.Equal(Decisions.Done, decision.Row.State);
        var record = (await Credentials.ListAsync(nation.Database, ana)).Single(row => row.Type == "steward");
        Assert.NotNull(record.RevokedAt);
        Assert.Equal((long)TokenStatus.Invalid, nation.Issuing.Query<long>($"SELECT status FROM status_slot WHERE list_id = '{record.ListId}' AND idx = {record.Idx}").Single());
        Assert.Contains((Act.Revoke, decision.Row.Id), await nation.JournalAsync(record.Id));
        await RefusedAsync("invalid_token", async () => await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()], "steward")));
        await RefusedAsync("mandate_missing", () => nation.Earning.OfferStewardAsync(ana, mandate.Id));
        Assert.True((await Credentials.ListAsync(nation.Database, ana)).All(row => row.Type == "steward" || row.RevokedAt is null));
    }

    [Fact]
    public async Task Once_a_charter_is_in_force_the_founder_gives_no_mandate_beyond_its_days()
    {
        await using var nation = await FoundAsync();
        var until = Day(nation, 366);
        await RefusedAsync("invalid_mandate", () => Steward.AppointAsync(nation.Database, nation.Time, nation.People["fay"], "Lisbon", [Act.Admit], until));
        await Steward.AppointAsync(nation.Database, nation.Time, nation.People["fay"], "Lisbon", [Act.Admit], until.AddDays(-1));
    }

    /// <summary>ana of Lisbon and cyd of the nation may witness; fay is a member of Lisbon.</summary>
    private static async Task<TestGovernment> FoundAsync()
    {
        var nation = await TestGovernment.FoundAsync(("ana", "Lisbon", [Act.Witness]), ("cyd", null, [Act.Witness]));
        await nation.JoinAsync("fay", "Lisbon");
        return nation;
    }

    private static async Task StayAsync(TestGovernment nation, string name, int from, int until) => await nation.Deciding.ProposeAsync(
        Witnessing.Propose(Witnessing.WithNights(new(FactKind.Stay, nation.People[name], Day(nation, from), Day(nation, until), "A stay")), await Node.FindAsync(nation.Database, "Lisbon")), nation.People["ana"]);

    private static Task<Decision> ContributionAsync(TestGovernment nation, string by, string text) => nation.Deciding.ProposeAsync(
        Witnessing.Propose(new(FactKind.Contribution, nation.People["fay"], Day(nation, -1), Day(nation, -1), text), null), nation.People[by]);

    private static async Task<string> TokenAsync(TestGovernment nation, string offer)
    {
        var code = (await nation.Issuing.Offering.FindAsync(offer))!.Offer.ToJson()["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!;
        return (await nation.Issuing.Offering.RedeemAsync(code.GetValue<string>(), null, null)).AccessToken;
    }

    private static async Task<SdJwt> TakeAsync(TestGovernment nation, string offer, string type)
    {
        var issued = await nation.Issuing.Issuer.IssueAsync(await TokenAsync(nation, offer), await nation.Issuing.RequestAsync([TestWallet.NewKey()], type));
        return SdJwt.Parse((string)issued.Credentials.Single()!);
    }

    private static DateOnly Day(TestGovernment nation, int days) => DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(days);

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(act)).Code);
}
