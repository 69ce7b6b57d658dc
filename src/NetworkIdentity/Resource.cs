using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity;

/// <summary>An API that takes access tokens of this provider and is not this provider [RFC8707 §2] (decision 0025).</summary>
/// <param name="Identifier">Its indicator, compared as a string: <c>aud</c> of its tokens.</param>
/// <param name="Name">The name a member sees.</param>
/// <param name="Scopes">What can be asked of it. No other resource has any of them.</param>
/// <param name="Algorithm">The algorithm of its tokens.</param>
/// <param name="ClientId">The client as which it asks what its tokens are worth; null where it only verifies them.</param>
public sealed record Resource(string Identifier, string Name, IReadOnlyList<string> Scopes, string Algorithm, string? ClientId)
{
    /// <summary>The most scopes of one resource.</summary>
    public const int MaxScopes = 50;

    /// <summary>What no resource may call its scopes, since they mean something here; the names of credential types do too.</summary>
    private static readonly string[] Reserved =
        ["openid", "offline_access", "profile", "email", "address", "phone", AccessTokens.WithIdentifiers];

    /// <summary>The identifier of this provider's own userinfo: the one resource whose tokens are opaque.</summary>
    public static string UserInfo(Nation nation) => nation.Url("/userinfo");

    /// <summary>The one scope of the desk.</summary>
    public const string DeskScope = "desk";

    /// <summary>The identifier of the desk's calls: this provider's own, for whoever the operator lets an app decide for.</summary>
    public static string Desk(Nation nation) => nation.Url("/api/desk");

    /// <summary>Whether a scope has a meaning of its own here.</summary>
    public static bool IsReserved(string scope, IReadOnlyDictionary<string, CredentialType> types) => Reserved.Contains(scope) || types.ContainsKey(scope);

    /// <summary>Registers a resource; one that was retired may be registered anew.</summary>
    /// <exception cref="Refusal"><c>invalid_resource</c>, <c>resource_exists</c>, <c>scope_taken</c>.</exception>
    public async Task AddAsync(Database database, Nation nation, IReadOnlyDictionary<string, CredentialType> types, TimeProvider time)
    {
        // 1. What is wrong in itself. This provider's own URLs are its own resources.
        if (ResourceIndicator.Fault(Identifier) is { } wrong) throw Invalid($"the identifier {wrong}");
        if (Identifier == nation.Issuer || Identifier.StartsWith(nation.Url("/userinfo"), StringComparison.Ordinal) || Identifier.StartsWith(nation.Url("/credential"), StringComparison.Ordinal))
            throw Invalid("the identifier is this provider's own");
        if (DisplayName.Fault(Name) is { } fault) throw Invalid($"the name {fault}");
        if (Scopes.Count is 0 or > MaxScopes || Scopes.Distinct().Count() != Scopes.Count || Scopes.Any(scope => !ResourceIndicator.IsScope(scope)))
            throw Invalid($"the scopes must be 1 to {MaxScopes}, each once, of printable ASCII without spaces, quotation marks and backslashes");
        if ((Identifier == Desk(nation)) != Scopes.Contains(DeskScope) || (Scopes.Contains(DeskScope) && Scopes.Count > 1))
            throw Invalid($"{Desk(nation)} has the one scope {DeskScope}, and nothing else has it");
        if (Scopes.FirstOrDefault(scope => IsReserved(scope, types)) is { } reserved) throw Invalid($"{reserved} has a meaning of its own here");
        if (!KeyPurpose.IdToken.Algorithms.Contains(Algorithm)) throw Invalid($"the algorithm must be one of {string.Join(", ", KeyPurpose.IdToken.Algorithms)}");

        // 2. What goes with clients. An ID token is for a client: what is for a resource must pass for none.
        if (await Partners.FindAsync(database, Identifier) is not null) throw Invalid("the identifier is a client's");
        if (ClientId is not null && (await Partner.FindAsync(database, ClientId) is not { } client || client.IsPublic)) throw Invalid("there is no such app, or it has neither a secret nor a key");

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
        [
            Resources.Insert(new Resources.Row { Identifier = Identifier, Name = Name, Scopes = string.Join(' ', Scopes), Algorithm = Algorithm, ClientId = ClientId, CreatedAt = now }),
            .. Scopes.Select(scope => Resources.Own(scope, Identifier)),
            Journal.Write("add-resource", Identifier, "operator", null, now),
        ]);
        if (broken is not null) throw broken == "scope" ? NationRefusal.ScopeTaken() : NationRefusal.ResourceExists();
    }

    /// <summary>Retires a resource: there are no more tokens for it, and those that there are are not active any more.</summary>
    /// <exception cref="Refusal"><c>unknown_resource</c>: there is none, or it was retired before.</exception>
    public static async Task RetireAsync(Database database, TimeProvider time, string identifier)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
            Resources.Retire(identifier, now), Resources.RevokeTokens(identifier, now), Journal.Write("retire-resource", identifier, "operator", null, now));
        if (broken is not null) throw NationRefusal.UnknownResource();
    }

    /// <summary>The resource of an identifier; null where there is none, or it was retired.</summary>
    public static async Task<Resource?> FindAsync(Database database, string identifier) =>
        await Resources.FindAsync(database, identifier) is { RetiredAt: null } row ? From(row) : null;

    /// <summary>The resource of a row.</summary>
    public static Resource From(Resources.Row row) => new(row.Identifier, row.Name, row.Scopes.Split(' '), row.Algorithm, row.ClientId);

    /// <summary>Whether a client may ask for tokens for it: the operator gave it one of the scopes, and a client of FAPI 2.0 takes no RS256 [FAPI2 §5.4.1].</summary>
    public bool IsFor(Partner partner) => Scopes.Any(partner.Metadata.Scopes.Contains) && !(partner.IsFapi2 && Algorithm == "RS256");

    /// <summary>Of some scopes, those that are its own.</summary>
    public string ScopesIn(string scope) => string.Join(' ', scope.Split(' ').Where(Scopes.Contains));

    private static Refusal Invalid(string description) => NationRefusal.InvalidResource(description);
}
