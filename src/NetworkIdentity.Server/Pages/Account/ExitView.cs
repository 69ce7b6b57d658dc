namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="ExitPage"/> shows.</summary>
public sealed record ExitView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>This page: the link that the person keeps.</summary>
    public required string Url { get; init; }

    /// <summary>When they joined; null where that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When their membership ended.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Until when the certificate and the export can be had.</summary>
    public required DateTimeOffset OpenUntil { get; init; }

    /// <summary>Whether they can still be had.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Whether a wallet has the certificate.</summary>
    public required bool IsTaken { get; init; }

    /// <summary>Whether erasure was asked for without saying that it is meant.</summary>
    public required bool IsUnsure { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
