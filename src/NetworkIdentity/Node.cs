using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity;

/// <summary>A place of the nation.</summary>
/// <param name="Id">The id, never given to another.</param>
/// <param name="Name">Its name: one node has it.</param>
/// <param name="Region">Where in the world it is, in words.</param>
public sealed record Node(string Id, string Name, string Region)
{
    /// <summary>The claim, of whatever type, that names a node.</summary>
    public const string Claim = "node";

    /// <summary>Adds a node, on the founder's word where no mandate is given.</summary>
    /// <exception cref="Refusal"><c>invalid_node</c>, <c>node_exists</c>, <c>mandate_missing</c>.</exception>
    public static async Task<Node> AddAsync(Database database, TimeProvider time, string name, string region, Mandate? mandate = null)
    {
        (name, region) = (name.Trim(), region.Trim());
        Check(name, region);
        mandate ??= await Mandate.OfFounderAsync(database, "add-node");
        var (id, now) = (RandomId.New(), time.GetUtcNow().ToUnixTimeSeconds());
        var broken = await database.CommitAsync(
        [
            .. mandate.Conditions,
            Nodes.Insert(new Nodes.Row { Id = id, Name = name, Region = region, CreatedAt = now }),
            mandate.Write(id, now, act: "add-node"),
        ]);
        mandate.Check(broken);
        return broken is null ? new Node(id, name, region) : throw NationRefusal.NodeExists();
    }

    /// <summary>Whether a node could have this name and region.</summary>
    /// <exception cref="Refusal"><c>invalid_node</c>.</exception>
    internal static void Check(string name, string region)
    {
        if (DisplayName.Fault(name) is { } fault) throw NationRefusal.InvalidNode($"the name {fault}");
        if (DisplayName.Fault(region) is { } regionFault) throw NationRefusal.InvalidNode($"the region {regionFault}");
    }

    /// <summary>The nodes, by name.</summary>
    public static async Task<IReadOnlyList<Node>> AllAsync(Database database) =>
        [.. (await Nodes.AllAsync(database)).Select(row => new Node(row.Id, row.Name, row.Region))];

    /// <summary>The node of a name.</summary>
    /// <exception cref="Refusal"><c>unknown_node</c>, with those that there are.</exception>
    public static async Task<Node> FindAsync(Database database, string name)
    {
        var all = await AllAsync(database);
        return all.FirstOrDefault(node => node.Name == name) ?? throw NationRefusal.UnknownNode(all.Select(node => node.Name));
    }

    /// <summary>Holds a claim against the nation's nodes. A nation that has none yet takes any name.</summary>
    /// <returns>The node's id; null in a nation that has none.</returns>
    /// <exception cref="Refusal"><c>unknown_node</c>, with those that there are.</exception>
    internal static async Task<string?> CheckAsync(Database database, string name)
    {
        var all = await AllAsync(database);
        var named = all.FirstOrDefault(node => node.Name == name);
        return all.Count == 0 || named is not null ? named?.Id : throw NationRefusal.UnknownNode(all.Select(node => node.Name));
    }
}
