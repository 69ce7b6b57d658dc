using NetworkIdentity.Keys;

namespace NetworkIdentity.Vcalm;

/// <summary>The instances that are configured here: none, unless the operator says so.</summary>
public sealed class Instances
{
    private readonly Dictionary<string, Instance> _byName;

    private Instances(bool isOpen, IEnumerable<Instance> instances)
    {
        IsOpen = isOpen;
        _byName = instances.ToDictionary(instance => instance.Options.Name, StringComparer.Ordinal);
    }

    /// <summary>Whether programs of this machine need no access token.</summary>
    public bool IsOpen { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Instance> All => _byName.Values;

    /// <summary>Opens them; an instance that is new gets its key.</summary>
    /// <param name="keys">The ring, which keeps their keys beside the nation's, each under a purpose of its own.</param>
    /// <param name="isOpen">Whether programs of this machine need no access token.</param>
    /// <param name="options">The instances.</param>
    public static async Task<Instances> OpenAsync(KeyRing keys, bool isOpen, IEnumerable<InstanceOptions> options)
    {
        var opened = new List<Instance>();
        foreach (var one in options) opened.Add(new(keys.Nation, one, await keys.LastingAsync(KeyPurpose.OfInstance(one.Name, one.Algorithm))));
        return new(isOpen, opened);
    }

    /// <summary>The instance of a name; null where none is configured.</summary>
    public Instance? Find(string name) => _byName.GetValueOrDefault(name);
}
