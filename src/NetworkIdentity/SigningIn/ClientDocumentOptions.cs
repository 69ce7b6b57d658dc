namespace NetworkIdentity.SigningIn;

/// <summary>Which clients may introduce themselves by a document at their own address, and what those may ask of members.</summary>
/// <param name="Hosts">The hosts whose documents are read; <c>*</c> for any; none where nobody's are.</param>
/// <param name="Policy">The credential types that a sign-in must prove.</param>
/// <param name="OptionalTypes">The credential types that a scope of their name adds.</param>
/// <param name="Loopback">Whether documents of this machine are read, by http too. For a developer's machine alone.</param>
public sealed record ClientDocumentOptions(IReadOnlyList<string> Hosts, IReadOnlyList<string> Policy, IReadOnlyList<string> OptionalTypes, bool Loopback)
{
    /// <summary>Nobody's.</summary>
    public static ClientDocumentOptions None { get; } = new([], [CredentialType.Membership], [], false);

    /// <summary>Whether anybody's are read.</summary>
    public bool IsOn => Hosts.Count > 0;

    /// <summary>Whether a host's are.</summary>
    public bool Takes(string host) => Hosts.Contains("*") || Hosts.Contains(host, StringComparer.Ordinal);
}
