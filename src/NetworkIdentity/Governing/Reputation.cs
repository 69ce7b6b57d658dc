using System.Globalization;

namespace NetworkIdentity.Governing;

/// <summary>What <see cref="ReputationMethod"/> makes of the facts about a member, in one domain.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Domain">The domain: one of <see cref="ReputationMethod.DomainOf"/>.</param>
/// <param name="Band">The band; null where the facts are not enough for any.</param>
/// <param name="Facts">How many facts it rests on, as far as different people support them.</param>
/// <param name="Witnesses">How many different people support it.</param>
public sealed record Reputation(string MemberId, string Domain, string? Band, int Facts, int Witnesses)
{
    private static readonly int[] Steps = [100, 30, 10, 3, 1];

    /// <summary>What a credential says of it: claims for an offer of the type <c>reputation</c>.</summary>
    /// <param name="contestAt">The URL where the member contests it.</param>
    /// <exception cref="InvalidOperationException">It has no band, and no credential says that.</exception>
    public IReadOnlyDictionary<string, string> ToClaims(string contestAt)
    {
        if (Band is null) throw new InvalidOperationException("there is no credential without a band");
        return new Dictionary<string, string>
        {
            ["domain"] = Domain,
            ["band"] = Band,

            // Rounded down, so that the number marks nobody.
            ["facts_at_least"] = Steps.First(step => step <= Facts).ToString(CultureInfo.InvariantCulture),
            ["method"] = ReputationMethod.Name,
            ["method_version"] = ReputationMethod.Version,
            ["contest_at"] = contestAt,
        };
    }
}
