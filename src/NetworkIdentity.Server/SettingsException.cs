namespace NetworkIdentity.Server;

/// <summary>The configuration is wrong: said at start, one line for each fault, each naming its setting.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>The faults, in the words for the operator.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
