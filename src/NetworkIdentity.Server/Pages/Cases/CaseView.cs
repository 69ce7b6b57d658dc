namespace NetworkIdentity.Server.Pages.Cases;

/// <summary>What <see cref="CasePage"/> shows.</summary>
public sealed record CaseView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>How the membership stands, in a sentence.</summary>
    public required string Standing { get; init; }

    /// <summary>What was decided against the member, newest first.</summary>
    public required IReadOnlyList<CaseItem> Cases { get; init; }

    /// <summary>Until when a membership that was granted can be taken; null where there is none.</summary>
    public required DateTimeOffset? TakeUntil { get; init; }

    /// <summary>When the membership ends that the member may ask to renew; null where it is not due.</summary>
    public required DateTimeOffset? RenewBefore { get; init; }

    /// <summary>Whether it was asked for, and waits for those who decide.</summary>
    public required bool IsRenewalAsked { get; init; }

    /// <summary>The page's own address; its forms are posted below it.</summary>
    public required string Url { get; init; }

    /// <summary>Where all that is held about them is given to them.</summary>
    public required string ExportUrl { get; init; }

    /// <summary>Where they leave.</summary>
    public required string LeaveUrl { get; init; }

    /// <summary>Where the person signs out.</summary>
    public required string LogoutUrl { get; init; }

    /// <summary>Why what was pressed was not done; null where nothing was.</summary>
    public required string? Notice { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
