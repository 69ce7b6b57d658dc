namespace NetworkIdentity.Server.Pages;

/// <summary>One credential that an app asks for, in a person's words.</summary>
/// <param name="Name">What the credential is called, for example "Membership".</param>
/// <param name="Claims">What of it is disclosed, in words; empty when just holding it is asked.</param>
/// <param name="Always">What every credential of the kind says in the clear, whatever is asked, in words.</param>
/// <param name="Purpose">Why it is asked, as one sentence; null where the app says why for all that it asks.</param>
public sealed record AskedCredential(string Name, IReadOnlyList<string> Claims, IReadOnlyList<string> Always, string? Purpose)
{
    /// <summary>What of it the member may leave out, in words.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>What must hold of the credential, as sentences.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];
}
