namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="OfflinePage"/> shows.</summary>
public sealed record OfflineView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The nation's DID; null where it has none.</summary>
    public string? Did { get; init; }

    /// <summary>GET: the page that checks a credential now, and needs no script.</summary>
    public required string VerifyUrl { get; init; }

    /// <summary>GET: the page as one file to keep.</summary>
    public required string KitUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
