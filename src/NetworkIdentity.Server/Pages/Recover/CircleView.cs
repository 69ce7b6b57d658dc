using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Recover;

/// <summary>What <see cref="CirclePage"/> shows.</summary>
public sealed record CircleView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The path of this page's forms.</summary>
    public required string Url { get; init; }

    /// <summary>Where the code of somebody who called is typed in.</summary>
    public required string AttestUrl { get; init; }

    /// <summary>The member's account.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>How many must attest; 0 where the nation has no charter yet.</summary>
    public required int Needed { get; init; }

    /// <summary>How many can be named at most.</summary>
    public required int Most { get; init; }

    /// <summary>For how long the list waits when it is changed, and the member can object: as "3 days".</summary>
    public required string Delay { get; init; }

    /// <summary>Whether the member named those who can attest; else they vouched.</summary>
    public required bool IsNamed { get; init; }

    /// <summary>Who can attest, and whether they declined.</summary>
    public required IReadOnlyList<(DeskFact Person, bool HasDeclined)> Contacts { get; init; }

    /// <summary>Who will.</summary>
    public required IReadOnlyList<(DeskFact Person, bool HasDeclined)> Waiting { get; init; }

    /// <summary>From when.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>What is asked for in the member's name now, in words: they can object.</summary>
    public required IReadOnlyList<string> Open { get; init; }

    /// <summary>For whom the member can attest, whether that holds already, and whether they were named.</summary>
    public required IReadOnlyList<(DeskFact Person, bool Holds, bool IsNamed)> For { get; init; }

    /// <summary>What was typed.</summary>
    public string Typed { get; init; } = "";

    /// <summary>What is wrong with it.</summary>
    public string? Error { get; init; }

    /// <summary>What was done, or why it was not.</summary>
    public string? Notice { get; init; }

    /// <summary>The code to read out to somebody who called; null where none was made just now.</summary>
    public string? Code { get; init; }

    /// <summary>Who called.</summary>
    public DeskFact? Caller { get; init; }

    /// <summary>Where they go with it.</summary>
    public required string RecoverUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
