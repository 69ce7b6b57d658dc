using NetworkIdentity.Governing;
using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>What <see cref="VouchPage"/> shows.</summary>
public sealed record VouchView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>What the person is called.</summary>
    public required string Name { get; init; }

    /// <summary>What they say of themselves.</summary>
    public required string Statement { get; init; }

    /// <summary>The node that they would belong to; null for none.</summary>
    public required string? Node { get; init; }

    /// <summary>The application.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>Until when it is open.</summary>
    public required DateTimeOffset OpenUntil { get; init; }

    /// <summary>How many vouches count now.</summary>
    public required int Counted { get; init; }

    /// <summary>How many are needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Who reads it: whether they may, and for how many more.</summary>
    public required Voucher Voucher { get; init; }

    /// <summary>What they have said of the person; null where they have not vouched.</summary>
    public required string? Own { get; init; }

    /// <summary>Who may vouch.</summary>
    public required string Rule { get; init; }

    /// <summary>The field for their words.</summary>
    public required DeskField Words { get; init; }

    /// <summary>What is wrong with all of it; null where nothing is, or it stands beside the field.</summary>
    public required string? Error { get; init; }

    /// <summary>Whether something is wrong.</summary>
    public required bool IsFaulty { get; init; }

    /// <summary>Where the form goes.</summary>
    public required string Url { get; init; }

    /// <summary>POST <c>application</c>: takes it back.</summary>
    public required string TakeBackUrl { get; init; }

    /// <summary>The member's account.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>The name of the field that shows that a form is this page's.</summary>
    public required string FormField { get; init; }

    /// <summary>Its value.</summary>
    public required string FormValue { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }
}
