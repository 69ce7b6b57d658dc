using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>What <see cref="DecisionPage"/> shows.</summary>
public sealed record DecisionView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What would be done.</summary>
    public required string Title { get; init; }

    /// <summary>The decision's own address; what is done about it is posted below it.</summary>
    public required string Url { get; init; }

    /// <summary>The desk.</summary>
    public required string DeskUrl { get; init; }

    /// <summary>Why what was pressed was not done; null where nothing was.</summary>
    public required string? Notice { get; init; }

    /// <summary>Where it stands.</summary>
    public required string State { get; init; }

    /// <summary>What it says.</summary>
    public required IReadOnlyList<DeskFact> Facts { get; init; }

    /// <summary>How a proposed charter differs from the one in force.</summary>
    public required IReadOnlyList<CharterChange> Changes { get; init; }

    /// <summary>How far it has come; null where it is over.</summary>
    public required Quorum? Quorum { get; init; }

    /// <summary>Until when it may be approved; null where it is decided.</summary>
    public required DateTimeOffset? OpenUntil { get; init; }

    /// <summary>When it is carried out; null where not enough have approved.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>How many days after enough have approved that would be.</summary>
    public required int DelayDays { get; init; }

    /// <summary>The version of the charter by which it is decided.</summary>
    public required string CharterVersion { get; init; }

    /// <summary>What happened to it.</summary>
    public required IReadOnlyList<DeskStep> History { get; init; }

    /// <summary>Whether the member may approve.</summary>
    public required bool CanApprove { get; init; }

    /// <summary>Whether the member may take their approval back.</summary>
    public required bool CanTakeBack { get; init; }

    /// <summary>Whether the member may propose the opposite of it: that an appeal is turned down.</summary>
    public bool CanUphold { get; init; }

    /// <summary>Whether the member may withdraw the whole.</summary>
    public required bool CanWithdraw { get; init; }

    /// <summary>Whether they prove who they are before they approve.</summary>
    public required bool ProvesFirst { get; init; }

    /// <summary>Where the member proposes to refuse the person instead; null where nobody asks to join, or it isn't theirs to decide.</summary>
    public string? RefuseUrl { get; init; }

    /// <summary>The revision that is shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
