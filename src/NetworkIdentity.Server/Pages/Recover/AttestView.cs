using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Recover;

/// <summary>What <see cref="AttestPage"/> shows.</summary>
public sealed record AttestView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The path of this page's form.</summary>
    public required string Url { get; init; }

    /// <summary>Whom the member can attest for.</summary>
    public required string CircleUrl { get; init; }

    /// <summary>Who lost their wallet.</summary>
    public required DeskFact Person { get; init; }

    /// <summary>The code, as the person has it in sight.</summary>
    public required string Code { get; init; }

    /// <summary>How many have attested, and count.</summary>
    public required int Counted { get; init; }

    /// <summary>How many are needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Whether who looks at it has attested.</summary>
    public required bool HasAttested { get; init; }

    /// <summary>Whether it can be attested still.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Why nothing was done; null where something was, or nothing was asked.</summary>
    public string? Notice { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
