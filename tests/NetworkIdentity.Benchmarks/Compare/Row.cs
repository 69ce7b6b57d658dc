using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A line of a table: how one thing stands to another, in one measure or several.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Against">What it is held against.</param>
/// <param name="Measures">The ratios of each measure, one a round.</param>
/// <param name="Aim">What the first measure should be, in words; empty where it only tells.</param>
internal sealed record Row(string What, string Against, IReadOnlyList<Row.Ratios> Measures, string Aim = "")
{
    /// <summary>A measure (speed, time, memory) and its ratios. One that was too short to be counted is no number.</summary>
    internal sealed record Ratios(string Measure, IReadOnlyList<double> Rounds)
    {
        /// <summary>The median, and the lowest and the highest.</summary>
        public override string ToString() => $"**{Text(Statistics.Median(Rounds))}** ({Text(Rounds.Min())} to {Text(Rounds.Max())})";

        private static string Text(double ratio) =>
            double.IsFinite(ratio) ? ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) : "?";
    }

    public JsonObject ToJson() => new()
    {
        ["what"] = What,
        ["against"] = Against,
        ["aim"] = Aim,
        ["ratios"] = new JsonObject(Measures.Select(measure => KeyValuePair.Create(measure.Measure, (JsonNode?)new JsonArray(
            [.. measure.Rounds.Select(ratio => double.IsFinite(ratio) ? (JsonNode)Math.Round(ratio, 4) : null)])))),
    };

    /// <summary>Markdown: a table for each run of rows that have the same measures.</summary>
    public static string Tables(IReadOnlyList<Row> rows)
    {
        var lines = new List<string>();
        var heading = "";
        foreach (var row in rows)
        {
            var wanted = $"| what | against | {string.Join(" | ", row.Measures.Select(measure => measure.Measure))} | aim |";
            if (wanted != heading) lines.AddRange(["", heading = wanted, string.Concat(Enumerable.Repeat("|---", row.Measures.Count + 3)) + "|"]);
            lines.Add($"| {row.What} | {row.Against} | {string.Join(" | ", row.Measures)} | {row.Aim} |");
        }

        return string.Join('\n', lines);
    }
}
