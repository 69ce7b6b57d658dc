using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>Refresh tokens that are used once, for who holds nothing that could be proven with them [RFC9700 §4.14.2]: public apps, and wallets.</summary>
/// <remarks>
/// The old one gives the same new one for half a minute, so that a lost answer can be asked for again; after that, or once the new one was used, somebody else has it, and it ends all
/// that came from it.
/// </remarks>
internal sealed class Rotation(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>How long after its rotation a token gives the same successor again.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(30);

    private readonly byte[] _successorKey = keys.Derive("refresh-successor");

    /// <summary>The one successor of a token, which only this nation's servers can make, each of them the same.</summary>
    public string SuccessorOf(string token) => Base64Url.Encode(HMACSHA256.HashData(_successorKey, System.Text.Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether the answer to the rotation was lost: lately, and nobody has used the successor.</summary>
    public async Task<bool> IsRetryAsync(string token, string successor)
    {
        if (await RefreshTokens.FindAsync(database, token) is not { SpentAt: { } at, RevokedAt: null } || Now() - at > RetryWindow.TotalSeconds) return false;
        return await RefreshTokens.FindAsync(database, successor) is { SpentAt: null, RevokedAt: null };
    }

    /// <summary>Somebody else has it: all that came from it ends.</summary>
    public async Task<Refusal> ReusedAsync(RefreshTokens.Row row)
    {
        await database.CommitAsync(AccessTokens.RevokeGrant(row.GrantDigest, Now()), RefreshTokens.RevokeGrant(row.GrantDigest, Now()));
        return Wrong();
    }

    /// <summary>The one refusal of a refresh token that gives nothing.</summary>
    public static Refusal Wrong() => OAuthRefusal.InvalidGrant("the refresh token is wrong, expired, revoked, or not for this client");

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
