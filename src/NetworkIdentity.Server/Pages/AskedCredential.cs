namespace NetworkIdentity.Server.Pages;

/// <summary>One credential that an app asks for, in a person's words.</summary>
/// <param name="Name">What the credential is called, for example "Membership".</param>
/// <param name="Claims">What of it is disclosed, in words; empty when just holding it is asked.</param>
/// <param name="Always">What every credential of the kind says in the clear, whatever is asked, in words.</param>
/// <param name="Purpose">Why it is asked, as one sentence.</param>
public sealed record AskedCredential(string Name, IReadOnlyList<string> Claims, IReadOnlyList<string> Always, string Purpose);
