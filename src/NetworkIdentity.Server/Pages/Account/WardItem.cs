using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Account;

/// <summary>Two members of whom one acts for the other, as one of them sees it.</summary>
/// <param name="Id">The id.</param>
/// <param name="Other">The other one.</param>
/// <param name="IsGuardian">Whether who looks is the guardian.</param>
/// <param name="IsAccepted">Whether the guardian has accepted.</param>
/// <param name="Until">The last day.</param>
public sealed record WardItem(string Id, DeskFact Other, bool IsGuardian, bool IsAccepted, DateTimeOffset Until)
{
    /// <summary>What was decided against the ward and can be appealed now: its id, and what it was.</summary>
    public IReadOnlyList<(string Decision, string Words)> Appealable { get; init; } = [];

    /// <summary>Whether a renewal can be asked for.</summary>
    public bool IsRenewable { get; init; }

    /// <summary>Whether a membership waits for the ward.</summary>
    public bool IsGranted { get; init; }

    /// <summary>Whether a new wallet is asked for in the ward's name.</summary>
    public bool IsRecovering { get; init; }
}
