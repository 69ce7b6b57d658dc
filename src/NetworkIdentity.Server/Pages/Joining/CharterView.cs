using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="CharterPage"/> shows.</summary>
public sealed record CharterView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The charter in force.</summary>
    public required Charter Charter { get; init; }

    /// <summary>Its digest, as the public log has it.</summary>
    public required string Digest { get; init; }

    /// <summary>Since when it is in force.</summary>
    public required DateTimeOffset AdoptedAt { get; init; }

    /// <summary>The same as JSON.</summary>
    public required string JsonUrl { get; init; }

    /// <summary>How many members there are.</summary>
    public required string CensusUrl { get; init; }

    /// <summary>Where somebody asks to join.</summary>
    public required string ApplyUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
