using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Tests.Core.Recognizing;

/// <summary>What can be recognised: another nation by its own DID, for types that there are, on a basis that can be read, until a day.</summary>
public sealed class RecognitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly Nation Own = new("Own", "https://own.example");

    internal static Recognition ByUs { get; } = new(
        Recognition.ByUs, "Aurora", "https://aurora.example/nation", "did:webvh:QmWrwRKrKeMfWXwD9CZJMmVVSqdpJX5NExvA7nXPKYwWNW:aurora.example:nation",
        ["urn:network-identity:membership:1", "urn:network-identity:residency:1"], "Members of any tier.", "Treaty of 1 June 2026", "https://own.example/treaty", new(2026, 11, 1), new(2027, 10, 31));

    internal static Recognition OfUs { get; } = ByUs with { Direction = Recognition.OfUs, Name = "Ministry of the Interior", Issuer = null, Did = null };

    [Fact]
    public void What_is_right_is_taken_and_is_the_same_once_it_was_written_down()
    {
        foreach (var right in (Recognition[])[ByUs, OfUs, ByUs with { Did = "did:web:aurora.example:nation" }, ByUs with { Until = ByUs.From.AddYears(Recognition.MostYears) }])
        {
            right.Check(Own, Now);
            var read = Recognition.Parse(right.ToJson());
            Assert.Equal((right.ToJson().ToJsonString(), right.Digest), (read.ToJson().ToJsonString(), read.Digest));
        }

        Assert.NotEqual(ByUs.Digest, (ByUs with { Scope = "Members." }).Digest);
        new Recognition(Recognition.ByUs, "Beside", "http://localhost:5081", "did:web:localhost%3A5081", ByUs.Types, "a", "b", ByUs.BasisUrl, ByUs.From, ByUs.Until).Check(Own, Now);
    }

    [Theory]
    [InlineData("direction", "both", "the direction")]
    [InlineData("name", "Aurora\u202e", "the name")]
    [InlineData("name", " ", "the name")]
    [InlineData("issuer", null, "the issuer")]
    [InlineData("issuer", "aurora.example", "the issuer")]
    [InlineData("issuer", "https://aurora.example/nation/", "the issuer")]
    [InlineData("issuer", "http://aurora.example/nation", "the issuer")]
    [InlineData("issuer", "https://own.example", "the issuer is this nation")]
    [InlineData("issuer", "https://OWN.example", "the issuer is this nation")]
    [InlineData("issuer", "did:web:aurora.example:nation", "the issuer")]
    [InlineData("did", null, "the DID")]
    [InlineData("did", "did:web:third.example", "the DID")]
    [InlineData("did", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "the DID")]
    [InlineData("types", "", "the types")]
    [InlineData("types", "urn:network-identity:membership:1 urn:network-identity:membership:1", "the types")]
    [InlineData("types", "urn:network-identity:card:1", "the types")]
    [InlineData("types", "passport", "the types")]
    [InlineData("scope", "", "the scope")]
    [InlineData("basis", "", "the legal basis")]
    [InlineData("basis_url", "http://own.example/treaty", "the address of the legal basis")]
    [InlineData("basis_url", "javascript:alert(1)", "the address of the legal basis")]
    [InlineData("basis_url", "https://a@own.example/treaty", "the address of the legal basis")]
    [InlineData("until", "2026-11-21", "the last day")]
    [InlineData("until", "2026-10-31", "the last day")]
    [InlineData("until", "2031-11-02", "the last day")]
    [InlineData("from", "2027-11-01", "the last day")]
    public void What_is_wrong_is_refused_and_named(string member, string? value, string words)
    {
        var json = ByUs.ToJson();
        if (value is null) json.Remove(member);
        else json[member] = member == "types" ? new JsonArray([.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(type => (JsonNode)type)]) : value;
        var refusal = Assert.Throws<Refusal>(() => Recognition.Parse(json).Check(Own, Now));
        Assert.Equal("invalid_proposal", refusal.Code);
        Assert.StartsWith(words, refusal.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_recognises_the_nation_is_named_without_an_issuer()
    {
        foreach (var wrong in (Recognition[])[OfUs with { Issuer = ByUs.Issuer }, OfUs with { Did = ByUs.Did }]) Assert.Throws<Refusal>(() => wrong.Check(Own, Now));
    }

    [Theory]
    [InlineData("2026-10-31T23:59:59Z", null, "to_come")]
    [InlineData("2026-11-01T00:00:00Z", null, "in_force")]
    [InlineData("2027-10-31T23:59:59Z", null, "in_force")]
    [InlineData("2027-11-01T00:00:00Z", null, "ended")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "ended")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", "in_force")]
    [InlineData("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "ended")]
    public void It_counts_from_its_first_day_to_the_end_of_its_last_or_until_it_was_ended(string at, string? ended, string state)
    {
        var one = new RegisteredRecognition("id", ByUs, Now, ended is null ? null : Time(ended));
        Assert.Equal((state, state == "in_force"), (one.StateAt(Time(at)), one.IsInForce(Time(at))));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
