namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="HomePage"/> shows.</summary>
public sealed record HomeView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The issuer identifier, from configuration.</summary>
    public required string Issuer { get; init; }

    /// <summary>The nation's nodes, by name.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>Where somebody asks to join; null where no charter says yet how one does.</summary>
    public required string? ApplyUrl { get; init; }

    /// <summary>The charter.</summary>
    public required string CharterUrl { get; init; }

    /// <summary>Where members decide.</summary>
    public required string DeskUrl { get; init; }

    /// <summary>Where who is out reads why.</summary>
    public required string CaseUrl { get; init; }

    /// <summary>Where who lost their wallet begins.</summary>
    public required string RecoverUrl { get; init; }

    /// <summary>Where anyone checks a credential.</summary>
    public required string VerifyUrl { get; init; }

    /// <summary>The register of recognitions.</summary>
    public required string RecognitionsUrl { get; init; }

    /// <summary>How many members there are.</summary>
    public required string CensusUrl { get; init; }

    /// <summary>What a member is signed in to.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The OpenID provider metadata.</summary>
    public required string DiscoveryUrl { get; init; }

    /// <summary>The credential issuer metadata.</summary>
    public required string IssuerMetadataUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
