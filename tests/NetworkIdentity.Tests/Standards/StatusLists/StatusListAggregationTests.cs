using System.Text;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards.StatusLists;

public sealed class StatusListAggregationTests
{
    private static IReadOnlyList<string> Parse(string json) => StatusListAggregation.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void The_document_is_written_and_read()
    {
        string[] uris = ["https://nation.example/status/1", "https://nation.example/status/2"];
        Assert.Equal("""{"status_lists":["https://nation.example/status/1","https://nation.example/status/2"]}""", StrictJson.WriteText(StatusListAggregation.Write(uris)));
        Assert.Equal(uris, StatusListAggregation.Parse(StrictJson.Write(StatusListAggregation.Write(uris))));
        Assert.Empty(Parse("""{"status_lists":[]}"""));
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "status_lists is missing")]
    [InlineData("""{"status_lists":"https://nation.example/status/1"}""", "status_lists must be an array")]
    [InlineData("""{"status_lists":[1]}""", "status_lists must be an array of strings")]
    [InlineData("""{"status_lists":[null]}""", "status_lists must be an array of strings")]
    [InlineData("""{"status_lists":["status/1"]}""", "status_lists must be absolute URIs")]
    [InlineData("""{"status_lists":["/etc/passwd"]}""", "status_lists must be absolute URIs")]
    public void A84_a_document_of_a_wrong_form_is_refused(string json, string words) => Assert.Equal(words, WordsOf(() => Parse(json)));

    [Fact]
    public void A84_a_document_without_end_is_refused()
    {
        var many = Enumerable.Repeat("https://n.example/1", StatusListAggregation.MaxLists);
        Assert.Equal(StatusListAggregation.MaxLists, StatusListAggregation.Parse(StrictJson.Write(StatusListAggregation.Write(many))).Count);
        Assert.Equal("status_lists has too many", WordsOf(() => StatusListAggregation.Parse(StrictJson.Write(StatusListAggregation.Write(many.Append("https://n.example/1"))))));
        Assert.Equal("the aggregation of status lists is too long", WordsOf(() => StatusListAggregation.Parse(new byte[StatusListAggregation.MaxBytes + 1])));
    }
}
