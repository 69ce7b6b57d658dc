namespace NetworkIdentity.SigningIn;

/// <summary>Which clients may introduce themselves by a document at their own address, and what those may ask of members.</summary>
/// <param name="Hosts">The hosts whose documents are read; <c>*</c> for any; none where nobody's are.</param>
/// <param name="Policy">What a sign-in to them asks.</param>
/// <param name="Loopback">Whether documents of this machine are read, by http too. For a developer's machine alone.</param>
public sealed record ClientDocumentOptions(IReadOnlyList<string> Hosts, ProofPolicy Policy, bool Loopback)
{
    /// <summary>Nobody's.</summary>
    public static ClientDocumentOptions None { get; } = new([], ProofPolicy.Usual, false);

    /// <summary>Whether anybody's are read.</summary>
    public bool IsOn => Hosts.Count > 0;

    /// <summary>Whether a host's are.</summary>
    public bool Takes(string host) => Hosts.Contains("*") || Hosts.Contains(host, StringComparer.Ordinal);
}
