namespace NetworkIdentity.Verifying;

/// <summary>What must hold of a credential beyond its being good: what a policy says of its issuer and its age.</summary>
/// <param name="Issuers">Whose credentials are accepted, of those that are trusted; null for all of them.</param>
/// <param name="MaxAgeDays">How many days ago it may have been issued, in UTC; null for any number. A credential says the day alone.</param>
/// <param name="MinDaysLeft">How many days it must still be valid; null where that doesn't matter.</param>
public sealed record CredentialTerms(IReadOnlyList<string>? Issuers, int? MaxAgeDays, int? MinDaysLeft)
{
    /// <summary>Whether a W3C credential must name a list by which it can be revoked: what a thief of a key would leave out. The nation's own must, whatever stands here.</summary>
    public bool NeedsStatus { get; init; }

    /// <summary>
    /// Whether the nation's own credential is taken though it has been revoked or suspended, or is over: it proves who holds its key, and nothing else. Of those that ended the one is taken that the member got last.
    /// No policy says so: <see cref="SigningIn.MemberPages.CaseClientId"/> alone.
    /// </summary>
    public bool TakesEnded { get; init; }

    /// <summary>Nothing more.</summary>
    public static CredentialTerms None { get; } = new(null, null, null);

    /// <summary>Whether an issuer's credentials are accepted; compared as strings.</summary>
    public bool Accepts(string? issuer) => Issuers is null || (issuer is not null && Issuers.Contains(issuer, StringComparer.Ordinal));

    /// <summary>Whether a credential was issued too long ago; one that doesn't say when is.</summary>
    public bool IsTooOld(DateTimeOffset? issuedAt, DateTimeOffset now) => MaxAgeDays is { } days
        && (issuedAt is not { } at || DateOnly.FromDateTime(at.UtcDateTime).AddDays(days) < DateOnly.FromDateTime(now.UtcDateTime));

    /// <summary>Whether a credential ends too soon; one that doesn't say when never passes.</summary>
    public bool EndsTooSoon(DateTimeOffset? expiresAt, DateTimeOffset now) => MinDaysLeft is { } days && !(expiresAt >= now + TimeSpan.FromDays(days));

    /// <summary>What of its times a policy does not take; null where it takes them.</summary>
    public (string Reason, string Words)? FaultOf(DateTimeOffset? issuedAt, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (IsTooOld(issuedAt, now)) return ("too_old", "the client takes credentials alone that were issued more lately");
        return EndsTooSoon(expiresAt, now) ? ("ends_too_soon", "the client takes credentials alone that are valid for longer") : null;
    }
}
