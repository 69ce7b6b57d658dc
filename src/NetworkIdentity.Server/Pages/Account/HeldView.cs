using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What a member holds, as <see cref="HeldPart"/> shows it.</summary>
public sealed record HeldView
{
    /// <summary>What they are called; null where nothing says it.</summary>
    public string? Name { get; init; }

    /// <summary>The member's id, by which others name them to the nation.</summary>
    public required string MemberId { get; init; }

    /// <summary>When they joined; null where that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The node they belong to; null for none.</summary>
    public string? Node { get; init; }

    /// <summary>What they hold, by type.</summary>
    public required IReadOnlyList<HeldCredential> Held { get; init; }

    /// <summary>Where a card is printed.</summary>
    public required string CardUrl { get; init; }

    /// <summary>POST <c>of</c>, with the field of the account's forms: evidence of a credential.</summary>
    public required string EvidenceUrl { get; init; }

    /// <summary>Their mandates that hold: of what, and for which acts until when.</summary>
    public required IReadOnlyList<DeskFact> Mandates { get; init; }

    /// <summary>The other pages about them: where, what they are called, and what is there.</summary>
    public required IReadOnlyList<(string Url, string Name, string Words)> Links { get; init; }
}
