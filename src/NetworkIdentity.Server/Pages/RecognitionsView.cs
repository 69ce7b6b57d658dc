namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="RecognitionsPage"/> shows.</summary>
public sealed record RecognitionsView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>All that were decided, oldest first.</summary>
    public required IReadOnlyList<RecognitionItem> Items { get; init; }

    /// <summary>The same for programs.</summary>
    public required string JsonUrl { get; init; }

    /// <summary>Where anyone checks a credential.</summary>
    public required string VerifyUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>Those of a direction that count now or will, or those of both that are over.</summary>
    /// <param name="direction">The direction; null for those that are over.</param>
    public IReadOnlyList<RecognitionItem> Of(string? direction) =>
        [.. Items.Where(item => direction is null ? item.State == "ended" : item.State != "ended" && item.Recognition.Content.Direction == direction)];
}
