namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="PersonhoodReturnPage"/> shows.</summary>
public sealed record PersonhoodReturnView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Whether it counts already.</summary>
    public required bool IsProven { get; init; }

    /// <summary>The numbers of which one stands in the browser that asked; none where there is nothing to choose any more.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>Whether another number was chosen than that.</summary>
    public required bool IsWrongNumber { get; init; }

    /// <summary>The browser that asked.</summary>
    public required string BegunOn { get; init; }

    /// <summary>When it asked.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>Where the number goes.</summary>
    public required string ConfirmUrl { get; init; }

    /// <summary>Where who asked for nothing says so.</summary>
    public required string NotMeUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
