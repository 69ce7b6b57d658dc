namespace NetworkIdentity.Server.Pages;

/// <summary>An app that a member is signed in to, as their account shows it.</summary>
public sealed record AccountApp
{
    /// <summary>The client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The host that answers go to, or an app's scheme.</summary>
    public required string Host { get; init; }

    /// <summary>When the member proved first.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What it was shown: the types that were proven, each with the claims that were disclosed.</summary>
    public required IReadOnlyList<(string Type, IReadOnlyList<string> Claims)> Shown { get; init; }

    /// <summary>Whether in this browser.</summary>
    public required bool IsHere { get; init; }

    /// <summary>Whether in another browser.</summary>
    public required bool IsElsewhere { get; init; }

    /// <summary>Whether it may go on while the member is away.</summary>
    public required bool IsAway { get; init; }
}
