using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>A token for a client that acts for itself: no member, no ID token, and nothing to renew [RFC6749 §4.4].</summary>
public sealed class ClientGrant(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Gives a token for a resource.</summary>
    /// <param name="partner">The authenticated client.</param>
    /// <param name="scope">The scopes it asks for; null for all that it was registered with, of the resource.</param>
    /// <param name="named">The resource; null where the scopes say it [RFC9068 §3].</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with; null where none came.</param>
    /// <exception cref="Refusal"><c>unauthorized_client</c>, <c>invalid_scope</c>, <c>invalid_target</c>.</exception>
    public async Task<Tokens> GrantAsync(Partner partner, string? scope, string? named, string? jkt)
    {
        // 1. The client is registered for this alone; a public one never is.
        if (!partner.IsMachine) throw OAuthRefusal.UnauthorizedClient("the client is not registered for the grant client_credentials");

        // 2. Nothing is left out of what it asks for: a machine would notice too late.
        string[] asked = scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [.. partner.Metadata.Scopes];
        if (asked.Length == 0 || !asked.All(partner.Metadata.Scopes.Contains)) throw OAuthRefusal.InvalidScope("scope holds what this client was not registered for");

        // 3. One resource, which all scopes are of.
        var identifier = named ?? await Resources.OwnerAsync(database, asked[0]);
        if (identifier is null || await Resource.FindAsync(database, identifier) is not { } resource || !resource.IsFor(partner)) throw OAuthRefusal.InvalidTarget("there is no such resource for this client");
        if (scope is null && named is not null) asked = [.. asked.Where(resource.Scopes.Contains)];
        if (!asked.All(resource.Scopes.Contains)) throw OAuthRefusal.InvalidTarget("the scopes are of several resources: name one of these, and its scopes");

        var token = await AccessToken.OfClientAsync(keys, partner, resource, AccessToken.Allowed(resource, partner, string.Join(' ', asked)), jkt, time.GetUtcNow());
        await database.CommitAsync(AccessTokens.Insert(token.Row));
        return new Tokens(token.Text, jkt is not null, null, null, token.Row.Scope);
    }
}
