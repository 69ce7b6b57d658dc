using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Standards.Caip;

/// <summary>An account at a chain: <c>eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb</c> [CAIP-10 §Specification].</summary>
/// <remarks>Of the namespaces, <c>eip155</c> alone is known: chains that are like Ethereum, numbered by EIP-155, with an address in the checksum form of [EIP-55 §Specification].</remarks>
public sealed partial record AccountId
{
    /// <summary>The one namespace that is known.</summary>
    public const string Eip155 = "eip155";

    private AccountId(string reference, string address) => (Reference, Address) = (reference, address);

    /// <summary>Which family of chains; <see cref="Eip155"/>.</summary>
    public string Namespace { get; } = Eip155;

    /// <summary>Which chain of them: a number [CAIP-2 §Specification].</summary>
    public string Reference { get; }

    /// <summary>The address, in its checksum form.</summary>
    public string Address { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="Refusal">
    /// <c>unsupported_account</c>: a namespace that is not known here. Malformed: no account id, a chain that is no number, no address, or one whose mixed case is not its checksum.
    /// </exception>
    public static AccountId Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } parts)
            throw Refusal.Malformed("an account is written as namespace:chain:address, for example eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb");
        if (parts.Groups["namespace"].Value != Eip155)
            throw new Refusal("unsupported_account", "accounts of the namespace eip155 alone are known here: those of Ethereum, and of chains that are like it");
        var (reference, address) = (parts.Groups["reference"].Value, parts.Groups["address"].Value);
        if (!Number().IsMatch(reference)) throw Refusal.Malformed("of eip155 the chain is a number: 1 is Ethereum");
        if (!Hexadecimal().IsMatch(address)) throw Refusal.Malformed("of eip155 the address is 0x and 40 hexadecimal digits");

        // Capitals are a checksum, unless there are no others, or none [EIP-55 §Implementation].
        var written = Checksummed(address[2..].ToLowerInvariant());
        var isMixed = address.AsSpan(2).ContainsAnyInRange('a', 'f') && address.AsSpan(2).ContainsAnyInRange('A', 'F');
        return isMixed && address != written ? throw Refusal.Malformed("the capitals of the address are not its checksum: a digit is wrong") : new(reference, written);
    }

    /// <summary>The address of a public key: the last 20 bytes of its digest, in checksum form.</summary>
    /// <param name="key">x and y, 64 bytes.</param>
    public static string AddressOf(ReadOnlySpan<byte> key) => Checksummed(Convert.ToHexStringLower(Keccak256.Hash(key).AsSpan(12)));

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}:{Reference}:{Address}";

    private static string Checksummed(string digits)
    {
        var digest = Convert.ToHexStringLower(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(digits)));
        return "0x" + string.Concat(digits.Select((digit, at) => digest[at] >= '8' ? char.ToUpperInvariant(digit) : digit));
    }

    [GeneratedRegex(@"^(?<namespace>[-a-z0-9]{3,8}):(?<reference>[-_a-zA-Z0-9]{1,32}):(?<address>[-.%a-zA-Z0-9]{1,128})\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    [GeneratedRegex(@"^[1-9][0-9]{0,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Number();

    [GeneratedRegex(@"^0x[0-9a-fA-F]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Hexadecimal();
}
