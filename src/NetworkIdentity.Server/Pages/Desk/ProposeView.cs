using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>What <see cref="ProposePage"/> shows.</summary>
public sealed record ProposeView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What would be done.</summary>
    public required string Title { get; init; }

    /// <summary>Where the form goes.</summary>
    public required string Url { get; init; }

    /// <summary>The desk.</summary>
    public required string DeskUrl { get; init; }

    /// <summary>How many must approve, at least.</summary>
    public required int Needed { get; init; }

    /// <summary>The version of the charter in force.</summary>
    public required string CharterVersion { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<DeskField> Fields { get; init; }

    /// <summary>What is wrong with all of it; null where nothing is, or it stands beside a field.</summary>
    public required string? Error { get; init; }

    /// <summary>Whether something is wrong.</summary>
    public required bool IsFaulty { get; init; }

    /// <summary>How a proposed charter differs from the one in force; null where none is compared.</summary>
    public required IReadOnlyList<CharterChange>? Changes { get; init; }

    /// <summary>The name of the field that says which charters were compared.</summary>
    public required string ComparedField { get; init; }

    /// <summary>Its value.</summary>
    public required string ComparedValue { get; init; }

    /// <summary>Whether the next step is to propose, and not to compare.</summary>
    public required bool IsCompared { get; init; }

    /// <summary>Where the member proves again who they are; null where they need not.</summary>
    public required string? ProveUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
