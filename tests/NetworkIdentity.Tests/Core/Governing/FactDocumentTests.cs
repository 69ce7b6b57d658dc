using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Core.Governing;

public class FactDocumentTests
{
    private const string Valid = """
        {"format":1,"facts":[
          {"id":"one","kind":"hosting","member":"ana","node":"house","from":"2026-03-01","until":"2026-03-04","amount":3,"needed":1,"witnesses":[{"by":"ben","day":"2026-03-05"}]},
          {"id":"two","kind":"hosting","member":"ana","from":"2026-03-01","until":"2026-03-04","needed":2,"corrects":"one","annuls":true,"witnesses":[]}
        ]}
        """;

    private static readonly DateOnly Today = new(2026, 11, 22);

    [Fact]
    public void A_document_is_read_and_written_as_it_stands()
    {
        var document = Parse(JsonNode.Parse(Valid)!.AsObject());
        Assert.Equal(["one", "two"], document.Facts.Select(fact => fact.Id));
        Assert.Equal(("house", 3L, null, false), (document.Facts[0].NodeId, document.Facts[0].Amount, document.Facts[0].Corrects, document.Facts[0].IsAnnulment));
        Assert.Equal((2, "one", true), (document.Facts[1].Needed, document.Facts[1].Corrects, document.Facts[1].IsAnnulment));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Valid), document.ToJson()));
        var about = (document with { About = "ana" }).ToJson();
        Assert.Equal("ana", Parse(about).About);
    }

    [Theory]
    [InlineData("/facts/0/witnesses/0/by", "\"ana\"", "/facts/0 is witnessed by whom it is about")]
    [InlineData("/facts/0/witnesses", "[{\"by\":\"ben\",\"day\":\"2026-03-05\"},{\"by\":\"ben\",\"day\":\"2026-03-06\"}]", "/facts/0 has a witness twice")]
    [InlineData("/facts/1/id", "\"one\"", "/facts/1 has the id of another")]
    [InlineData("/facts/1/corrects", "\"three\"", "/facts/1/corrects")]
    [InlineData("/facts/1/corrects", "\"two\"", "/facts/1/corrects")]
    [InlineData("/facts/1/corrects", null, "/facts/1 annuls nothing")]
    [InlineData("/facts/1/member", "\"eve\"", "/facts/1/corrects")]
    [InlineData("/facts/1/annuls", "false", "/facts/1/annuls")]
    [InlineData("/facts/0/from", "\"2026-03-05\"", "/facts/0 ends before it begins")]
    [InlineData("/facts/0/until", "\"2026-02-30\"", "/facts/0")]
    [InlineData("/facts/0/kind", "\"friendship\"", "/facts/0/kind")]
    [InlineData("/facts/0/needed", "0", "/facts/0/needed")]
    [InlineData("/facts/0/needed", "1.0", "needed")]
    [InlineData("/facts/0/text", "\"words\"", "/facts/0")]
    [InlineData("/facts/0/member", "\"a b\"", "/facts/0/member")]
    [InlineData("/format", "2", "/format")]
    public void What_would_be_counted_wrongly_is_refused_with_the_place(string path, string? value, string place)
    {
        var json = JsonNode.Parse(Valid)!.AsObject();
        var names = path[1..].Split('/');
        var at = names[..^1].Aggregate((JsonNode)json, (node, name) => int.TryParse(name, out var index) ? node[index]! : node[name]!).AsObject();
        if (value is null) at.Remove(names[^1]);
        else at[names[^1]] = JsonNode.Parse(value);
        var refusal = Assert.Throws<Refusal>(() => Parse(json));
        Assert.Equal("invalid_facts", refusal.Code);
        Assert.Contains(place, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"format\":1,\"format\":1,\"facts\":[]}")]
    public void What_is_no_document_at_all_is_refused(string text) =>
        Assert.Equal("invalid_facts", Assert.Throws<Refusal>(() => FactDocument.Parse(Encoding.UTF8.GetBytes(text))).Code);

    [Fact]
    public void A_document_has_a_longest() =>
        Assert.Contains("bytes at most", Assert.Throws<Refusal>(() => FactDocument.Parse(new byte[FactDocument.MaxBytes + 1])).Description, StringComparison.Ordinal);

    [Fact]
    public void An_export_gives_the_same_bands_under_names_of_its_own()
    {
        var random = new Random(17);
        for (var round = 0; round < 60; round++)
        {
            var facts = ReputationMethodTests.Nation(random);
            var (one, other) = (Written(FactDocument.Of(facts)), Written(FactDocument.Of(facts)));
            Assert.Equal(Shapes(ReputationMethod.Of(facts, Today)), Shapes(one.Bands(Today)));
            Assert.Empty(Names(one).Intersect(Names(other)));
            Assert.Empty(Names(one).Intersect(facts.Select(fact => fact.Id).Concat(facts.Select(fact => fact.MemberId))));
        }
    }

    [Fact]
    public void An_export_for_one_member_gives_their_bands_and_of_others_only_arrows()
    {
        var random = new Random(19);
        var smaller = 0;
        for (var round = 0; round < 60; round++)
        {
            var facts = ReputationMethodTests.Nation(random);
            foreach (var member in facts.Select(fact => fact.MemberId).Distinct())
            {
                var document = Written(FactDocument.Of(facts, member));
                Assert.Equal(Shapes(ReputationMethod.Of(facts, Today).Where(one => one.MemberId == member)), Shapes(document.Bands(Today)));
                Assert.DoesNotContain(document.Facts, fact => fact.MemberId != document.About && (fact.Corrects is not null || fact.NodeId is not null || fact.IsAnnulment || fact.Witnesses.Count == 0));
                if (document.Facts.Count < facts.Count) smaller++;
            }
        }

        Assert.InRange(smaller, 50, int.MaxValue);
    }

    private static FactDocument Parse(JsonObject json) => FactDocument.Parse(StrictJson.Write(json));

    private static FactDocument Written(FactDocument document) => Parse(document.ToJson());

    private static HashSet<string> Names(FactDocument document) => [.. document.Facts.SelectMany(fact => fact.Witnesses.Select(witness => witness.By).Append(fact.Id).Append(fact.MemberId))];

    private static IEnumerable<(string Domain, string? Band, int Facts, int Witnesses)> Shapes(IEnumerable<Reputation> all) =>
        all.Select(one => (one.Domain, one.Band, one.Facts, one.Witnesses)).Order();
}
