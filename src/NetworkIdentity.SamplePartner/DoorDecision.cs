using System.Globalization;
using System.Text.Json.Nodes;

namespace NetworkIdentity.SamplePartner;

/// <summary>What the door says.</summary>
/// <param name="Kind">Admit, Ask or Refuse.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="NextStep">What to do now, in a sentence.</param>
/// <param name="Code">The error code behind it; null where there is none.</param>
/// <param name="Description">The provider's words to the code.</param>
public sealed record DoorDecision(DoorDecision.Kinds Kind, string Reason, string NextStep, string? Code = null, string? Description = null)
{
    /// <summary>The three words; the names are the headings.</summary>
    public enum Kinds
    {
        /// <summary>All that the door needs was proven.</summary>
        Admit,

        /// <summary>A person decides.</summary>
        Ask,

        /// <summary>It was not proven.</summary>
        Refuse,
    }

    /// <summary>Not proven, or not accepted by the provider.</summary>
    public static DoorDecision Refused(string reason, string? code = null, string? description = null) =>
        new(Kinds.Refuse, reason, "They may try again with another credential, or ask a steward.", code, description);

    /// <summary>It could not be checked, which is neither yes nor no.</summary>
    public static DoorDecision Unchecked(string reason, string? code = null, string? description = null) =>
        new(Kinds.Ask, reason, "Nothing was checked, so this is neither yes nor no. Ask a steward.", code, description);

    /// <summary>On what the provider says of who arrived.</summary>
    /// <param name="claims">The answer of userinfo: <c>membership</c>, and <c>residency</c> with <c>node</c> and maybe <c>until</c>.</param>
    /// <param name="node">The node of this door.</param>
    /// <param name="today">The day, in UTC.</param>
    public static DoorDecision On(JsonObject claims, string node, DateOnly today)
    {
        if (claims["membership"] is not JsonObject) return Refused("Membership was not proven.");
        if (claims["residency"] is not JsonObject residency || Text(residency, "node") is not { } of) return Refused("Residency was not proven.");
        if (residency["until"] is { } until)
        {
            // Until when it is can't be told: that is neither yes nor no.
            if (LastDay(until) is not { } last) return Unchecked($"Until when the residency at {of} is could not be read: {until.ToJsonString()}.");
            if (last < today) return Refused($"The residency at {of} ended: it was until {until}.");
        }

        return string.Equals(of, node, StringComparison.OrdinalIgnoreCase)
            ? new(Kinds.Admit, $"Membership and residency at {node} were proven.", "Welcome them.")
            : new(Kinds.Ask, $"The residency is at {of}, and this is the door of {node}.", $"Ask what brings them to {node}, and decide.");
    }

    /// <summary>Until is a day or a month, the last one included; null where it is neither.</summary>
    private static DateOnly? LastDay(JsonNode until)
    {
        if (until is not JsonValue value || !value.TryGetValue<string>(out var text)) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        return DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? new DateOnly(month.Year, month.Month, DateTime.DaysInMonth(month.Year, month.Month))
            : null;
    }

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
