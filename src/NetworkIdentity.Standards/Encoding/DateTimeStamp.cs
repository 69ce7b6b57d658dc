using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>A time with its offset, as W3C credentials write it: XML Schema's dateTimeStamp [XMLSchema11-2 §3.4.28].</summary>
internal static partial class DateTimeStamp
{
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    /// <summary>Whole seconds in UTC.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The member as a time; null where it is absent.</summary>
    /// <exception cref="Refusal">Malformed: present and not a string of that form.</exception>
    public static DateTimeOffset? Optional(JsonObject json, string name)
    {
        if (json.OptionalString(name) is not { } text) return null;
        return Form().IsMatch(text) && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw Refusal.Malformed($"{name} must be a time with its offset");
    }
}
