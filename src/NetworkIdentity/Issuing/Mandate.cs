using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>The right to do an act: who did it, under which version of the charter.</summary>
/// <param name="Actor">Who is written into the journal.</param>
/// <param name="CharterVersion">The version of the rules it was done under.</param>
public sealed record Mandate(string Actor, string CharterVersion)
{
    /// <summary>A nation in its founding phase: one founder's word is enough for every act.</summary>
    public const string FoundingPhase = "founding";

    /// <summary>Decides whether an act may be done now. Pure: what it needs to know is given.</summary>
    /// <param name="nation">The nation, with its phase and charter version.</param>
    /// <param name="act">The act, for example <c>issue</c> or <c>revoke</c>.</param>
    /// <exception cref="Refusal"><c>mandate_missing</c>: the founding phase is over, and no quorum decided the act.</exception>
    public static Mandate For(Nation nation, string act) => nation.Phase == FoundingPhase
        ? new Mandate("founder", nation.CharterVersion)
        : throw NationRefusal.MandateMissing(act);
}
