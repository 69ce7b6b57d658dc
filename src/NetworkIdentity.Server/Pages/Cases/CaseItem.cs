using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Cases;

/// <summary>One decision against a member, with their appeal.</summary>
public sealed record CaseItem
{
    /// <summary>The decision's id.</summary>
    public required string Id { get; init; }

    /// <summary>What was decided.</summary>
    public required string Title { get; init; }

    /// <summary>What it says.</summary>
    public required IReadOnlyList<DeskFact> Facts { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>When it takes effect; null where it has.</summary>
    public required DateTimeOffset? TakesEffectAt { get; init; }

    /// <summary>Until when it can be appealed; null where it can't be, not yet or no more.</summary>
    public required DateTimeOffset? AppealUntil { get; init; }

    /// <summary>Where the appeal stands, or why there can be none.</summary>
    public required string? State { get; init; }

    /// <summary>Until when an appeal is decided; null where none is open.</summary>
    public required DateTimeOffset? DecideUntil { get; init; }

    /// <summary>What was typed.</summary>
    public string Typed { get; init; } = "";

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public string? Error { get; init; }
}
