using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="ApplyPage"/> shows.</summary>
public sealed record ApplyView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Where the form goes.</summary>
    public required string Url { get; init; }

    /// <summary>The charter.</summary>
    public required string CharterUrl { get; init; }

    /// <summary>Its version.</summary>
    public required string CharterVersion { get; init; }

    /// <summary>What is looked at.</summary>
    public required IReadOnlyList<string> Criteria { get; init; }

    /// <summary>Who must vouch.</summary>
    public required string Vouching { get; init; }

    /// <summary>Who decides.</summary>
    public required string Deciding { get; init; }

    /// <summary>How long an application is open.</summary>
    public required int OpenDays { get; init; }

    /// <summary>How long a refusal may be appealed.</summary>
    public required int AppealDays { get; init; }

    /// <summary>The applications that this browser knows already.</summary>
    public required IReadOnlyList<string> Known { get; init; }

    /// <summary>What the person is called.</summary>
    public required DeskField Name { get; init; }

    /// <summary>What they say of themselves.</summary>
    public required DeskField Statement { get; init; }

    /// <summary>The node.</summary>
    public required DeskField Node { get; init; }

    /// <summary>Where they are told what happens.</summary>
    public required DeskField Email { get; init; }

    /// <summary>Whether something is wrong.</summary>
    public required bool IsFaulty { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
