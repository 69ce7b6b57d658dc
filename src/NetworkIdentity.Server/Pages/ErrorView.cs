namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="ErrorPage"/> shows: a refusal that a browser meets, and that is never a redirect.</summary>
public sealed record ErrorView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What went wrong, as a heading.</summary>
    public required string Title { get; init; }

    /// <summary>The same in a sentence or two.</summary>
    public required string Reason { get; init; }

    /// <summary>What the person can do about it.</summary>
    public required string Mend { get; init; }

    /// <summary>The specification's own error code.</summary>
    public required string Code { get; init; }

    /// <summary>Where the code is explained.</summary>
    public string? DocsUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
