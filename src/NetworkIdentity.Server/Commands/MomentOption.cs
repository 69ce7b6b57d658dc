using System.CommandLine;
using System.Globalization;

namespace NetworkIdentity.Server.Commands;

/// <summary>A moment that is asked about, as an option and in words.</summary>
internal static class MomentOption
{
    private static readonly TimeOnly LastSecond = new(23, 59, 59);

    /// <summary>As the page takes them, but for the zone, which it wants. A day that is spelled another way would be its beginning.</summary>
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The option: a time, or a day alone, which is its last second, so that what was decided on it counts; of today, now. Where no zone is said it is in UTC, on whichever machine.</summary>
    public static Option<DateTimeOffset?> Build(string name, string description) => new(name)
    {
        Description = $"{description}. A day alone is its end, 23:59:59 UTC, and today is now; now where not given",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value.Trim();
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return EndOf(day, TimeProvider.System.GetUtcNow());
            if (DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at.ToUniversalTime();
            result.AddError($"{name} is a day or a time, as 2026-11-22 or 2026-11-22T15:00:00Z, and not {text}");
            return null;
        },
    };

    private static DateTimeOffset EndOf(DateOnly day, DateTimeOffset now) => day == DateOnly.FromDateTime(now.UtcDateTime) ? now : new(day, LastSecond, TimeSpan.Zero);

    /// <summary>A moment in words, which say it where it is the end of a day: who writes a day alone reads what was judged.</summary>
    public static string InWords(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        var time = utc.ToString(utc.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
        return $"on {utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} at {time} UTC{(TimeOnly.FromDateTime(utc) == LastSecond ? ", the end of that day" : "")}";
    }
}
