namespace NetworkIdentity.Server.Pages.Account;

/// <summary>What <see cref="ErasedPage"/> shows.</summary>
/// <param name="Nation">The nation's name.</param>
/// <param name="CorrelationId">The id under which the server's log knows this request.</param>
public sealed record ErasedView(string Nation, string CorrelationId);
