namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="LogoutPage"/> shows.</summary>
public sealed record LogoutView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Whether the person is asked first; else it is done.</summary>
    public required bool IsAsked { get; init; }

    /// <summary>The apps that are signed out of, by the names that members see; none where there was nothing to end.</summary>
    public required IReadOnlyList<string> Partners { get; init; }

    /// <summary>POST: yes. Needed where the person is asked.</summary>
    public string? ConfirmUrl { get; init; }

    /// <summary>What is posted with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>Addresses of apps that are told by being shown in a frame [OIDC-FrontChannel §2].</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];

    /// <summary>Where the browser goes on to; null where it stays.</summary>
    public string? OnwardUrl { get; init; }

    /// <summary>The app that this is.</summary>
    public string? OnwardName { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
