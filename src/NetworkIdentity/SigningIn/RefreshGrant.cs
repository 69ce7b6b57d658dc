using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>A refresh token for new tokens, while the session stands [RFC6749 §6] [OIDC §12].</summary>
/// <remarks>
/// A client that has a secret or a key keeps its refresh token: whoever stole it can't use it, and an answer that is lost signs no one out. Another public client
/// gets a new one each time, by <see cref="Rotation"/>.
/// </remarks>
public sealed class RefreshGrant(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>How long after its rotation a token gives the same successor again.</summary>
    public static readonly TimeSpan RetryWindow = Rotation.RetryWindow;

    private readonly Rotation _rotation = new(database, keys, time);

    /// <summary>Renews tokens.</summary>
    /// <param name="partner">The authenticated client.</param>
    /// <param name="token">The refresh token.</param>
    /// <param name="scope">The scopes it asks for, some of those that were granted; null for all of them.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with; null where none came.</param>
    /// <param name="resource">Whom the access token is to be for: the resource that was granted, or userinfo; null for the one that was granted.</param>
    /// <exception cref="Refusal"><c>invalid_grant</c>, <c>invalid_scope</c>, <c>invalid_target</c>, <c>unauthorized_client</c>.</exception>
    public async Task<Tokens> RefreshAsync(Partner partner, string token, string? scope, string? jkt, string? resource = null)
    {
        if (await RefreshTokens.FindAsync(database, token) is not { } row || row.ClientId != partner.ClientId) throw Rotation.Wrong();
        if (!partner.MayRefresh) throw OAuthRefusal.UnauthorizedClient("the client is not registered for the grant refresh_token any more");
        if (row.DpopJkt is { } bound && bound != jkt) throw OAuthRefusal.InvalidGrant("the refresh token is bound to another key");
        if (await Sessions.FindAsync(database, row.SessionId) is not { } session || !session.Stands(Now())) return await GoneAsync();
        var granted = Narrowed(row.Scope, scope);

        var made = await AccessToken.OfMemberAsync(database, keys, new(partner, session, granted, row.Options, row.GrantDigest), resource, jkt, time.GetUtcNow());
        var access = AccessTokens.Insert(made.Row);
        var rotates = partner.IsPublic && row.DpopJkt is null;
        var successor = rotates ? _rotation.SuccessorOf(token) : null;
        // Whether it was taken back is looked at in the act; its time is its session's.
        var broken = row.SpentAt is not null ? "spent" : await database.CommitAsync(
            successor is null
                ? [Sessions.Stand(session.Id, Now()), RefreshTokens.Stand(row.TokenDigest), access]
                :
                [
                    Sessions.Stand(session.Id, Now()),
                    RefreshTokens.Spend(row.TokenDigest, Now()),
                    RefreshTokens.Insert(row with { TokenDigest = RandomId.Digest(successor), CreatedAt = Now() }),
                    access,
                ]);
        if (broken == "session") return await GoneAsync();
        if (broken is not null && !await IsRetryAsync(token, successor, session, access)) throw await _rotation.ReusedAsync(row);

        var options = RequestOptions.Read(row.Options);
        var idToken = await Tokens.SignIdTokenAsync(database, keys, partner, session, granted, options, null, made.Text, time.GetUtcNow());
        return new Tokens(made.Text, jkt is not null, idToken, successor, made.Row.Scope) { AuthorizationDetails = Told.Details(keys, session, options) };

        // Its member may have logged out this very moment, and it goes on in a session without a browser.
        async Task<Tokens> GoneAsync() => await RefreshTokens.FindAsync(database, token) is { } moved && moved.SessionId != row.SessionId
            ? await RefreshAsync(partner, token, scope, jkt, resource)
            : throw Ended();
    }

    /// <summary>The session of a grant has ended.</summary>
    internal static Refusal Ended() => OAuthRefusal.InvalidGrant("the session has ended: its member logged out, or a credential that was proven has been revoked or suspended, or has ended");

    private static string Narrowed(string granted, string? asked)
    {
        if (asked is null) return granted;
        var (known, wanted) = (granted.Split(' '), asked.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (wanted.Length == 0 || !wanted.All(known.Contains)) throw OAuthRefusal.InvalidScope("scope holds what was not granted before");
        return string.Join(' ', known.Where(wanted.Contains));
    }

    /// <summary>Whether the answer to the rotation was lost; the access token is kept then.</summary>
    private async Task<bool> IsRetryAsync(string token, string? successor, Sessions.Row session, Statement access) =>
        successor is not null && await _rotation.IsRetryAsync(token, successor) && await database.CommitAsync(Sessions.Stand(session.Id, Now()), access) is null;

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
