using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="ElsewherePage"/> shows.</summary>
public sealed record ElsewhereView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>This page: what its forms do is a step below it.</summary>
    public required string Url { get; init; }

    /// <summary>The accounts that are bound: the binding's id, the account, and since when.</summary>
    public required IReadOnlyList<(string Id, string Account, DateTimeOffset Since)> Bound { get; init; }

    /// <summary>The field of another account, with what was typed and what is wrong with it.</summary>
    public required DeskField Account { get; init; }

    /// <summary>What that account is to sign; null before it is named.</summary>
    public string? Message { get; init; }

    /// <summary>The nonce in it.</summary>
    public string? Nonce { get; init; }

    /// <summary>The field of the signature, with what is wrong with it.</summary>
    public required DeskField Signature { get; init; }

    /// <summary>Whether something was refused.</summary>
    public required bool IsRefused { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
