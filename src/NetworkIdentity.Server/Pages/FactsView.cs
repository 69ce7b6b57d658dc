namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="FactsPage"/> shows.</summary>
public sealed record FactsView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The facts, the newest first.</summary>
    public required IReadOnlyList<FactItem> Items { get; init; }

    /// <summary>The member's account.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
