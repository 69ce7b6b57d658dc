using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Tests.House;

namespace NetworkIdentity.Tests.Core.Governing;

public class ReputationMethodTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    /// <summary>The published examples, one by one.</summary>
    public static TheoryData<string> Vectors => [.. Published.Select(vector => (string)vector!["name"]!)];

    private static JsonArray Published { get; } = JsonNode.Parse(Tree.Read("docs/reputation/vectors.json"))!.AsArray();

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_published_vector_gives_its_bands(string name)
    {
        var vector = Published.Single(one => (string?)one!["name"] == name)!;
        var document = FactDocument.Parse(Encoding.UTF8.GetBytes(vector["document"]!.ToJsonString()));
        Assert.Equal(
            vector["bands"]!.AsArray().Select(band => new Reputation(
                (string)band!["member"]!, (string)band["domain"]!, (string?)band["band"], (int)band["facts"]!, (int)band["witnesses"]!)),
            document.Bands(DateOnly.Parse((string)vector["day"]!)));
    }

    [Fact]
    public void The_order_of_facts_and_of_witnesses_says_nothing()
    {
        var random = new Random(3);
        var found = new HashSet<string?>();
        for (var round = 0; round < 300; round++)
        {
            var facts = Nation(random);
            var before = ReputationMethod.Of(facts, Today);
            found.UnionWith(before.Select(reputation => reputation.Band));
            Fact[] turned = [.. facts.Select(fact => fact with { Witnesses = [.. fact.Witnesses.OrderBy(_ => random.Next())] }).OrderBy(_ => random.Next())];
            Assert.Equal(before, ReputationMethod.Of(turned, Today));
        }

        Assert.Equal(4, found.Count);
    }

    [Fact]
    public void What_a_ring_of_four_or_fewer_adds_among_themselves_raises_nobody()
    {
        var random = new Random(5);
        var taken = 0;
        for (var round = 0; round < 1500; round++)
        {
            var facts = Nation(random);
            string[] ring = [.. People(facts).OrderBy(_ => random.Next()).Take(random.Next(2, 5))];
            if (ring.Length < 2) continue;

            // Each attests for the next, so that it is a ring; and more, of all kinds and for everyone in it, with corrections.
            List<Fact> added = [.. ring.Select((by, i) => Of($"ring-{i}", FactKind.Stay, ring[(i + 1) % ring.Length], [by]))];
            for (var more = random.Next(0, 40); more > 0; more--)
            {
                var member = ring[random.Next(ring.Length)];
                var corrected = random.Next(5) == 0 ? facts.Concat(added).Where(fact => fact.MemberId == member).OrderBy(_ => random.Next()).FirstOrDefault() : null;
                added.Add(Of($"more-{more}", FactKind.All[random.Next(4)], member, ring.Where(by => by != member && random.Next(3) > 0)) with
                {
                    Needed = random.Next(1, 3),
                    Corrects = corrected?.Id,
                    IsAnnulment = corrected is not null && random.Next(2) == 0,
                });
            }

            var before = ReputationMethod.Of(facts, Today).ToDictionary(one => (one.MemberId, one.Domain));
            foreach (var after in ReputationMethod.Of([.. facts, .. added], Today))
            {
                var was = before.GetValueOrDefault((after.MemberId, after.Domain));
                Assert.True(Rank(after.Band) <= Rank(was?.Band) && after.Facts <= (was?.Facts ?? 0) && after.Witnesses <= (was?.Witnesses ?? 0), $"round {round}: {was} became {after}");
                if (Rank(after.Band) < Rank(was?.Band)) taken++;
            }
        }

        Assert.InRange(taken, 50, int.MaxValue);
    }

    [Theory]
    [InlineData(8, "emerging")]
    [InlineData(12, "established")]
    [InlineData(20, "outstanding")]
    public void A_closed_group_lifts_all_of_itself_only_where_it_is_large(int most, string band)
    {
        var random = new Random(most);
        for (var round = 0; round < 300; round++)
        {
            string[] group = [.. Enumerable.Range(0, random.Next(2, most + 1)).Select(i => $"m{i}")];
            var reach = random.Next(1, 7);
            var isCircle = random.Next(2) == 0;
            List<Fact> facts = [.. Enumerable.Range(0, group.Length * 24).Select(i => Of(
                $"f{i}", FactKind.Role, group[i % group.Length], [group[(i + 1 + (isCircle ? random.Next(reach) : random.Next(group.Length - 1))) % group.Length]]))];
            Assert.NotEqual(group.Length, ReputationMethod.Of(facts, Today).Count(one => Rank(one.Band) >= Rank(band)));
        }
    }

    [Fact]
    public void Nine_in_a_circle_are_enough_as_the_page_says()
    {
        List<Fact> facts = [.. Enumerable.Range(0, 9).SelectMany(i => new[] { 1, 2 }.Select(step => Of($"f{i}-{step}", FactKind.Role, $"m{i}", [$"m{(i + step) % 9}"])))];
        Assert.Equal(9, ReputationMethod.Of(facts, Today).Count(one => one.Band == "emerging"));
    }

    [Fact]
    public void A_later_word_does_not_change_an_earlier_day()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var facts = Nation(random);
            var day = Today.AddDays(-random.Next(1, 20));
            Fact[] then = [.. facts.Select(fact => fact with { Witnesses = [.. fact.Witnesses.Where(witness => witness.Day <= day)] })];
            Assert.Equal(ReputationMethod.Of(then, day), ReputationMethod.Of(facts, day));
        }
    }

    [Theory]
    [InlineData(2, "1")]
    [InlineData(3, "3")]
    [InlineData(29, "10")]
    [InlineData(30, "30")]
    [InlineData(250, "100")]
    public void A_credential_says_the_band_and_few_numbers(int facts, string atLeast)
    {
        var claims = new Reputation("m", "hosting", "established", facts, 5).ToClaims("https://nation.example/contest");
        Assert.Equal(
            [("domain", "hosting"), ("band", "established"), ("facts_at_least", atLeast), ("method", "bands"), ("method_version", "1"), ("contest_at", "https://nation.example/contest")],
            claims.Select(claim => (claim.Key, claim.Value)));
        Assert.Throws<InvalidOperationException>(() => new Reputation("m", "hosting", null, 1, 1).ToClaims("https://nation.example/contest"));
    }

    /// <summary>A small nation in which some attest for many, some for each other, and some facts are corrected.</summary>
    internal static List<Fact> Nation(Random random)
    {
        string[] people = [.. Enumerable.Range(0, random.Next(4, 16)).Select(i => $"m{i}")];
        string[] witnesses = [.. people.Where(_ => random.Next(3) > 0)];
        var facts = new List<Fact>();
        for (var i = random.Next(20, 160); i > 0 && witnesses.Length > 0; i--)
        {
            var member = people[random.Next(random.Next(2) == 0 ? 2 : people.Length)];
            var corrected = random.Next(12) == 0 ? facts.FirstOrDefault(fact => fact.MemberId == member) : null;
            var until = Today.AddDays(-random.Next(random.Next(8) == 0 ? 1000 : 300));
            facts.Add(Of($"f{i}", FactKind.All[random.Next(4)], member, Enumerable.Range(0, random.Next(4)).Select(_ => witnesses[random.Next(witnesses.Length)]).Distinct().Where(by => by != member), until) with
            {
                Needed = random.Next(4) == 0 ? 2 : 1,
                Corrects = corrected?.Id,
                IsAnnulment = corrected is not null && random.Next(2) == 0,
            });
        }

        return facts;
    }

    private static Fact Of(string id, string kind, string member, IEnumerable<string> by, DateOnly? until = null) =>
        new(id, kind, member, until ?? Today.AddDays(-9), until ?? Today.AddDays(-9), 1, [.. by.Select((one, i) => new Attestation(one, Today.AddDays(-i * 3)))]);

    private static IEnumerable<string> People(List<Fact> facts) => facts.SelectMany(fact => fact.Witnesses.Select(witness => witness.By).Append(fact.MemberId)).Distinct().Order(StringComparer.Ordinal);

    private static int Rank(string? band) => Array.IndexOf([null, "emerging", "established", "outstanding"], band);
}
