using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity.SigningIn;

/// <summary>Ends sessions for the browser that they are in.</summary>
/// <remarks>
/// A session is of one client, so logging out of one client ends no other's. What a member let a client keep for when they are away, by the scope
/// <c>offline_access</c>, outlives it [OIDC-BackChannel §2.7]: it goes on in a session without a browser, which ends as all sessions do, and which the member
/// can take back (decision 0023).
/// </remarks>
public sealed class LogoutDesk(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>The sessions of a browser that a request is about: those of its client, or all where it names none.</summary>
    /// <param name="partner">The client; null for all.</param>
    /// <param name="browserSecrets">The secrets in the browser's cookies.</param>
    public async Task<IReadOnlyList<Sessions.Row>> OfBrowserAsync(Partner? partner, IEnumerable<string> browserSecrets)
    {
        List<Sessions.Row> found = [];
        foreach (var secret in browserSecrets) found.AddRange(await Sessions.OfBrowserAsync(database, RandomId.Digest(secret), Now()));
        return partner is null ? found : found.FindAll(session => session.ClientId == partner.ClientId);
    }

    /// <summary>
    /// Whether the person must be asked first: anybody can send a browser to this address, so it is done without asking only for who has an ID token of the very
    /// member [OIDC-RPInitiated §2].
    /// </summary>
    public bool MustAsk(LogoutRequest request, IReadOnlyList<Sessions.Row> sessions) => !sessions.All(session =>
        request is { Hint: { } hint, Partner: { } partner } && (hint.SessionId == Session.NameOf(keys, session.Id) || hint.Subject == Subject.For(keys, session.MemberId, partner.Sector)));

    /// <summary>Ends sessions. Their clients are told.</summary>
    public async Task EndAsync(IEnumerable<Sessions.Row> sessions)
    {
        foreach (var session in sessions)
        {
            // Where it broke, it has ended meanwhile, and all of it.
            await database.CommitAsync(
            [
                Sessions.EndOne(session.Id, Sessions.LoggedOut, Now()),
                .. await RefreshTokens.HasOfflineAsync(database, session.Id, Now()) ? Leave(session) : [],
            ]);
        }
    }

    /// <summary>What stays of a session when its browser has left.</summary>
    private IReadOnlyList<Statement> Leave(Sessions.Row session)
    {
        var id = RandomId.New();
        var claims = keys.Sealing.Open(session.Claims, Session.Owner(session.Id));
        return
        [
            .. Sessions.Insert(session with { Id = id, BrowserDigest = "", BrowserUntil = Now(), Claims = keys.Sealing.Seal(claims, Session.Owner(id)) }),
            RefreshTokens.MoveOffline(session.Id, id),
        ];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
