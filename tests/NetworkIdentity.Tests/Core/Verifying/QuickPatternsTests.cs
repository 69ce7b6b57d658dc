using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Which patterns of a stranger's schema are tried: by one table, to which the page and the second verifier are held too (tests/interop/verifying.test.mjs).</summary>
public sealed class QuickPatternsTests
{
    public static TheoryData<string, bool> Table =>
        [.. StrictJson.Parse(Encoding.UTF8.GetBytes(Tree.Read("tests/interop/quick-patterns.json")))!.AsArray().Select(row => new TheoryDataRow<string, bool>(row!["pattern"]!.GetValue<string>(), row["isQuick"]!.GetValue<bool>()))];

    [Theory]
    [MemberData(nameof(Table))]
    public void A_pattern_of_a_type_that_is_not_known_is_tried_where_it_is_surely_quick(string pattern, bool isQuick)
    {
        // A claim of that name is no pattern.
        var schema = new JsonObject { ["properties"] = new JsonObject { ["pattern"] = new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["pattern"] = pattern }) } } };
        Assert.Equal(isQuick, QuickPatterns.AreAll(schema));
        Assert.Equal(isQuick, QuickPatterns.AreAll(new JsonObject { ["pattern"] = pattern }));
    }
}
