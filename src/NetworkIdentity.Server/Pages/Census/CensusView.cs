using NetworkIdentity.Ledger;

namespace NetworkIdentity.Server.Pages.Census;

/// <summary>What <see cref="CensusPage"/> shows.</summary>
public sealed record CensusView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The newest census; null before the first.</summary>
    public required CensusStatement? Census { get; init; }

    /// <summary>What people call the types, by their names.</summary>
    public required IReadOnlyDictionary<string, string> Types { get; init; }

    /// <summary>When the next one is due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>How many entries the public log has now.</summary>
    public required long LogSize { get; init; }

    /// <summary>When the last of them was written; null where there is none.</summary>
    public required DateTimeOffset? LogAt { get; init; }

    /// <summary>The log's newest checkpoint.</summary>
    public required string CheckpointUrl { get; init; }

    /// <summary>The census as it was signed.</summary>
    public required string JsonUrl { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The nodes and elsewhere, in the order of their names.</summary>
    internal IEnumerable<(string Id, string Name)> Places => Census!.Nodes.Select(node => (node.Key, node.Value)).OrderBy(node => node.Value, StringComparer.Ordinal).Append((Ledger.Census.Elsewhere, "Elsewhere, or in a node that is not shown"));

    /// <summary>The types, memberships first.</summary>
    internal IEnumerable<string> TypeNames => Census!.Taken.Types.OrderByDescending(type => type == CredentialType.Membership).ThenBy(NameOf, StringComparer.Ordinal);

    /// <summary>What people call a type.</summary>
    internal string NameOf(string type) => Types.GetValueOrDefault(type, type);

    /// <summary>A number in words.</summary>
    internal string Words(string type, string place) => Census!.Cells.FirstOrDefault(cell => cell.Type == type && cell.Node == place)?.AtLeast is { } number ? $"{number} or more" : "not shown";
}
