namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="FormPostPage"/> shows: an answer that the browser posts to the app.</summary>
public sealed record FormPostView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The app's registered redirect URI.</summary>
    public required string Action { get; init; }

    /// <summary>The answer's parameters.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    /// <summary>What to quote when asking for help.</summary>
    public required string CorrelationId { get; init; }
}
