using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.DataIntegrity;

namespace NetworkIdentity.Tests.Standards;

public sealed class JcsTests
{
    private static string Canonical(string json) => System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Two_texts_that_are_equal_by_the_model_are_written_alike_and_two_that_are_not_are_not()
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        var (all, spellings) = (new HashSet<string>(StringComparer.Ordinal), 0);
        for (var round = 0; round < 1000 * Mutator.Times; round++)
        {
            var json = RandomJson.Object(mutator);
            var canonical = System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(json));
            for (var spelling = 0; spelling < 4; spelling++)
            {
                var text = RandomJson.Spelled(json, mutator);
                if (text != canonical) spellings++;
                Assert.Equal(canonical, Canonical(text));
            }

            // What is written is read as the same, and written again as itself.
            Assert.Equal(canonical, Canonical(canonical));
            all.Add(canonical);

            json["another"] = round;
            Assert.NotEqual(canonical, System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(json)));
        }

        Assert.True(spellings > 3900 * Mutator.Times);
        Assert.True(all.Count > 900 * Mutator.Times);
    }

    [Fact]
    public void Every_number_reads_back_as_itself_and_has_no_shorter_digits()
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        for (var round = 0; round < 20_000 * Mutator.Times; round++)
        {
            var number = RandomJson.Number(mutator);
            var text = Jcs.Number(number);
            Assert.Equal(number, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(text, Canonical(text));
            Assert.DoesNotContain("E", text, StringComparison.Ordinal);
            if (number != 0 && Math.Abs(number) is >= 1e-6 and < 1e21) Assert.DoesNotContain("e", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"b":1,"a":2,"aa":3,"":4}""", """{"":4,"a":2,"aa":3,"b":1}""")]
    [InlineData("""{"\ud83d\ude02":1,"\ufb33":2}""", "{\"\ud83d\ude02\":1,\"\ufb33\":2}")]
    [InlineData(""" [ 1.0 , -0 , -0.0e5 , 1E2 , 0.1e-5 , true , null , "\u00e9\/\u007f\u001f" ] """, "[1,0,0,100,0.000001,true,null,\"é/\u007f\\u001f\"]")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("1e-6", "0.000001")]
    [InlineData("123456789012345678901", "123456789012345680000")]
    [InlineData("1234567890123456789012", "1.2345678901234568e+21")]
    public void It_is_written_by_the_rules(string json, string canonical) => Assert.Equal(canonical, Canonical(json));

    [Fact]
    public void A60_what_has_no_canonical_form_is_refused()
    {
        Assert.Equal("a lone surrogate", Assert.Throws<Refusal>(() => Jcs.Canonicalize(JsonValue.Create("\ud800"))).Description);
        JsonNode deep = new JsonArray();
        for (var depth = 0; depth < 100; depth++) deep = new JsonArray(deep);
        Assert.Equal("it nests too deep", Assert.Throws<Refusal>(() => Jcs.Canonicalize(deep)).Description);
    }
}
