using System.Globalization;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>The query <c>time</c>, by which a list is asked for as it was [TSL §8.4].</summary>
/// <remarks>A server that ignores the query sends what is now: whoever asked reads the answer with that time as its now, which refuses it.</remarks>
public static class StatusListTime
{
    /// <summary>The parameter's name.</summary>
    public const string Parameter = "time";

    /// <summary>The URI to ask at.</summary>
    public static string Ask(string uri, DateTimeOffset time) =>
        $"{uri}{(uri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Parameter}={time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Reads the parameter: Unix seconds in decimal digits.</summary>
    /// <exception cref="Refusal">Malformed: anything else, or beyond the year 9999.</exception>
    public static DateTimeOffset Parse(string value) =>
        value.Length is > 0 and <= 12 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refusal.Malformed("time must be Unix seconds");
}
