using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>How long everything takes and lasts: the times of a charter.</summary>
public sealed record Terms
{
    /// <summary>An application is open.</summary>
    public required TimeSpan Application { get; init; }

    /// <summary>A membership is valid.</summary>
    public required TimeSpan Membership { get; init; }

    /// <summary>A residency is valid, at most.</summary>
    public required TimeSpan Residency { get; init; }

    /// <summary>A reputation is valid: 30 to 90 days.</summary>
    public required TimeSpan Reputation { get; init; }

    /// <summary>A steward's mandate lasts, at most.</summary>
    public required TimeSpan Mandate { get; init; }

    /// <summary>A suspension lasts, at most.</summary>
    public required TimeSpan LongestSuspension { get; init; }

    /// <summary>A member is told of a suspension before it begins.</summary>
    public required TimeSpan SuspensionNotice { get; init; }

    /// <summary>A suspension without notice lasts, at most.</summary>
    public required TimeSpan LongestAtOnce { get; init; }

    /// <summary>A member is told of a revocation before it takes effect.</summary>
    public required TimeSpan RevocationNotice { get; init; }

    /// <summary>A decision may be appealed.</summary>
    public required TimeSpan Appeal { get; init; }

    /// <summary>An appeal is decided; where it isn't, the decision that is appealed falls.</summary>
    public required TimeSpan AppealDecision { get; init; }

    /// <summary>How many of those whom the member named attest that it is them who lost a wallet.</summary>
    public required int RecoveryVouchers { get; init; }

    /// <summary>The member may object before a new wallet is bound.</summary>
    public required TimeSpan RecoveryDelay { get; init; }

    internal static Terms Read(JsonObject charter)
    {
        return new()
        {
            Application = Days("application", "open_days"),
            Membership = Days("validity", "membership_days"),
            Residency = Days("validity", "residency_days"),
            Reputation = Days("validity", "reputation_days"),
            Mandate = Days("validity", "steward_days"),
            LongestSuspension = Days("suspension", "longest_days"),
            SuspensionNotice = Days("suspension", "notice_days"),
            LongestAtOnce = Days("suspension", "at_once_days"),
            RevocationNotice = Days("revocation", "notice_days"),
            Appeal = Days("appeal", "open_days"),
            AppealDecision = Days("appeal", "decide_days"),
            RecoveryVouchers = (int)charter.RequiredObject("recovery").RequiredInt64("vouchers"),
            RecoveryDelay = Days("recovery", "delay_days"),
        };

        TimeSpan Days(string part, string name) => ActRule.Days(charter.RequiredObject(part), name);
    }
}
