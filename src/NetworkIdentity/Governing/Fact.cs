namespace NetworkIdentity.Governing;

/// <summary>Something that happened and was witnessed. It is never changed: another fact corrects it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What happened: one of <see cref="FactKind"/>.</param>
/// <param name="MemberId">Whom it is about.</param>
/// <param name="From">The first day, in UTC.</param>
/// <param name="Until">The last day.</param>
/// <param name="Needed">How many witnesses the charter wanted when it was recorded.</param>
/// <param name="Witnesses">Who attests it, each once, and never whom it is about.</param>
public sealed record Fact(string Id, string Kind, string MemberId, DateOnly From, DateOnly Until, int Needed, IReadOnlyList<Attestation> Witnesses)
{
    /// <summary>Where; null where it was at no node.</summary>
    public string? NodeId { get; init; }

    /// <summary>How much, in what the kind is counted in, such as nights; null where nobody counted.</summary>
    public long? Amount { get; init; }

    /// <summary>The fact, about the same member, that this one takes the place of; null for none.</summary>
    public string? Corrects { get; init; }

    /// <summary>Whether it says of the one that it corrects that it did not happen, and nothing else.</summary>
    public bool IsAnnulment { get; init; }
}
