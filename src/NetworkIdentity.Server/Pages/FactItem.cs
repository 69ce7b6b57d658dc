using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages;

/// <summary>A fact as the member whom it is about sees it.</summary>
public sealed record FactItem
{
    /// <summary>Its own page.</summary>
    public required string Url { get; init; }

    /// <summary>What happened.</summary>
    public required string Heading { get; init; }

    /// <summary>What it says.</summary>
    public required IReadOnlyList<DeskFact> Facts { get; init; }

    /// <summary>What else is to be known of it; null where it simply stands.</summary>
    public required string? State { get; init; }

    /// <summary>Until when it is decided whether another takes its place; null where it is not contested.</summary>
    public required DateTimeOffset? ContestedUntil { get; init; }

    /// <summary>Whether the member may contest it now.</summary>
    public required bool CanContest { get; init; }
}
