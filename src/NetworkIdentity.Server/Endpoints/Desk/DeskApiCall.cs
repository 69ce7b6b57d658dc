using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Public;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>Who calls the desk: a member, by a program that they let decide for them. A cookie says nothing here (A89).</summary>
internal static class DeskApiCall
{
    /// <summary>The member's session at the program.</summary>
    /// <exception cref="Refusal"><c>invalid_token</c>, <c>insufficient_scope</c>, <c>invalid_dpop_proof</c>, <c>use_dpop_nonce</c>.</exception>
    public static async Task<Sessions.Row> OpenAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        context.Response.Headers.CacheControl = "no-store";

        // 1. A token that is bound to a key, with a proof of that key [RFC9449 §7.1]. As a bearer token none is taken.
        var token = DpopProof.TokenOf(context.Request.Headers.Authorization) ?? throw OAuthRefusal.InvalidToken();
        var proof = ProofOfPossession.Read(context, nation, token) ?? throw OAuthRefusal.InvalidDpopProof("the DPoP header is missing");
        var jkt = await nation.DpopProofs.TakeAsync(proof);

        // 2. It is a member's, for this resource, with its scope.
        var (session, scopes) = await nation.Tokens.SessionOfAsync(token, Resource.Desk(nation.Keys.Nation), jkt!) ?? throw OAuthRefusal.InvalidToken();
        if (!scopes.Contains(Resource.DeskScope)) throw OAuthRefusal.InsufficientScope($"the access token must have the scope {Resource.DeskScope}");

        // 3. Of each member at each program so many, so that nobody uses up another's (A94).
        limits.CountApp($"{session.ClientId} {session.MemberId}");
        return session;
    }

    /// <summary>Where the charter says so, who decides has just proven what the pages have them prove; else the program has them do it [RFC9470 §3].</summary>
    /// <exception cref="Refusal">
    /// <c>insufficient_user_authentication</c>; where no sign-in at this program would be enough, <c>steward_credential_missing</c> or <c>unauthorized_client</c>.
    /// </exception>
    public static async Task MustHaveProvenAsync(NationContext nation, ActRule rule, Sessions.Row session)
    {
        if (await DeskProof.IsEnoughAsync(nation, rule, session)) return;
        var (scope, shown) = ($"openid {Resource.DeskScope}", "");
        if (DeskProof.IsForStewards(rule))
        {
            if (!await DeskProof.HoldsStewardCredentialAsync(nation, session.MemberId)) throw NationRefusal.StewardCredentialMissing(nation.Keys.Nation.Url(EarnedEndpoint.StewardPath));
            if ((await Partner.FindAsync(nation.Database, session.ClientId))?.Policy.Of(CredentialType.Steward) is null)
                throw OAuthRefusal.UnauthorizedClient("by the charter this act wants your steward credential, and this program may not ask for it: the operator registers it with --optional steward");
            (scope, shown) = ($"{scope} {CredentialType.Steward}", ", with their steward credential,");
        }

        throw OAuthRefusal.InsufficientUserAuthentication(
            $"by the charter the member proves anew{shown} who they are for this act, and decides within {DeskProof.JustNow.TotalMinutes:0} minutes", DeskProof.JustNow, scope);
    }
}
