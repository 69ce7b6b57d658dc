using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>
/// What a member takes because it follows from the record, with nobody deciding it once more: a residency from their stays, a reputation from the facts, the credential of their mandate as a
/// steward (decision 0042).
/// </summary>
public sealed class Earning(Database database, Offering offering, FactBook book, TimeProvider time)
{
    /// <summary>The claim of the type <c>steward</c> that says whether its mandate is of a node or of the nation.</summary>
    public const string MandateOf = "mandate_of";

    private const int MaxAttempts = 16;

    /// <summary>The residencies that a member's stays give today, by node.</summary>
    /// <exception cref="Refusal"><c>no_charter</c>, <c>unknown_member</c>.</exception>
    public async Task<IReadOnlyList<Residency>> ResidenciesAsync(string memberId) => (await ReadStaysAsync(memberId)).Residencies;

    /// <summary>The bands that the facts give a member today, by domain; also where there is none.</summary>
    public Task<IReadOnlyList<Reputation>> ReputationsAsync(string memberId) => book.BandsAsync(memberId);

    /// <summary>Offers a member the residency that their stays give at a node.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="nodeId">The node.</param>
    /// <returns>The offer's id: the one that was made before, where it says the same and was not taken.</returns>
    /// <exception cref="Refusal"><c>not_earned</c>: their stays give none there. <c>no_charter</c>, <c>unknown_member</c>, <c>not_a_member</c>.</exception>
    public Task<string> OfferResidencyAsync(string memberId, string nodeId) => OfferAsync(CredentialType.Residency, memberId, async () =>
    {
        var (facts, residencies, charter) = await ReadStaysAsync(memberId);
        var residency = residencies.FirstOrDefault(one => one.NodeId == nodeId) ?? throw NationRefusal.NotEarned("your stays that were witnessed give no residency at this node today");
        var node = (await Node.AllAsync(database)).First(one => one.Id == nodeId);
        return (residency.ToClaims(node.Name), Made(ResidencyMethod.Name, ResidencyMethod.Version, facts), charter, null);
    });

    /// <summary>Offers a member the reputation that the facts give them in a domain.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="contestAt">The URL where they contest it.</param>
    /// <returns>As for a residency.</returns>
    /// <exception cref="Refusal"><c>not_earned</c>: there is no band. <c>no_charter</c>, <c>not_a_member</c>.</exception>
    public Task<string> OfferReputationAsync(string memberId, string domain, string contestAt) => OfferAsync(CredentialType.Reputation, memberId, async () =>
    {
        var charter = await Rules.InForceAsync(database);
        var facts = await book.AllAsync();
        var reputation = ReputationMethod.Of(facts, Today()).FirstOrDefault(one => one.MemberId == memberId && one.Domain == domain && one.Band is not null)
            ?? throw NationRefusal.NotEarned("what was witnessed gives no band in this domain today");
        return (reputation.ToClaims(contestAt), Made(ReputationMethod.Name, ReputationMethod.Version, facts), charter, (long)charter.Terms.Reputation.TotalDays);
    });

    /// <summary>Offers a steward the credential of a mandate of theirs. It ends with the mandate, and is revoked with it where that ends before its day.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="stewardId">The mandate.</param>
    /// <returns>As for a residency.</returns>
    /// <exception cref="Refusal"><c>mandate_missing</c>: they have no such mandate, or it has ended. <c>not_a_member</c>.</exception>
    public async Task<string> OfferStewardAsync(string memberId, string stewardId)
    {
        var now = time.GetUtcNow();
        var steward = (await Steward.InForceAsync(database, now, memberId)).FirstOrDefault(one => one.Id == stewardId) ?? throw NationRefusal.MandateMissing(CredentialType.Steward);
        var mandate = Mandate.OfSteward(steward, (await Nations.FindAsync(database))!.CharterVersion, now.ToUnixTimeSeconds());
        var node = steward.NodeId is null ? null : (await Node.AllAsync(database)).First(one => one.Id == steward.NodeId).Name;
        var (last, most) = (DateOnly.FromDateTime(steward.Until.UtcDateTime).AddDays(-1), Today().AddDays(offering.ValidityOf(CredentialType.Steward).Days - 1));
        var claims = new Dictionary<string, string>
        {
            [MandateOf] = node is null ? "nation" : "node",
            ["acts"] = string.Join(',', steward.Acts),
            ["until"] = (last < most ? last : most).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (node is not null) claims[Node.Claim] = node;
        return await offering.FindSameAsync(CredentialType.Steward, memberId, claims, mandate)
            ?? (await offering.MakeAnewAsync(CredentialType.Steward, memberId, claims, mandate, null)).Id;
    }

    /// <summary>What was made of which facts, as a leaf of the log says it: the method, its version and the facts' digest.</summary>
    private static string Made(string method, string version, IEnumerable<Fact> facts) => $"{method}/{version} {FactBook.DigestOf(facts)}";

    private async Task<(IReadOnlyList<Fact> Facts, IReadOnlyList<Residency> Residencies, Charter Charter)> ReadStaysAsync(string memberId)
    {
        var charter = await Rules.InForceAsync(database);
        var member = await Members.FindAsync(database, memberId) ?? throw NationRefusal.UnknownMember();
        var days = Math.Min((int)charter.Terms.Residency.TotalDays, offering.ValidityOf(CredentialType.Residency).Days);
        var facts = await book.OfAsync(memberId);
        return (facts, ResidencyMethod.Of(facts, member.NodeId, days, Today()), charter);
    }

    /// <summary>Reads, makes and offers; where a fact has come or the charter has changed meanwhile, from the start.</summary>
    private async Task<string> OfferAsync(string type, string memberId, Func<Task<(IReadOnlyDictionary<string, string> Claims, string Made, Charter Charter, long? ValidDays)>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            var revision = await Facts.RevisionAsync(database);
            var (claims, made, charter, validDays) = await read();
            var mandate = Mandate.OfFacts(RandomId.New(), charter.Version, revision);
            if (await offering.FindSameAsync(type, memberId, claims, mandate) is { } same) return same;
            try
            {
                return (await offering.MakeAnewAsync(type, memberId, claims, mandate, validDays, [mandate.Write(mandate.DecisionId!, time.GetUtcNow().ToUnixTimeSeconds(), made)])).Id;
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode && attempt < MaxAttempts)
            {
                // Something moved between the reading and the commit.
            }
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
