namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Medians and percentiles.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 50);

    /// <summary>The value below or at which that many of a hundred lie.</summary>
    public static double Percentile(IEnumerable<double> values, int percent)
    {
        var sorted = values.Order().ToList();
        if (percent == 50 && sorted.Count % 2 == 0) return (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100.0) - 1, 0, sorted.Count - 1)];
    }
}
