namespace NetworkIdentity.Server.Pages.Practice;

/// <summary>How somebody joins a practice nation, and how far the visitor is.</summary>
public sealed record JoinView
{
    /// <summary>Who must vouch, in public words; null where the nation has no charter, so that nobody can ask.</summary>
    public string? Vouching { get; init; }

    /// <summary>Who decides, in public words; null where the nation has no charter.</summary>
    public string? Deciding { get; init; }

    /// <summary>Where the visitor's application stands: one of the states of <see cref="Registry.Applications"/>; null where there is none.</summary>
    public string? State { get; init; }

    /// <summary>How many vouches count now.</summary>
    public int Counted { get; init; }

    /// <summary>How many must.</summary>
    public int VouchesNeeded { get; init; }

    /// <summary>Who vouches, and what they say.</summary>
    public IReadOnlyList<(string Name, string Words)> Vouches { get; init; } = [];

    /// <summary>Who approved, the first first.</summary>
    public IReadOnlyList<string> Approved { get; init; } = [];

    /// <summary>How many must.</summary>
    public int ApprovalsNeeded { get; init; }

    /// <summary>Which of the practice people can do what is wanted next; null where none can.</summary>
    public string? Next { get; init; }

    /// <summary>Whether this browser knows the application: another can't have anything done for it.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The code that the wallet asks for; null before the visitor is admitted.</summary>
    public string? TransactionCode { get; init; }

    /// <summary>The application's own page.</summary>
    public string? Url { get; init; }
}
