using NetworkIdentity.Governing;

namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="VouchedFor"/> shows.</summary>
public sealed record VouchedForView
{
    /// <summary>The applications, what the people are called, and until when each is open.</summary>
    public required IReadOnlyList<(string Id, string Name, DateTimeOffset OpenUntil)> People { get; init; }

    /// <summary>For how many the member may.</summary>
    public required Voucher Voucher { get; init; }

    /// <summary>POST <c>application</c>: takes it back.</summary>
    public required string TakeBackUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }
}
