using System.Globalization;

namespace NetworkIdentity.Governing;

/// <summary>What <see cref="ResidencyMethod"/> makes of a member's stays at one node.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Status"><see cref="ResidencyMethod.Visitor"/>, <see cref="ResidencyMethod.EResident"/> or <see cref="ResidencyMethod.Resident"/>.</param>
/// <param name="Nights">How many nights there count today.</param>
/// <param name="From">The first day that it rests on, in UTC.</param>
/// <param name="Until">The last day on which the same stays give the same.</param>
public sealed record Residency(string NodeId, string Status, int Nights, DateOnly From, DateOnly Until)
{
    /// <summary>What a credential says of it: claims for an offer of the type <c>residency</c>.</summary>
    /// <param name="node">The node's name.</param>
    public IReadOnlyDictionary<string, string> ToClaims(string node) => new Dictionary<string, string>
    {
        ["residency_status"] = Status,
        [Node.Claim] = node,
        ["from"] = From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["until"] = Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
