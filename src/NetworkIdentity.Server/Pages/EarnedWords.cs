namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="EarnedPage"/> says.</summary>
public sealed record EarnedWords
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What it is, in a sentence or two.</summary>
    public required string Lead { get; init; }

    /// <summary>What must not be missed; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>What there is.</summary>
    public required IReadOnlyList<EarnedItem> Items { get; init; }
}
