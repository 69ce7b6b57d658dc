using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>What a sign-in asks a wallet for: the client's registration as a DCQL query [OpenID4VP §6]. The client's request chooses inside it and can't weaken it.</summary>
public static class ProofPolicy
{
    /// <summary>The types that must be proven, all of them, of one member: those of the client's policy whatever its request says, and of its optional types those that it asked for.</summary>
    public static IReadOnlyList<string> TypesOf(Partner partner, string asked) =>
        [.. partner.Policy, .. partner.OptionalTypes.Where(asked.Split(' ').Contains)];

    /// <summary>What was asked for, by scope or by the <c>claims</c> parameter, as scopes: of types that the client may ask for, those that it did.</summary>
    public static string AskedOf(Partner partner, string scope, RequestOptions options)
    {
        var claims = options.ClaimsRequest;
        var scopes = scope.Split(' ');
        return string.Join(' ', scopes.Concat(partner.Policy.Concat(partner.OptionalTypes).Where(type =>
            !scopes.Contains(type) && (claims.IdToken.ContainsKey(type) || claims.UserInfo.ContainsKey(type)))));
    }

    /// <summary>The claims that are asked of a type. Where it was not asked for, the credential must still be proven, but nothing of it is disclosed [OpenID4VP §6.4.1].</summary>
    public static IReadOnlyList<string> ClaimsOf(CredentialType type, string asked) =>
        asked.Split(' ').Contains(type.Name) ? type.AskedClaims : [];

    /// <summary>The query for these types: a credential query for each, by its name, and no sets, so that a wallet answers all or the answer is refused.</summary>
    public static DcqlQuery Query(IEnumerable<CredentialType> types, string asked) => new(
        [.. types.Select(type => CredentialQuery.ForSdJwtVc(type.Name, [type.Vct], ClaimsOf(type, asked).Select(ClaimsQuery.Of)))], []);
}
