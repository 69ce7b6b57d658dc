using System.Text.Json.Nodes;

namespace NetworkIdentity.Verifying;

/// <summary>One thing that evidence proves, or does not.</summary>
/// <param name="Name">What it is about: <c>did</c>, <c>did_log</c>, <c>type</c>, <c>lists</c>, <c>log</c>, <c>issue</c>, <c>charter</c> or <c>recognitions</c>.</param>
/// <param name="State">How it stands; not shown for what is said and not proven.</param>
/// <param name="Words">The same for a person, without data of anyone.</param>
public sealed record EvidenceFact(string Name, StepState State, string Words)
{
    /// <summary>The fact for programs.</summary>
    public JsonObject ToJson() => new() { ["fact"] = Name, ["state"] = ReportedStep.NameOf(State), ["words"] = Words };

    /// <summary>The fact that a verdict is about.</summary>
    internal static EvidenceFact Of(string name, Verdict fault) =>
        new(name, fault.Outcome == Outcome.Refused ? StepState.Refused : StepState.Undetermined, fault.Detail ?? fault.Reason!);
}
