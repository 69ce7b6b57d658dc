namespace NetworkIdentity.Server.Pages;

/// <summary>What <see cref="AccountPage"/> shows.</summary>
public sealed record AccountView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>Who they are here, what they hold, and where the rest about them is.</summary>
    public required Account.HeldView Held { get; init; }

    /// <summary>The apps that the member is signed in to.</summary>
    public required IReadOnlyList<AccountApp> Apps { get; init; }

    /// <summary>POST <c>client_id</c>: out of this browser.</summary>
    public required string SignOutUrl { get; init; }

    /// <summary>POST <c>client_id</c>: everywhere.</summary>
    public required string WithdrawUrl { get; init; }

    /// <summary>What the member holds and can have as a file: the type, and its name.</summary>
    public required IReadOnlyList<(string Type, string Name)> Files { get; init; }

    /// <summary>POST <c>type</c>: the file.</summary>
    public required string DownloadUrl { get; init; }

    /// <summary>The people for whom the member vouches; null where there are none.</summary>
    public Joining.VouchedForView? VouchedFor { get; init; }

    /// <summary>What the pages of what was witnessed, and of what follows from it, begin with.</summary>
    public required string EarnedUrl { get; init; }

    /// <summary>Where the member names who can attest for them.</summary>
    public required string RecoveryUrl { get; init; }

    /// <summary>Where the person signs out of everything in this browser.</summary>
    public required string LogoutUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
