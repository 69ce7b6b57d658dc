namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="PersonhoodPart"/> and <see cref="PersonhoodPage"/> show.</summary>
public sealed record PersonhoodView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>How it stands.</summary>
    public required PersonhoodState State { get; init; }

    /// <summary>Who may say it: what the charter accepts, each once.</summary>
    public required IReadOnlyList<string> Issuers { get; init; }

    /// <summary>Where it is proven: the page, and what its form is posted to.</summary>
    public required string Url { get; init; }

    /// <summary>The page of the application.</summary>
    public required string ApplicationUrl { get; init; }

    /// <summary>Why the last try did not count, and what the person can do; null where there was none.</summary>
    public required (string Reason, string Mend)? Refused { get; init; }

    /// <summary>The same for programs; empty where there was none.</summary>
    public required string ReasonCode { get; init; }

    /// <summary>The link that opens a wallet; empty where none is asked.</summary>
    public string SameDeviceLink { get; init; } = "";

    /// <summary>The same under the other scheme.</summary>
    public string HaipLink { get; init; } = "";

    /// <summary>The same for the wallet in this browser; null where there is none.</summary>
    public string? BrowserLink { get; init; }

    /// <summary>Whether that is the first way.</summary>
    public bool IsBrowserFirst { get; init; }

    /// <summary>The link as a QR code, an SVG that this server made.</summary>
    public string QrSvg { get; init; } = "";

    /// <summary>Whether a phone can't follow it.</summary>
    public bool IsOnThisMachineAlone { get; init; }

    /// <summary>The number that who holds the wallet chooses on another device.</summary>
    public string Number { get; init; } = "";

    /// <summary>The browser that asked.</summary>
    public string? BegunOn { get; init; }

    /// <summary>When it asked.</summary>
    public DateTimeOffset BegunAt { get; init; }

    /// <summary>How long the request leads anywhere.</summary>
    public int SecondsLeft { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
