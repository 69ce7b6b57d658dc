namespace NetworkIdentity.Governing;

/// <summary>What somebody says has happened, before it is a fact.</summary>
/// <param name="Kind">One of <see cref="FactKind"/>.</param>
/// <param name="MemberId">Whom it is about.</param>
/// <param name="From">The first day, in UTC.</param>
/// <param name="Until">The last day, which is not after today.</param>
/// <param name="Text">What it was, in a few words; kept under the member's own key.</param>
public sealed record FactDraft(string Kind, string MemberId, DateOnly From, DateOnly Until, string Text)
{
    /// <summary>The node's name; null for none.</summary>
    public string? Node { get; init; }

    /// <summary>How much, in what the kind is counted in, such as nights: 1 to <see cref="MostAmount"/>; null where nobody counted.</summary>
    public long? Amount { get; init; }

    /// <summary>The most of anything.</summary>
    public const long MostAmount = 100_000;

    /// <summary>The most characters of the text.</summary>
    public const int LongestText = 500;
}
