using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>A time as W3C credentials write it: XML Schema's dateTimeStamp [XMLSchema11-2 §3.4.28].</summary>
/// <remarks>Years are those that the framework has: 0001 to 9999.</remarks>
public static class DateTimeStamp
{
    private const int MaxLength = 64;

    /// <summary>Where the clock begins, and where the seconds end.</summary>
    private const int Day = 10, Seconds = 19;

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
        return text.Length <= MaxLength && IsOfForm(text, out var fraction, out var hasOffset) && (orUtc || hasOffset) && TryMoment(text, fraction, out var time)
            ? time
            : throw Refusal.Malformed($"{name} must be a time with its offset");
    }

    /// <summary>yyyy-mm-ddThh:mm:ss, a fraction or none, Z or +hh:mm or none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fraction">How many characters the fraction has, with its point.</param>
    /// <param name="hasOffset">Whether it says its offset.</param>
    private static bool IsOfForm(ReadOnlySpan<char> text, out int fraction, out bool hasOffset)
    {
        (fraction, hasOffset) = (0, false);
        if (text.Length < Seconds || !Is(text[..Seconds], "0000-00-00T00:00:00")) return false;
        var rest = text[Seconds..];
        if (rest.StartsWith("."))
        {
            fraction = 1 + (rest[1..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var at ? at : rest.Length - 1);
            if (fraction == 1) return false;
            rest = rest[fraction..];
        }

        hasOffset = !rest.IsEmpty;
        return rest is "" or "Z" || Is(rest, "+00:00") || Is(rest, "-00:00");
    }

    /// <summary>Whether a text is a form but for its digits.</summary>
    private static bool Is(ReadOnlySpan<char> text, string form)
    {
        if (text.Length != form.Length) return false;
        for (var i = 0; i < form.Length; i++)
            if (form[i] == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != form[i]) return false;
        return true;
    }

    private static bool TryMoment(string text, int fraction, out DateTimeOffset time)
    {
        // Midnight at a day's end is 24:00:00, and nothing else is at hour 24 [XMLSchema11-2 §3.3.7.2].
        time = default;
        var isDayEnd = text.AsSpan(Day + 1, 2) is "24";
        if (isDayEnd && (text.AsSpan(Day + 4, 5) is not "00:00" || text.AsSpan(Seconds, fraction).TrimEnd('0').Length > 1)) return false;
        if (isDayEnd || fraction > 8) text = $"{text.AsSpan(0, Day)}T{(isDayEnd ? "00:00:00" : text.AsSpan(Day + 1, 8))}{text.AsSpan(Seconds, Math.Min(fraction, 8))}{text.AsSpan(Seconds + fraction)}";
        if (!DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) return false;
        if (!isDayEnd) return true;
        if (time.Year == DateTimeOffset.MaxValue.Year && time.DayOfYear >= 365) return false;
        time = time.AddDays(1);
        return true;
    }
}
