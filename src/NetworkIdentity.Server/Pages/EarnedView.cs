namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="EarnedPage"/> shows.</summary>
public sealed record EarnedView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What it says.</summary>
    public required EarnedWords Words { get; init; }

    /// <summary>The page itself, and where its forms go.</summary>
    public required string Url { get; init; }

    /// <summary>The field that says what is wanted.</summary>
    public required string Field { get; init; }

    /// <summary>The member's account.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The facts that it rests on; null where it rests on none.</summary>
    public required string? FactsUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
