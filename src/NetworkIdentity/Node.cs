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

    /// <summary>Adds a node.</summary>
    /// <exception cref="Refusal"><c>invalid_node</c>, <c>node_exists</c>, <c>mandate_missing</c>.</exception>
    public static async Task<Node> AddAsync(Database database, Nation nation, TimeProvider time, string name, string region)
    {
        (name, region) = (name.Trim(), region.Trim());
        if (DisplayName.Fault(name) is { } fault) throw NationRefusal.InvalidNode($"the name {fault}");
        if (DisplayName.Fault(region) is { } regionFault) throw NationRefusal.InvalidNode($"the region {regionFault}");
        var mandate = Mandate.For(nation, "add-node");
        var (id, now) = (RandomId.New(), time.GetUtcNow().ToUnixTimeSeconds());
        var broken = await database.CommitAsync(
            Nodes.Insert(new Nodes.Row { Id = id, Name = name, Region = region, CreatedAt = now }),
            Journal.Write("add-node", id, mandate.Actor, mandate.CharterVersion, now));
        return broken is null ? new Node(id, name, region) : throw NationRefusal.NodeExists();
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
    /// <exception cref="Refusal"><c>unknown_node</c>, with those that there are.</exception>
    internal static async Task CheckAsync(Database database, string name)
    {
        var all = await AllAsync(database);
        if (all.Count > 0 && all.All(node => node.Name != name)) throw NationRefusal.UnknownNode(all.Select(node => node.Name));
    }
}
