using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>What was witnessed, or is to be, in words for people.</summary>
internal static class FactWords
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>A kind of fact.</summary>
    public static string OfKind(string kind) => kind switch
    {
        FactKind.Contribution => "A contribution",
        FactKind.Hosting => "A hosting",
        FactKind.Role => "A role",
        FactKind.Stay => "A stay",
        _ => kind,
    };

    /// <summary>The days of a fact; of a stay, its nights too.</summary>
    public static string OfDays(string kind, DateOnly from, DateOnly until)
    {
        var days = from == until ? Text(from) : $"{Text(from)} to {Text(until)}";
        return kind == FactKind.Stay ? $"{days}, {Nights(until.DayNumber - from.DayNumber)}" : days;
    }

    /// <summary>A number of nights.</summary>
    public static string Nights(int nights) => nights == 1 ? "1 night" : $"{nights} nights";

    /// <summary>A day as people read it.</summary>
    public static string Text(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A day that was typed.</summary>
    /// <exception cref="Refusal"><c>invalid_fact</c>, whose words begin with the day's name.</exception>
    public static DateOnly DayIn(string typed, string name) => DateOnly.TryParseExact(typed, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw NationRefusal.InvalidFact($"{name} must be a day, as 2027-06-30");

    /// <summary>What would be recorded, value by value.</summary>
    public static IEnumerable<DeskFact> OfContent(JsonObject content)
    {
        var kind = content.RequiredString("kind");
        yield return new("What happened", content.ContainsKey("annuls") ? "Nothing: what was attested did not happen" : OfKind(kind));
        yield return new("When", OfDays(kind, DayIn(content.RequiredString("from"), "from"), DayIn(content.RequiredString("until"), "until")));
        if (content.OptionalString("node") is { } node) yield return new("Where", node);
        yield return new("In words", content.RequiredString("text"));
        if (content.OptionalString("corrects") is { } corrects) yield return new("In place of", "A fact that was attested before", corrects);
        if (content.ContainsKey("contested")) yield return new("Contested", "The member whom it is about says so. Who attested the fact before does not decide it.");
    }
}
