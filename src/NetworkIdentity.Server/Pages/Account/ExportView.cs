namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="ExportPage"/> shows.</summary>
public sealed record ExportView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The member's page.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>POST: the document.</summary>
    public required string ExportUrl { get; init; }

    /// <summary>The format's schema.</summary>
    public required string SchemaUrl { get; init; }

    /// <summary>Whether the member proves first who they are.</summary>
    public required bool ProvesFirst { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
