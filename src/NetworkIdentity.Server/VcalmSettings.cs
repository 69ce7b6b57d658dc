using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Server;

/// <summary>The configuration of VCALM instances: section <c>Vcalm</c> of the <see cref="Settings"/>.</summary>
/// <param name="IsOpen"><c>NETID__Vcalm__Open</c>: programs of this machine need no access token.</param>
/// <param name="Instances"><c>NETID__Vcalm__Instances__NAME__...</c>, by their names.</param>
public sealed record VcalmSettings(bool IsOpen, IReadOnlyList<InstanceOptions> Instances)
{
    /// <summary>No instance.</summary>
    public static VcalmSettings None { get; } = new(false, []);

    private static readonly string[] Known = ["Cryptosuite", "KeyType", "Issuers", "Status", "Examples"];

    /// <summary>Reads and checks it.</summary>
    /// <param name="section">The section.</param>
    /// <param name="faults">Gets a line for each fault, which names its setting.</param>
    internal static VcalmSettings Read(IConfiguration section, List<string> faults) => new(
        Flag(section, "Open", "NETID__Vcalm__Open", faults),
        [.. section.GetSection("Instances").GetChildren().Select(child => OptionsOf(child, faults)).OfType<InstanceOptions>()]);

    private static InstanceOptions? OptionsOf(IConfigurationSection child, List<string> faults)
    {
        var (name, setting) = (child.Key.ToLowerInvariant(), $"NETID__Vcalm__Instances__{child.Key}");
        if (!InstanceOptions.IsName(name)) faults.Add($"{setting}: the name of an instance has 1 to {InstanceOptions.MaxNameLength} letters, digits and hyphens");
        if (child.GetChildren().FirstOrDefault(one => !Known.Contains(one.Key, StringComparer.OrdinalIgnoreCase)) is { } odd) faults.Add($"{setting}__{odd.Key} is no setting of an instance: {string.Join(", ", Known)} are");
        if (child["Cryptosuite"] is not { } suite || !InstanceOptions.Cryptosuites.TryGetValue(suite, out var keyTypes))
        {
            faults.Add($"{setting}__Cryptosuite must be one of {string.Join(", ", InstanceOptions.Cryptosuites.Keys)}");
            return null;
        }

        var keyType = child["KeyType"] ?? keyTypes[0];
        if (!keyTypes.Contains(keyType)) faults.Add($"{setting}__KeyType must be {string.Join(" or ", keyTypes)} for {suite}");
        var options = new InstanceOptions(name, suite, keyType) { HasStatus = Flag(child, "Status", $"{setting}__Status", faults), KnowsExamples = Flag(child, "Examples", $"{setting}__Examples", faults) };
        if (child["Issuers"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is not { } issuers) return options;
        if (issuers.FirstOrDefault(issuer => !Did.OwnKeys.Contains(issuer) && !Did.Is(issuer)) is { } wrong)
            faults.Add($"{setting}__Issuers must be DIDs separated by commas, or {string.Join(" or ", Did.OwnKeys)} for all of these; {wrong} is none");
        return options with { Issuers = issuers };
    }

    private static bool Flag(IConfiguration section, string name, string setting, List<string> faults)
    {
        if (section[name] is not { Length: > 0 } text) return false;
        if (bool.TryParse(text, out var flag)) return flag;
        faults.Add($"{setting} must be true or false");
        return false;
    }
}
