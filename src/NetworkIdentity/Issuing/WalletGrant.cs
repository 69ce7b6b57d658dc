using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Issuing;

/// <summary>How a wallet that waits comes back: by a refresh token, once for each [RFC6749 §6], since a token of its own may live five minutes alone [OpenID4VCI §13.10].</summary>
/// <remarks>
/// What it gives opens what was asked for before, on the keys that were proven then: whoever has it has no membership of it. It is good as long as something waits, and for a day
/// after it was given: the answer may have been lost.
/// </remarks>
public sealed class WalletGrant(Database database, KeyRing keys, TimeProvider time)
{
    private const long Retry = 24 * 3600;

    private readonly Rotation _rotation = new(database, keys, time);

    /// <summary>Renews the tokens of a wallet.</summary>
    /// <param name="token">The refresh token.</param>
    /// <param name="clientId">The client id that the wallet names; null for an anonymous wallet.</param>
    /// <returns>An access token and the next refresh token, with the configurations that it was told to name by identifiers; null where the token is no wallet's.</returns>
    /// <exception cref="Refusal"><c>invalid_grant</c>.</exception>
    public async Task<Offering.Redeemed?> RefreshAsync(string token, string? clientId)
    {
        if (await RefreshTokens.FindAsync(database, token) is not { Audience: AccessTokens.ForCredential } row) return null;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (row.ExpiresAt <= now || row.ClientId != (clientId ?? "")) throw Rotation.Wrong();
        if (await Offers.FindAsync(database, row.SessionId) is not { ApplicationId: { } application } || !await Deferrals.IsAwaitedAsync(database, row.SessionId, now - Retry))
            throw OAuthRefusal.InvalidGrant("nothing waits that it could be used for");
        var (access, successor, covered) = (RandomId.Secret(), _rotation.SuccessorOf(token), row.Scope.Split(' '));
        var keep = AccessTokens.Insert(new AccessTokens.Row
        {
            TokenDigest = RandomId.Digest(access),
            Audience = AccessTokens.ForCredential,
            SubjectId = row.SessionId,
            ClientId = clientId,
            Scope = $"{row.Scope} {AccessTokens.Renewed}",
            GrantDigest = row.GrantDigest,
            CreatedAt = now,
            ExpiresAt = now + (long)Offering.AccessTokenLifetime.TotalSeconds,
        });
        var next = row with { TokenDigest = RandomId.Digest(successor), CreatedAt = now, ExpiresAt = Math.Max(row.ExpiresAt, await Connecting.UntilAsync(database, application)) };
        var broken = row.SpentAt is not null ? "spent" : await database.CommitAsync(RefreshTokens.Spend(row.TokenDigest, now), RefreshTokens.Insert(next), keep);
        if (broken is not null && !(await _rotation.IsRetryAsync(token, successor) && await database.CommitAsync(RefreshTokens.Stand(next.TokenDigest), keep) is null))
            throw await _rotation.ReusedAsync(row);
        return new(access, covered.Contains(AccessTokens.WithIdentifiers) ? [.. covered.Where(one => one != AccessTokens.WithIdentifiers)] : []) { RefreshToken = successor };
    }
}
