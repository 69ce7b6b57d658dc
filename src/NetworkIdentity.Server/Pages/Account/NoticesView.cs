using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="NoticesPage"/> shows.</summary>
public sealed record NoticesView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>What they were told, newest first: when, what, and where it is read.</summary>
    public required IReadOnlyList<(DateTimeOffset At, string Words, string Url)> Told { get; init; }

    /// <summary>Whether there is an address where they are told things.</summary>
    public required bool HasContact { get; init; }

    /// <summary>The field of the address, with what was typed and what is wrong with it.</summary>
    public required DeskField Field { get; init; }

    /// <summary>POST <c>email</c>; empty for none.</summary>
    public required string ContactUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
