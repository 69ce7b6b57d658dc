using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>A time as W3C credentials write it: XML Schema's dateTimeStamp [XMLSchema11-2 §3.4.28].</summary>
/// <remarks>Years are those that the framework has: 0001 to 9999.</remarks>
public static partial class DateTimeStamp
{
    private const int MaxLength = 64;

    // Midnight at a day's end is 24:00:00, and nothing else is at hour 24 [XMLSchema11-2 §3.3.7.2].
    [GeneratedRegex(
        @"^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?<fraction>\.[0-9]+)?(?<offset>Z|[+-][0-9]{2}:[0-9]{2})?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    /// <summary>Whole seconds in UTC.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The member as a time; null where it is absent. What is finer than 100 nanoseconds is cut off.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="orUtc">Whether one that lacks its offset is taken, as in UTC: the data model of credentials has it so [VCDM §5.8].</param>
    /// <exception cref="Refusal">Malformed: present and not a string of that form, or no moment of the calendar.</exception>
    public static DateTimeOffset? Optional(JsonObject json, string name, bool orUtc = false)
    {
        if (json.OptionalString(name) is not { } text) return null;
        return text.Length <= MaxLength && Form().Match(text) is { Success: true } match && (orUtc || match.Groups["offset"].Success) && TryMoment(match, out var time)
            ? time
            : throw Refusal.Malformed($"{name} must be a time with its offset");
    }

    private static bool TryMoment(Match match, out DateTimeOffset time)
    {
        var (clock, fraction) = (match.Groups["clock"].Value, match.Groups["fraction"].Value);
        var isDayEnd = clock == "24:00:00" && fraction.AsSpan().TrimEnd('0').Length <= 1;
        var text = $"{match.Groups["day"].Value}T{(isDayEnd ? "00:00:00" : clock)}{fraction[..Math.Min(fraction.Length, 8)]}{match.Groups["offset"].Value}";
        if (!DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) return false;
        if (!isDayEnd) return true;
        if (time.Year == DateTimeOffset.MaxValue.Year && time.DayOfYear >= 365) return false;
        time = time.AddDays(1);
        return true;
    }
}
