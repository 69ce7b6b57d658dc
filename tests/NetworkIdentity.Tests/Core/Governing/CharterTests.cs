using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.House;

namespace NetworkIdentity.Tests.Core.Governing;

public class CharterTests
{
    internal static Charter CoLiving => Charter.Parse(Example("co-living"));

    [Theory]
    [InlineData("co-living")]
    [InlineData("fifty-thousand")]
    public void The_examples_are_charters_and_say_who_decides_every_act(string name)
    {
        var charter = Charter.Parse(Example(name));
        Assert.Equal(Act.All, charter.Rules.Keys);
        Assert.All(charter.Rules.Where(rule => rule.Key is not (Act.Witness or Act.SuspendAtOnce)), rule => Assert.True(rule.Value.Approvals >= 2));
        Assert.Equal(TimeSpan.FromDays(name == "co-living" ? 21 : 30), charter.Terms.RevocationNotice);
    }

    [Fact]
    public void What_a_charter_says_is_read_as_it_stands()
    {
        var charter = Charter.Parse(Example("fifty-thousand"));
        Assert.Equal(
            new ActRule(Act.ChangeCharter, 500, ActRule.Members, TimeSpan.FromDays(90)) { SharePercent = 5, MemberFor = TimeSpan.FromDays(365), Nodes = 10, Delay = TimeSpan.FromDays(30) },
            charter.Rules[Act.ChangeCharter]);
        Assert.True(charter.Rules[Act.Revoke].ProvesAgain);
        Assert.Equal((2, 2, TimeSpan.FromDays(180), 5), (charter.Vouching.Needed, charter.Vouching.Nodes, charter.Vouching.MemberFor, charter.Vouching.OpenAtOnce));
        Assert.Equal(
            [new("urn:network-identity:personhood:1", "https://people.example"), new AcceptedPersonhood("urn:network-identity:personhood:1", "did:web:registry.example")], charter.Vouching.Personhood);
        Assert.Empty(CoLiving.Vouching.Personhood);
        Assert.Equal(["violence", "lent_identity"], charter.GroundsOf[Act.SuspendAtOnce]);
        Assert.Equal(
            [90, 730, 365, 90, 730, 90, 7, 10, 30, 60, 60, 7],
            new[]
            {
                charter.Terms.Application, charter.Terms.Membership, charter.Terms.Residency, charter.Terms.Reputation, charter.Terms.Mandate, charter.Terms.LongestSuspension,
                charter.Terms.SuspensionNotice, charter.Terms.LongestAtOnce, charter.Terms.RevocationNotice, charter.Terms.Appeal, charter.Terms.AppealDecision, charter.Terms.RecoveryDelay,
            }.Select(term => term.Days));
        Assert.Equal(4, charter.Terms.RecoveryVouchers);
        Assert.Equal((20, 30), (charter.Terms.CensusK, charter.Terms.CensusInterval.Days));
        Assert.Contains("Has taken part for thirty days", charter.Criteria["contribution"], StringComparison.Ordinal);
    }

    [Fact]
    public void At_a_door_that_the_charter_does_not_name_and_where_it_names_none_any_member_comes_in()
    {
        Assert.Equal(new DoorPolicy("Porto", "residency", "ask"), CoLiving.Arrival.DoorOf("Porto"));
        Assert.Equal(new DoorPolicy("Lisbon", "membership", "admit"), CoLiving.Arrival.DoorOf("Lisbon"));
        Assert.Equal((TimeSpan.FromHours(24), "refuse"), (CoLiving.Arrival.BundleLimit, CoLiving.Arrival.WhenOld));
        var other = Changed("2", ("/arrival", """{"bundle_hours":168,"when_old":"ask","nodes":[{"node":"Lisbon"},{"node":"Porto","other_nodes":"refuse"}]}""")).Arrival;
        Assert.Equal((TimeSpan.FromDays(7), "ask"), (other.BundleLimit, other.WhenOld));
        Assert.Equal([new("Lisbon", "membership", "admit"), new DoorPolicy("Porto", "membership", "refuse")], other.Doors);
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        json.Remove("arrival");
        Assert.Same(Arrival.Usual, Read(json).Arrival);
        Assert.Equal((TimeSpan.FromHours(24), "refuse", 0), (Arrival.Usual.BundleLimit, Arrival.Usual.WhenOld, Arrival.Usual.Doors.Count));
    }

    [Fact]
    public void A_charter_that_says_nothing_of_the_census_has_one_of_ten_people_every_thirty_days()
    {
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        json["census"] = new JsonObject { ["k"] = 12 };
        Assert.Equal((12, 30), (Read(json).Terms.CensusK, Read(json).Terms.CensusInterval.Days));
        json.Remove("census");
        Assert.Equal((10, 30), (Read(json).Terms.CensusK, Read(json).Terms.CensusInterval.Days));
    }

    [Fact]
    public void One_text_has_one_digest_however_it_is_spelled()
    {
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        var turned = new JsonObject(json.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        Assert.Equal(CoLiving.Digest, Read(turned).Digest);
        json["version"] = "2026-2";
        Assert.NotEqual(CoLiving.Digest, Read(json).Digest);
    }

    [Theory]
    [InlineData("/acts/revoke/approvals", "1", "/acts/revoke/approvals")]
    [InlineData("/acts/change_charter/approvals", "1", "/acts/change_charter/approvals")]
    [InlineData("/acts/admit/nodes", "3", "/acts/admit wants approvals from more nodes")]
    [InlineData("/acts/admit/nodes", "1", "/acts/admit/nodes")]
    [InlineData("/acts/admit/approvals", "2.0", "approvals")]
    [InlineData("/acts/admit/by", "\"founder\"", "/acts/admit/by")]
    [InlineData("/acts/admit", null, "/acts")]
    [InlineData("/acts/rule_alone", "{}", "/acts")]
    [InlineData("/vouching/nodes", "3", "/vouching wants members of more nodes")]
    [InlineData("/vouching/personhood", "[\"urn:network-identity:personhood:1\"]", "/vouching/personhood/0")]
    [InlineData("/vouching/personhood", "[]", "/vouching/personhood")]
    [InlineData("/vouching/personhood", "[{\"type\":\"urn:network-identity:personhood:1\"}]", "/vouching/personhood/0")]
    [InlineData("/vouching/personhood", "[{\"type\":\"urn:network-identity:membership:1\",\"issuer\":\"https://people.example\"}]", "/vouching/personhood names urn:network-identity:membership:1, which")]
    [InlineData("/vouching/personhood", "[{\"type\":\"urn:network-identity:personhood:1\",\"issuer\":\"http://people.example\"}]", "/vouching/personhood names the issuer http://people.example")]
    [InlineData("/vouching/personhood", "[{\"type\":\"urn:network-identity:personhood:1\",\"issuer\":\"people\"}]", "/vouching/personhood names the issuer people")]
    [InlineData("/vouching/personhood", "[{\"type\":\"urn:network-identity:personhood:1\",\"issuer\":\"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK\"}]", "/vouching/personhood names the issuer did:key")]
    [InlineData("/census/k", "9", "/census/k")]
    [InlineData("/census/every_days", "6", "/census/every_days")]
    [InlineData("/census/at", "1", "/census")]
    [InlineData("/suspension/at_once_days", "30", null)]
    [InlineData("/suspension/longest_days", "5", "/suspension lets one without notice last longer")]
    [InlineData("/validity/reputation_days", "91", "/validity/reputation_days")]
    [InlineData("/validity/reputation_days", "29", "/validity/reputation_days")]
    [InlineData("/revocation/notice_days", "0", "/revocation/notice_days")]
    [InlineData("/recovery/vouchers", "1", "/recovery/vouchers")]
    [InlineData("/appeal", null, "/appeal is missing")]
    [InlineData("/grounds", "[{\"id\":\"debts\",\"words\":\"Owes.\",\"acts\":[\"suspend\",\"suspend_at_once\"]}]", "/grounds must have one for revoke")]
    [InlineData("/criteria", "[{\"id\":\"a\",\"words\":\"One.\"},{\"id\":\"a\",\"words\":\"Two.\"}]", "/criteria must have each id once")]
    [InlineData("/criteria", "[{\"id\":\"a\",\"words\":\"O\\u202ene.\"}]", "/criteria words")]
    [InlineData("/version", "\"one two\"", "/version")]
    [InlineData("/arrival/bundle_hours", "169", "/arrival/bundle_hours")]
    [InlineData("/arrival/bundle_hours", "0", "/arrival/bundle_hours")]
    [InlineData("/arrival/when_old", "\"admit\"", "/arrival/when_old")]
    [InlineData("/arrival/nodes", "[{\"node\":\"Porto\"},{\"node\":\"Porto\",\"asks\":\"residency\"}]", "/arrival/nodes must have each node once")]
    [InlineData("/arrival/nodes", "[{\"node\":\"Por\\u202eto\"}]", "/arrival/nodes has a node whose name")]
    [InlineData("/arrival/nodes", "[{\"node\":\"Porto\",\"asks\":\"reputation\"}]", "/arrival/nodes/0/asks")]
    [InlineData("/arrival/nodes", "[{\"asks\":\"residency\"}]", "/arrival/nodes/0")]
    public void A_charter_by_which_one_alone_decides_or_nobody_knows_is_refused_with_the_place(string path, string? value, string? place)
    {
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        var names = path[1..].Split('/');
        var at = names[..^1].Aggregate(json, (node, name) => node[name]!.AsObject());
        if (value is null) at.Remove(names[^1]);
        else at[names[^1]] = JsonNode.Parse(value);
        if (place is null)
        {
            Assert.Equal(TimeSpan.FromDays(30), Read(json).Terms.LongestAtOnce);
            return;
        }

        var refusal = Assert.Throws<Refusal>(() => Read(json));
        Assert.Equal("invalid_charter", refusal.Code);
        Assert.Contains(place, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"version\":\"1\",\"version\":\"2\"}")]
    [InlineData("")]
    public void What_is_no_charter_at_all_is_refused(string text) =>
        Assert.Equal("invalid_charter", Assert.Throws<Refusal>(() => Charter.Parse(Encoding.UTF8.GetBytes(text))).Code);

    [Fact]
    public void A_charter_has_a_longest() =>
        Assert.Contains("bytes at most", Assert.Throws<Refusal>(() => Charter.Parse([.. Example("co-living"), .. Enumerable.Repeat((byte)' ', Charter.MaxBytes)])).Description, StringComparison.Ordinal);

    [Fact]
    public void Two_versions_differ_by_places_that_a_person_finds()
    {
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        json["version"] = "2026-2";
        json["acts"]!["revoke"]!["approvals"] = 5;
        json["acts"]!["revoke"]!["nodes"] = 2;
        json["grounds"]!.AsArray().RemoveAt(2);
        Assert.Equal(
            [
                new("/acts/revoke/approvals", "4", "5"),
                new("/acts/revoke/nodes", null, "2"),
                new("/grounds/debts/acts", "[\"suspend\"]", null),
                new("/grounds/debts/words", "\"Has owed a house its share for more than three months, and did not answer.\"", null),
                new("/version", "\"2026-1\"", "\"2026-2\""),
            ],
            CharterChange.Between(CoLiving, Read(json)));
        Assert.Empty(CharterChange.Between(CoLiving, CoLiving));
    }

    /// <summary>The co-living charter as another version, with other values at these places.</summary>
    internal static Charter Changed(string version, params (string Path, string Value)[] changes)
    {
        var json = JsonNode.Parse(Example("co-living"))!.AsObject();
        json["version"] = version;
        foreach (var (path, value) in changes)
        {
            var names = path[1..].Split('/');
            names[..^1].Aggregate(json, (node, name) => node[name]!.AsObject())[names[^1]] = JsonNode.Parse(value);
        }

        return Read(json);
    }

    private static Charter Read(JsonObject json) => Charter.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static byte[] Example(string name) => File.ReadAllBytes(Path.Combine(Tree.Root, "docs", "charters", $"{name}.json"));
}
