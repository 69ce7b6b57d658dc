using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>How long everything takes and lasts: the times of a charter.</summary>
public sealed record Terms
{
    /// <summary>How long an application is open.</summary>
    public required TimeSpan Application { get; init; }

    /// <summary>How long a membership is valid.</summary>
    public required TimeSpan Membership { get; init; }

    /// <summary>How long a residency is valid, at most.</summary>
    public required TimeSpan Residency { get; init; }

    /// <summary>How long a reputation is valid: 30 to 90 days.</summary>
    public required TimeSpan Reputation { get; init; }

    /// <summary>How long a steward's mandate lasts, at most.</summary>
    public required TimeSpan Mandate { get; init; }

    /// <summary>How long a suspension lasts, at most.</summary>
    public required TimeSpan LongestSuspension { get; init; }

    /// <summary>How long before a suspension begins the member is told.</summary>
    public required TimeSpan SuspensionNotice { get; init; }

    /// <summary>How long one without notice lasts, at most.</summary>
    public required TimeSpan LongestAtOnce { get; init; }

    /// <summary>How long before a revocation takes effect the member is told.</summary>
    public required TimeSpan RevocationNotice { get; init; }

    /// <summary>How long after a decision it may be appealed.</summary>
    public required TimeSpan Appeal { get; init; }

    /// <summary>In how long an appeal is decided; where it isn't, the decision that is appealed falls.</summary>
    public required TimeSpan AppealDecision { get; init; }

    /// <summary>How many of those whom the member named attest that it is them who lost a wallet.</summary>
    public required int RecoveryVouchers { get; init; }

    /// <summary>How long the member may object before a new wallet is bound.</summary>
    public required TimeSpan RecoveryDelay { get; init; }

    /// <summary>Of how many people a census speaks at least (decision 0057).</summary>
    public required int CensusK { get; init; }

    /// <summary>How far apart two censuses are.</summary>
    public required TimeSpan CensusInterval { get; init; }

    /// <summary>How long a credential of a type is valid, at most; null where the charter says nothing of it.</summary>
    public TimeSpan? ValidityOf(string type) => type switch
    {
        CredentialType.Membership => Membership,
        "residency" => Residency,
        "reputation" => Reputation,
        _ => null,
    };

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
            CensusK = (int)(charter.OptionalObject("census")?.OptionalInt64("k") ?? Ledger.Census.LeastK),
            CensusInterval = charter.OptionalObject("census")?.OptionalInt64("every_days") is { } days ? TimeSpan.FromDays(days) : Ledger.Census.Interval,
        };

        TimeSpan Days(string part, string name) => ActRule.Days(charter.RequiredObject(part), name);
    }
}
