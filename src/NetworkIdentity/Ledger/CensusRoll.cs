namespace NetworkIdentity.Ledger;

/// <summary>Who belongs, as the leaves of the public log say it: they are added in the log's order.</summary>
public sealed class CensusRoll
{
    /// <summary>The acts that move it. Others do not.</summary>
    public static readonly IReadOnlyList<string> Acts = ["issue", "resume", "revoke", "suspend"];

    private readonly Dictionary<string, Held> _credentials = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Key, string? Node)> _members = new(StringComparer.Ordinal);

    /// <summary>A person who belongs.</summary>
    /// <param name="Key">What stands for them where a number is made: the salt of their first leaf, which nobody knows but the nation and its auditor.</param>
    /// <param name="Node">The node that they belonged to when they were last given something; null for none.</param>
    /// <param name="Types">The types of which they hold a credential in force.</param>
    public sealed record Person(string Key, string? Node, IReadOnlySet<string> Types);

    /// <summary>The next leaf.</summary>
    public void Add(CensusLeaf leaf)
    {
        if (!_credentials.TryGetValue(leaf.Subject, out var held)) _credentials[leaf.Subject] = held = new Held();
        switch (leaf.Act)
        {
            case "issue" when leaf.Counted is { } counted:
                held.Counted = counted;
                _members[counted.Member] = (_members.TryGetValue(counted.Member, out var known) ? known.Key : counted.Salt, counted.Node);
                break;
            case "revoke": held.IsRevoked = true; break;
            case "suspend": held.IsSuspended = true; break;
            case "resume": held.IsSuspended = false; break;
        }
    }

    /// <summary>
    /// Who belongs at a time: who holds a membership that was not revoked, is not suspended and has not ended. Each is there once, whatever they hold. An exit certificate, which a member who
    /// came back may have, is not counted.
    /// </summary>
    /// <param name="at">Unix seconds.</param>
    public IReadOnlyList<Person> At(long at)
    {
        var types = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var held in _credentials.Values)
        {
            if (held is not { Counted: { } counted, IsRevoked: false, IsSuspended: false } || counted.Until <= at || counted.Type == CredentialType.Exit) continue;
            if (!types.TryGetValue(counted.Member, out var of)) types[counted.Member] = of = new(StringComparer.Ordinal);
            of.Add(counted.Type);
        }

        return [.. types.Where(one => one.Value.Contains(CredentialType.Membership)).Select(one => new Person(_members[one.Key].Key, _members[one.Key].Node, one.Value))];
    }

    private sealed class Held
    {
        public Counted? Counted { get; set; }

        public bool IsRevoked { get; set; }

        public bool IsSuspended { get; set; }
    }
}
