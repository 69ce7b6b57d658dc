using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Arriving;

/// <summary>What a station counted between two times.</summary>
/// <param name="Id">An id that the station made: 16 to 64 characters of base64url.</param>
/// <param name="Node">The name of the node.</param>
/// <param name="From">When the shift began.</param>
/// <param name="Until">When it ended.</param>
/// <param name="Admitted">How often the station said admit.</param>
/// <param name="Asked">How often it said ask.</param>
/// <param name="Refused">How often it said refuse.</param>
public sealed record Shift(string Id, string Node, DateTimeOffset From, DateTimeOffset Until, long Admitted, long Asked, long Refused)
{
    /// <summary>How long one lasts, at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long after its end it may be sent.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromDays(90);

    /// <summary>How far ahead of the server's clock a station's may be.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    private const long Most = 100_000;
    private const long LastSecond = 253_402_300_799;

    private static readonly string[] Members = ["shift", "node", "from", "until", "admit", "ask", "refuse"];

    /// <summary>Reads what a station sent.</summary>
    /// <exception cref="Refusal"><c>invalid_counts</c>.</exception>
    public static Shift Read(byte[] body) => Refusal.Recode(ArrivalRefusal.InvalidCountsCode, () =>
    {
        var json = StrictJson.ParseObject(body);
        if (json.FirstOrDefault(member => !Members.Contains(member.Key)).Key is { } unknown) throw Refusal.Malformed($"{unknown} is not counted");
        return new Shift(
            json.RequiredString("shift"), json.RequiredString("node"), At("from"), At("until"), json.RequiredInt64("admit"), json.RequiredInt64("ask"), json.RequiredInt64("refuse"));

        DateTimeOffset At(string name) => json.RequiredInt64(name) is var seconds and >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refusal.Malformed($"{name} must be Unix seconds");
    });

    /// <summary>What is wrong with it; null where nothing is.</summary>
    internal string? FaultAt(DateTimeOffset now) =>
        Id.Length is < 16 or > 64 || !Id.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_') ? "shift must be 16 to 64 characters of base64url"
        : Until < From || Until - From > Longest ? $"a shift ends after it began, and within {Longest.TotalHours} hours"
        : Until > now + Skew ? "the shift ends in the future: the station's clock may be wrong"
        : Until < now - Late ? $"the shift is over for more than {Late.TotalDays} days"
        : new[] { Admitted, Asked, Refused }.Any(count => count is < 0 or > Most) ? $"each count is 0 to {Most}"
        : null;
}
