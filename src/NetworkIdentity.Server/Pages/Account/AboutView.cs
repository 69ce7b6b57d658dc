namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="AboutPage"/> shows.</summary>
public sealed record AboutView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>Where they appeal.</summary>
    public required string CaseUrl { get; init; }

    /// <summary>What was decided about them, newest first.</summary>
    public required IReadOnlyList<ToldDecision> Decisions { get; init; }

    /// <summary>What was recorded of them, newest first.</summary>
    public required IReadOnlyList<ToldFact> Facts { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
