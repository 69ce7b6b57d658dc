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

    /// <summary>What a member is signed in to.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The OpenID provider metadata.</summary>
    public required string DiscoveryUrl { get; init; }

    /// <summary>The credential issuer metadata.</summary>
    public required string IssuerMetadataUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
