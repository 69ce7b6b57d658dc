namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>A decision that waits, as the desk lists it.</summary>
public sealed record DeskItem
{
    /// <summary>Its own page.</summary>
    public required string Url { get; init; }

    /// <summary>What would be done.</summary>
    public required string Act { get; init; }

    /// <summary>Whom or what it is about.</summary>
    public required DeskFact About { get; init; }

    /// <summary>Who proposed it; null where it follows from something that happened.</summary>
    public required DeskFact? ProposedBy { get; init; }

    /// <summary>How many approvals count now.</summary>
    public required int Counted { get; init; }

    /// <summary>How many are needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Whether this member has approved.</summary>
    public required bool IsApproved { get; init; }

    /// <summary>Until when it may be approved.</summary>
    public required DateTimeOffset OpenUntil { get; init; }

    /// <summary>When it is carried out; null where not enough have approved.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>How many days after enough have approved that would be.</summary>
    public required int DelayDays { get; init; }
}
