using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="FactPage"/> shows.</summary>
public sealed record FactView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The fact.</summary>
    public required FactItem Item { get; init; }

    /// <summary>Where the form goes.</summary>
    public required string Url { get; init; }

    /// <summary>All facts.</summary>
    public required string FactsUrl { get; init; }

    /// <summary>The fields of the form; empty where it can't be contested now.</summary>
    public required IReadOnlyList<DeskField> Fields { get; init; }

    /// <summary>What is wrong, where it is about no one field.</summary>
    public required string? Error { get; init; }

    /// <summary>Whether something is wrong with what was sent.</summary>
    public required bool IsFaulty { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
