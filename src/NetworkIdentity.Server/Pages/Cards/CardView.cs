using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Cards;

/// <summary>What <see cref="CardPage"/> shows: a card, what can be done with it, and whom to print one for.</summary>
public sealed record CardView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What it is about, in a sentence.</summary>
    public required string Lead { get; init; }

    /// <summary>The page that it belongs to, and its name.</summary>
    public required (string Url, string Words) Back { get; init; }

    /// <summary>The card; null where there is none to show.</summary>
    public CardFaceView? Card { get; init; }

    /// <summary>What was done, or not; null for nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>POST: prints one; null where that is not offered here.</summary>
    public string? PrintUrl { get; init; }

    /// <summary>The words of that button.</summary>
    public string PrintWords { get; init; } = "Print a card";

    /// <summary>POST: ends the card that stands; null where there is none, or it is not offered here.</summary>
    public string? EndUrl { get; init; }

    /// <summary>The field for the member whom it is about; null on the member's own page.</summary>
    public DeskField? Member { get; init; }

    /// <summary>The name of the field that says that a membership that waits is taken without a wallet.</summary>
    public string TakesField { get; init; } = "";

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
