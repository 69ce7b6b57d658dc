namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="ApplicationPage"/> shows.</summary>
public sealed record ApplicationView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Why what was pressed was not done; null where nothing was.</summary>
    public required string? Notice { get; init; }

    /// <summary>Where it stands: one of the states of <see cref="Registry.Applications"/>.</summary>
    public required string State { get; init; }

    /// <summary>What the person is called; null where it can't be read any more.</summary>
    public required string? Name { get; init; }

    /// <summary>What they said of themselves.</summary>
    public required string? Statement { get; init; }

    /// <summary>The node; null for none.</summary>
    public required string? Node { get; init; }

    /// <summary>How many vouches count now.</summary>
    public required int Counted { get; init; }

    /// <summary>How many are needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Who must vouch.</summary>
    public required string Vouching { get; init; }

    /// <summary>Who decides.</summary>
    public required string Deciding { get; init; }

    /// <summary>Until when it is open.</summary>
    public required DateTimeOffset OpenUntil { get; init; }

    /// <summary>The criterion by which it was refused, and the reasons; null where it was not, or they can't be read any more.</summary>
    public required (string Criterion, string Reason)? Refused { get; init; }

    /// <summary>Until when a refusal may be appealed; null where there is none.</summary>
    public required DateTimeOffset? AppealUntil { get; init; }

    /// <summary>How far the appeal has come, in words; null where there is none.</summary>
    public string? Appeal { get; init; }

    /// <summary>What was typed as an appeal, where something is wrong with it.</summary>
    public string Typed { get; init; } = "";

    /// <summary>What is wrong with it.</summary>
    public string? Error { get; init; }

    /// <summary>Whether a wallet waits for the membership.</summary>
    public bool IsConnected { get; init; }

    /// <summary>How they prove to be one person; null where nobody asks.</summary>
    public PersonhoodView? Personhood { get; init; }

    /// <summary>The link for members who know the person.</summary>
    public required string VouchUrl { get; init; }

    /// <summary>The same as a QR code, an SVG that this server made.</summary>
    public required string VouchQr { get; init; }

    /// <summary>The link that leads back to this page from every browser.</summary>
    public required string KeepUrl { get; init; }

    /// <summary>The code that a wallet asks for which takes the membership.</summary>
    public required string TransactionCode { get; init; }

    /// <summary>The application's own address; what is done about it is posted below it.</summary>
    public required string Url { get; init; }

    /// <summary>Where somebody asks anew.</summary>
    public required string ApplyUrl { get; init; }

    /// <summary>Where a member signs in.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
