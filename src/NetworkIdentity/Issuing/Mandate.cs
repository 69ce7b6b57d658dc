using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>The right to do an act: who does it, under which version of the charter, and what must still be so in the moment in which it is committed.</summary>
/// <param name="Act">The act.</param>
/// <param name="Actor">Who is written into the journal: <c>founder</c>, or the id of a decision.</param>
/// <param name="CharterVersion">The version of the rules that it is done under.</param>
/// <param name="Conditions">Go first in the act's commit. Each breaks with <see cref="Condition"/>.</param>
public sealed record Mandate(string Act, string Actor, string CharterVersion, IReadOnlyList<Statement> Conditions)
{
    /// <summary>A nation in its founding phase: one founder's word is enough for every act.</summary>
    public const string FoundingPhase = "founding";

    /// <summary>Who acts in it.</summary>
    public const string Founder = "founder";

    /// <summary>What <see cref="Conditions"/> break with.</summary>
    public const string Condition = "mandate";

    /// <summary>The decision that it rests on; null for the founder's word.</summary>
    public string? DecisionId { get; init; }

    /// <summary>Whose approvals were counted; empty for what no quorum decided.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];

    /// <summary>Who is written into the journal where a credential follows from facts.</summary>
    public const string Facts = "facts";

    /// <summary>What was witnessed: what a method of the charter's makes of it is given to the member without a further decision.</summary>
    /// <param name="id">The id under which it is written down what was made of which facts: what is offered and issued names it.</param>
    /// <param name="charterVersion">The charter in force.</param>
    /// <param name="factsRevision">How often facts had moved before they were read (<see cref="Registry.Facts.RevisionAsync"/>).</param>
    public static Mandate OfFacts(string id, string charterVersion, long factsRevision) => new(
        "reckon", Facts, charterVersion,
        [Nations.IsUnder(charterVersion) with { Condition = Condition }, Registry.Facts.Unmoved(factsRevision) with { Condition = Condition }])
    { DecisionId = id };

    /// <summary>A steward's own mandate: its credential is given to them as long as it holds.</summary>
    /// <param name="steward">The mandate.</param>
    /// <param name="charterVersion">The rules in force.</param>
    /// <param name="now">Unix seconds.</param>
    public static Mandate OfSteward(Steward steward, string charterVersion, long now) => new(
        "attest-mandate", steward.Id, charterVersion,
        [Nations.IsUnder(charterVersion) with { Condition = Condition }, Stewards.Holds(steward.Id, now) with { Condition = Condition }])
    { DecisionId = steward.Id };

    /// <summary>The founder's word.</summary>
    /// <param name="database">The database.</param>
    /// <param name="act">The act, for example <c>issue</c> or <c>revoke</c>.</param>
    /// <exception cref="Refusal"><c>mandate_missing</c>: the founding phase is over, and no quorum decided the act.</exception>
    public static async Task<Mandate> OfFounderAsync(Database database, string act)
    {
        var nation = (await Nations.FindAsync(database))!;
        return nation.Phase == FoundingPhase
            ? new Mandate(act, Founder, nation.CharterVersion, [Nations.IsFounding(nation.CharterVersion) with { Condition = Condition }])
            : throw NationRefusal.MandateMissing(act);
    }

    /// <summary>What a commit broke with, where that was the mandate: it holds no more.</summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>.</exception>
    public void Check(string? broken)
    {
        if (broken == Condition) throw NationRefusal.MandateMissing(Act);
    }

    /// <summary>A row of the journal for this act, or for a part of it.</summary>
    /// <param name="subject">The id of the record it was done to.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="detail">What it was about, mostly as a digest.</param>
    /// <param name="act">The part; the act itself where null.</param>
    public Statement Write(string subject, long now, string? detail = null, string? act = null) => Journal.Write(act ?? Act, subject, Actor, CharterVersion, now, detail);
}
