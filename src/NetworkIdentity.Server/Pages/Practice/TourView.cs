using NetworkIdentity.Server.Practice;

namespace NetworkIdentity.Server.Pages.Practice;

/// <summary>What a page of the tour shows.</summary>
public sealed record TourView
{
    /// <summary>The nation.</summary>
    public required Nation Nation { get; init; }

    /// <summary>The step; null for the start page.</summary>
    public required TourStep? Step { get; init; }

    /// <summary>How far the visitor is.</summary>
    public required Visit Visit { get; init; }

    /// <summary>Where wallet, library and door stand.</summary>
    public required Places Places { get; init; }

    /// <summary>The nation's nodes, by name.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>The node whose door the tour knocks at.</summary>
    public required string Node { get; init; }

    /// <summary>Since when the tape runs.</summary>
    public required DateTimeOffset TapeBeganAt { get; init; }

    /// <summary>How somebody joins, and how far the visitor is in it; null in other steps.</summary>
    public JoinView? Join { get; init; }

    /// <summary>The offer that waits to be taken in this step: its page. Null where none waits.</summary>
    public string? OfferUrl { get; init; }

    /// <summary>The same, in the practice wallet.</summary>
    public string? WalletOfferUrl { get; init; }

    /// <summary>Whether the browser comes from the button that made the offer.</summary>
    public bool IsJustOffered { get; init; }

    /// <summary>What was wrong with what the visitor gave; null where nothing was.</summary>
    public string? Fault { get; init; }

    /// <summary>What the visitor typed, where that was wrong, by the name of the field.</summary>
    public IReadOnlyDictionary<string, string>? Typed { get; init; }

    /// <summary>Whether the browser came back without the cookie that it was given.</summary>
    public bool IsCookieLost { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The address of a step.</summary>
    public string UrlOf(TourStep step) => Nation.Url($"/tour/{SlugOf(step)}");

    /// <summary>A step's name in addresses.</summary>
    public static string SlugOf(TourStep step) => step switch
    {
        TourStep.Join => "join",
        TourStep.SignIn => "sign-in",
        TourStep.Break => "break",
        TourStep.Arrive => "arrive",
        TourStep.Revoke => "revoke",
        _ => "offline",
    };

    /// <summary>A step's name for people.</summary>
    public static string TitleOf(TourStep step) => step switch
    {
        TourStep.Join => "Belong",
        TourStep.SignIn => "Sign in",
        TourStep.Break => "Cheat",
        TourStep.Arrive => "Arrive",
        TourStep.Revoke => "Be revoked",
        _ => "Stop the server",
    };

    /// <summary>What happens in a step, in a sentence.</summary>
    public static string PromiseOf(TourStep step) => step switch
    {
        TourStep.Join => "Apply, be vouched for and admitted by a quorum, and take a membership credential into a wallet in this browser.",
        TourStep.SignIn => "Prove it to an app, and see what the app learns and what it doesn’t.",
        TourStep.Break => "Change it, copy it, replay it, send it to the wrong one. Each is refused by name.",
        TourStep.Arrive => "Show two credentials at once at the door of a node.",
        TourStep.Revoke => "The nation takes it back. Watch the app notice.",
        _ => "And still pass: the steward’s station and your wallet need no network.",
    };
}
