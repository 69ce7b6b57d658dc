namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="WardsPage"/> shows.</summary>
public sealed record WardsView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>What the forms' addresses begin with.</summary>
    public required string Url { get; init; }

    /// <summary>Who acts for the member, and for whom they act.</summary>
    public required IReadOnlyList<WardItem> Items { get; init; }

    /// <summary>What was done, or not; null for nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
