using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>What <see cref="DeskPage"/> shows.</summary>
public sealed record DeskView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The version of the charter in force; null where there is none.</summary>
    public required string? CharterVersion { get; init; }

    /// <summary>What the member may decide, the oldest first.</summary>
    public required IReadOnlyList<DeskItem> Waiting { get; init; }

    /// <summary>The acts that they may propose: the form, and its words.</summary>
    public required IReadOnlyList<(string Url, string Words)> Proposable { get; init; }

    /// <summary>Where a steward prints a card for a member without a phone; null for who has no mandate for it.</summary>
    public string? CardUrl { get; init; }

    /// <summary>The station, for who stands at a door.</summary>
    public required string StationUrl { get; init; }

    /// <summary>What the doors of the steward's nodes counted, by node and day; empty for who is none.</summary>
    public IReadOnlyList<(Node Node, IReadOnlyList<ArrivalCounts.Sum> Days)> Arrivals { get; init; } = [];

    /// <summary>The member's own id, which others name them by.</summary>
    public required string MemberId { get; init; }

    /// <summary>The member's account.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>When something takes effect that is carried out so many days after enough have approved.</summary>
    public static string After(int days) => days == 0 ? "as soon as enough have approved" : days == 1 ? "a day after enough have approved" : $"{days} days after enough have approved";
}
