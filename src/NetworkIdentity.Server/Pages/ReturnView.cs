namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="ReturnPage"/> shows.</summary>
public sealed record ReturnView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Which page this is.</summary>
    public required ReturnKind Kind { get; init; }

    /// <summary>The name of the app that is signed in to, where it is known.</summary>
    public string? Partner { get; init; }

    /// <summary>The host that the answer goes to, or an app's scheme; needed for <see cref="ReturnKind.ChooseNumber"/>.</summary>
    public string? PartnerHost { get; init; }

    /// <summary>The browser that asked, in fixed words; null where it is not known.</summary>
    public string? BegunOn { get; init; }

    /// <summary>When it asked; needed for <see cref="ReturnKind.ChooseNumber"/>.</summary>
    public DateTimeOffset BegunAt { get; init; }

    /// <summary>Whole minutes since then.</summary>
    public int MinutesAgo { get; init; }

    /// <summary>Numbers, of which the other screen shows one; needed for <see cref="ReturnKind.ChooseNumber"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>POST: the person says which one it shows, as <c>number</c>.</summary>
    public string? ConfirmUrl { get; init; }

    /// <summary>POST: the person says that this sign-in is not theirs. It must answer with a page of this server.</summary>
    public string? NotMeUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
