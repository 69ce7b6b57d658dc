using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Who decides an act, and by how many: one rule of a charter.</summary>
/// <param name="Act">The act: one of <see cref="Governing.Act"/>.</param>
/// <param name="Approvals">How many must approve, at least; each person counts once.</param>
/// <param name="By">Who is eligible: <see cref="NodeStewards"/>, <see cref="NationStewards"/> or <see cref="Members"/>.</param>
/// <param name="Open">How long it may be approved; then it lapses.</param>
public sealed record ActRule(string Act, int Approvals, string By, TimeSpan Open)
{
    /// <summary>Stewards of the node that it is about, or of the whole nation, whose mandate names the act.</summary>
    public const string NodeStewards = "node_stewards";

    /// <summary>Stewards of the whole nation whose mandate names the act.</summary>
    public const string NationStewards = "nation_stewards";

    /// <summary>All members.</summary>
    public const string Members = "members";

    /// <summary>How many of a hundred who are eligible must approve, where that is more than <see cref="Approvals"/>; null where nobody counts them.</summary>
    public int? SharePercent { get; init; }

    /// <summary>How long they must have belonged.</summary>
    public TimeSpan MemberFor { get; init; }

    /// <summary>From how many different nodes they must come: two or more, or 0 where nobody counts these.</summary>
    public int Nodes { get; init; }

    /// <summary>How long after the last approval it takes effect.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether who approves proves their steward credential anew for it.</summary>
    public bool ProvesAgain { get; init; }

    /// <summary>How many must approve where so many are eligible.</summary>
    public int Needed(int eligible) => SharePercent is { } share ? Math.Max(Approvals, (int)Math.Ceiling((long)eligible * share / 100m)) : Approvals;

    internal static ActRule Read(string act, JsonObject json) => new(act, (int)json.RequiredInt64("approvals"), json.RequiredString("by"), Days(json, "open_days"))
    {
        SharePercent = (int?)json.OptionalInt64("share_percent"),
        MemberFor = Days(json, "member_for_days"),
        Nodes = (int?)json.OptionalInt64("nodes") ?? 0,
        Delay = Days(json, "delay_days"),
        ProvesAgain = json["prove_again"]?.GetValue<bool>() ?? false,
    };

    internal static TimeSpan Days(JsonObject json, string name) => TimeSpan.FromDays(json.OptionalInt64(name) ?? 0);
}
