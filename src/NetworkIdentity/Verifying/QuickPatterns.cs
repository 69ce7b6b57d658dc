using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Verifying;

/// <summary>Whether the patterns of a schema that a stranger wrote take no longer than their texts are long, whatever tries them: a browser can stop none once it is tried, and every reader says the same (decision 0054).</summary>
internal static partial class QuickPatterns
{
    private const int MaxAlternatives = 4;

    /// <summary>Whether each begins at the beginning, repeats no group, and has either one thing that may be repeated or a few alternatives.</summary>
    /// <param name="schema">The schema, or a part of it.</param>
    public static bool AreAll(JsonNode? schema) => schema switch
    {
        JsonArray items => items.All(AreAll),
        JsonObject members => members.All(member => member.Key == "pattern" && member.Value?.GetValueKind() == JsonValueKind.String ? IsQuick(member.Value.GetValue<string>()) : AreAll(member.Value)),
        _ => true,
    };

    private static bool IsQuick(string pattern)
    {
        var bare = Class().Replace(Escape().Replace(pattern, "x"), "x");
        var (repeats, alternatives) = (Repeat().Count(bare), bare.Count(c => c == '|'));
        return bare.StartsWith('^') && !RepeatedGroup().IsMatch(bare) && (repeats == 0 ? alternatives <= MaxAlternatives : repeats == 1 && alternatives == 0);
    }

    [GeneratedRegex(@"\\.", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Escape();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.NonBacktracking)]
    private static partial Regex Class();

    [GeneratedRegex(@"[*+?]|\{[0-9]+,[0-9]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Repeat();

    [GeneratedRegex(@"\)[*+?{]", RegexOptions.NonBacktracking)]
    private static partial Regex RepeatedGroup();
}
