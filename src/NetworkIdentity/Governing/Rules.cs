using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>The rules that are in force: the founder's word, or a charter.</summary>
public static class Rules
{
    /// <summary>The act that ends the founding phase, as the public log has it.</summary>
    public const string EndFoundingAct = "end-founding";

    /// <summary>The charter in force.</summary>
    /// <exception cref="Refusal"><c>no_charter</c>: none was adopted yet.</exception>
    public static async Task<Charter> InForceAsync(Database database) =>
        await Charters.InForceAsync(database) is { } row ? Charter.Parse(row.Content) : throw NationRefusal.NoCharter();

    /// <summary>The charter of a version; null of the founding phase before there was one.</summary>
    internal static async Task<Charter?> FindAsync(Database database, string version) => await Charters.FindAsync(database, version) is { } row ? Charter.Parse(row.Content) : null;

    /// <summary>A version of the charter that is, or was, in force.</summary>
    internal static async Task<Charter> OfVersionAsync(Database database, string version) =>
        await FindAsync(database, version) ?? throw NationRefusal.NoCharter();

    /// <summary>The founder gives the nation a charter, or another one: as often as they like until the founding phase ends.</summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>; <c>charter_exists</c>: a version had that name.</exception>
    public static async Task AdoptAsync(Database database, TimeProvider time, Charter charter)
    {
        var mandate = await Mandate.OfFounderAsync(database, Act.ChangeCharter);
        var broken = await database.CommitAsync([.. mandate.Conditions, .. Adopted(mandate, charter, time.GetUtcNow())]);
        mandate.Check(broken);
        if (broken is not null) throw NationRefusal.CharterExists(charter.Version);
    }

    /// <summary>What puts another version in force.</summary>
    internal static IReadOnlyList<Statement> Adopted(Mandate mandate, Charter charter, DateTimeOffset now) =>
    [
        Charters.Insert(new Charters.Row
        {
            Version = charter.Version,
            Content = charter.Write(),
            Digest = charter.Digest,
            DecisionId = mandate.DecisionId,
            AdoptedAt = now.ToUnixTimeSeconds(),
        }),
        Nations.Adopt(mandate.CharterVersion, charter.Version),
        mandate.Write(charter.Version, now.ToUnixTimeSeconds(), charter.Digest, Act.ChangeCharter),
    ];

    /// <summary>
    /// The founder ends the founding phase. From then on no single person decides anything, and nothing begins it again: what the founder offered and nobody took ends with it.
    /// </summary>
    /// <exception cref="Refusal"><c>mandate_missing</c>, <c>no_charter</c>; <c>quorum_out_of_reach</c>: there are too few people to decide something.</exception>
    public static async Task EndFoundingAsync(Database database, TimeProvider time)
    {
        var mandate = await Mandate.OfFounderAsync(database, EndFoundingAct);
        var charter = await InForceAsync(database);
        var missing = await OutOfReachAsync(database, charter, time.GetUtcNow());
        if (missing.Count > 0) throw NationRefusal.QuorumOutOfReach(missing);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
            [.. mandate.Conditions, Nations.EndFounding(charter.Version) with { Condition = Mandate.Condition }, Offers.EndFounders(now), mandate.Write("nation", now, charter.Digest)]);
        mandate.Check(broken);
    }

    /// <summary>The acts that too few people could decide now: of each node too, and of who belongs to none, where the stewards of nodes decide it.</summary>
    public static async Task<IReadOnlyList<string>> OutOfReachAsync(Database database, Charter charter, DateTimeOffset now)
    {
        var members = await StandingsAsync(database, now, stewardsAlone: false);
        var nodes = (await Nodes.AllAsync(database)).Select(node => (string?)node.Id).ToList();
        return
        [
            .. charter.Rules.Values.Where(rule => (rule.By == ActRule.NodeStewards ? [.. nodes, null] : (IReadOnlyList<string?>)[null])
                .Any(node => !Quorum.Of(rule, new Matter(node, new HashSet<string>()), [], members, now).IsWithinReach)).Select(rule => rule.Act),
        ];
    }

    /// <summary>Everyone who belongs now, with their mandates.</summary>
    internal static async Task<IReadOnlyList<Standing>> StandingsAsync(Database database, DateTimeOffset now, bool stewardsAlone)
    {
        var mandates = (await Steward.InForceAsync(database, now)).ToLookup(steward => steward.MemberId);
        return
        [
            .. (await Members.BelongingAsync(database, now.ToUnixTimeSeconds(), stewardsAlone)).Select(row =>
                new Standing(row.Id, DateTimeOffset.FromUnixTimeSeconds(row.JoinedAt), row.NodeId, [.. mandates[row.Id]])),
        ];
    }
}
