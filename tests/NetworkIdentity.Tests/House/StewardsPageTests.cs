using System.Text.RegularExpressions;
using NetworkIdentity.Governing;

namespace NetworkIdentity.Tests.House;

/// <summary>What docs/stewards.md says of proposals is so.</summary>
public sealed partial class StewardsPageTests
{
    /// <summary>Its table: the words that stand in backticks beside each act.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> Table { get; } = Tree.Rows(Tree.Read("docs/stewards.md"), "`act`")
        .SelectMany(row => NamesIn(row[0]).Select(act => (Act: act, Names: NamesIn(row[1])))).ToDictionary(one => one.Act, one => one.Names);

    [GeneratedRegex("`(?<name>[a-z_]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    // Which fields stand there is ProposingTests' to look at, who sends them.
    [Fact]
    public void Every_act_that_can_be_proposed_stands_in_its_table() =>
        Assert.Equal(Proposal.Acts.Concat(Proposal.Instead.Values).Order(StringComparer.Ordinal), Table.Keys.Order(StringComparer.Ordinal));

    private static IReadOnlyList<string> NamesIn(string cell) => [.. Name().Matches(cell).Select(name => name.Groups["name"].Value)];
}
