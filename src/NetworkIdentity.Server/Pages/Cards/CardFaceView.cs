namespace NetworkIdentity.Server.Pages.Cards;

/// <summary>What <see cref="CardFace"/> shows: a card as it is printed.</summary>
public sealed record CardFaceView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What the member is called; null where the membership says no name.</summary>
    public required string? Name { get; init; }

    /// <summary>When they became a member: the month of it is said.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The last day on which the card is good.</summary>
    public required DateOnly Until { get; init; }

    /// <summary>The node; null for none.</summary>
    public required string? Node { get; init; }

    /// <summary>The code; null where the card can't be shown again.</summary>
    public required string? QrSvg { get; init; }

    /// <summary>What the code holds; null as with <see cref="QrSvg"/>.</summary>
    public required string? Text { get; init; }

    /// <summary>Where anyone checks it.</summary>
    public required string VerifyUrl { get; init; }
}
