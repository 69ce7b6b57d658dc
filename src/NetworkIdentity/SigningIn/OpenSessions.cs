using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>
/// A client asks again in the browser in which its member has proven: it gets another code without another proof, where the session says all that is asked
/// [OIDC §3.1.2.3]. A session of one client is none for another, so nobody is signed in anywhere they did not prove.
/// </summary>
public sealed class OpenSessions(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Tries it.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="browserSecrets">The secrets in the browser's cookies.</param>
    /// <returns>The code; null where a member must prove.</returns>
    /// <exception cref="Refusal">
    /// A member must prove, and <c>prompt=none</c> forbids to ask: <c>login_required</c>, or <c>interaction_required</c> where who it is is known, and what they
    /// have shown is not enough [OIDC §3.1.2.6].
    /// </exception>
    public async Task<string?> ContinueAsync(AuthorizationRequest request, IEnumerable<string> browserSecrets)
    {
        var session = request.AsksAnew ? null : await FindAsync(request, browserSecrets);
        if (session is null) return request.IsSilent ? throw OAuthRefusal.LoginRequired("nobody is signed in for this client in this browser, or not as it asks") : null;
        if (!await SaysAllAsync(request, session)) return request.IsSilent ? throw OAuthRefusal.InteractionRequired() : null;

        var code = RandomId.Secret();
        var broken = await database.CommitAsync(
        [
            Sessions.Stand(session.Id, Now()),
            AuthorizationCodes.Insert(request.CodeFor(code, session.Id, Now())),
            .. request.PushedDigest is { } pushed ? [PushedRequests.Spend(pushed)] : Array.Empty<Statement>(),
        ]);
        if (broken == "pushed") throw OAuthRefusal.InvalidRequestUri();
        return broken is null ? code : request.IsSilent ? throw OAuthRefusal.LoginRequired("the session has ended") : null;
    }

    /// <summary>The session, if it is young enough, and of the member that the client expects.</summary>
    private async Task<Sessions.Row?> FindAsync(AuthorizationRequest request, IEnumerable<string> browserSecrets)
    {
        foreach (var secret in browserSecrets)
        {
            if (await Sessions.FindInBrowserAsync(database, request.Partner.ClientId, RandomId.Digest(secret), Now()) is not { } session) continue;
            if (request.MaxAge is { } maxAge && Now() - session.ProvenAt >= maxAge) continue;
            if (request.HintedSubject is { } hinted && hinted != Subject.For(keys, session.MemberId, request.Partner.Sector)) continue;
            return session;
        }

        return null;
    }

    /// <summary>Whether everything that is asked was proven, in the way that it must be.</summary>
    private async Task<bool> SaysAllAsync(AuthorizationRequest request, Sessions.Row session)
    {
        var policy = request.Partner.Policy;
        var asked = Choice.Of(policy, request.Scope, request.Options);
        if (!Choice.Parse(session.ProvenScope).Covers(asked) || !request.Admits(Session.ContextOf(session))) return false;

        // A policy may have become stricter since: that of a client whose document was read anew.
        var (proven, disclosed) = (await Credentials.OfSessionAsync(database, session.Id), Session.DisclosedIn(keys, session));
        return policy.TypesFor(asked).Select(type => policy.Of(type)!).All(credential =>
            proven.Any(one => one.Type == credential.Type) && credential.Required.All(claim => disclosed[credential.Type] is JsonObject claims && claims.ContainsKey(claim)));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
