using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A line of the table: ratios of one measure to another of the same round, one a round.</summary>
/// <param name="What">What is measured, and how many at once.</param>
/// <param name="Against">What it is held against.</param>
/// <param name="Measure">What the ratio is of: speed, time or memory.</param>
/// <param name="Ratios">A ratio a round.</param>
/// <param name="Aim">What the ratio should be, in words; empty where it only tells.</param>
internal sealed record Row(string What, string Against, string Measure, IReadOnlyList<double> Ratios, string Aim = "")
{
    public double Median => Statistics.Median(Ratios);

    public string Markdown() => $"| {What} | {Against} | {Measure} | **{Text(Median)}** | {Text(Ratios.Min())} to {Text(Ratios.Max())} | {Aim} |";

    public JsonObject ToJson() => new()
    {
        ["what"] = What,
        ["against"] = Against,
        ["measure"] = Measure,
        ["median"] = Math.Round(Median, 4),
        ["ratios"] = new JsonArray([.. Ratios.Select(ratio => (JsonNode)Math.Round(ratio, 4))]),
        ["aim"] = Aim,
    };

    public static string Table(IEnumerable<Row> rows) => string.Join('\n', (string[])
    [
        "| what | against | ratio of | median | rounds | aim |",
        "|---|---|---|---|---|---|",
        .. rows.Select(row => row.Markdown()),
    ]);

    /// <summary>Three digits that mean something.</summary>
    private static string Text(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
