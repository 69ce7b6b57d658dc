namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="LeavePage"/> shows.</summary>
public sealed record LeaveView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>POST: it is done.</summary>
    public required string LeaveUrl { get; init; }

    /// <summary>What the member's link will hold.</summary>
    public required string Secret { get; init; }

    /// <summary>Whether the member proves first who they are.</summary>
    public required bool ProvesFirst { get; init; }

    /// <summary>How many days the link gives the exit certificate and the export.</summary>
    public required int Days { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
