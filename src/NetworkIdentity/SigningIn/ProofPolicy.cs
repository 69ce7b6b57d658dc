using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>What a sign-in asks a wallet for: the client's registration as a DCQL query [OpenID4VP §6]. The client's request chooses inside it and can't weaken it.</summary>
public static class ProofPolicy
{
    /// <summary>The types that must be proven, all of them, of one member: those of the client's policy whatever its request says, and of its optional types those whose scope it requested.</summary>
    public static IReadOnlyList<string> TypesOf(Partner partner, string scope) =>
        [.. partner.Policy, .. partner.OptionalTypes.Where(scope.Split(' ').Contains)];

    /// <summary>The claims that are asked of a type. Without its scope the credential must still be proven, but nothing of it is disclosed [OpenID4VP §6.4.1].</summary>
    public static IReadOnlyList<string> ClaimsOf(CredentialType type, string scope) =>
        scope.Split(' ').Contains(type.Name) ? type.AskedClaims : [];

    /// <summary>The query for these types and the granted scopes: a credential query for each type, by its name, and no sets, so that a wallet answers all or the answer is refused.</summary>
    public static DcqlQuery Query(IEnumerable<CredentialType> asked, string scope) => new(
        [.. asked.Select(type => CredentialQuery.ForSdJwtVc(type.Name, [type.Vct], ClaimsOf(type, scope).Select(ClaimsQuery.Of)))], []);
}
