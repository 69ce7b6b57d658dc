using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>What a sign-in asks a wallet for: the client's policy as a DCQL query [OpenID4VP §6]. The client's request chooses inside it and can't weaken it.</summary>
public static class ProofPolicy
{
    /// <summary>The claims that are asked of a type. Without its scope the credential must still be proven, but nothing of it is disclosed [OpenID4VP §6.4.1].</summary>
    public static IReadOnlyList<string> ClaimsOf(CredentialType type, string scope) =>
        scope.Split(' ').Contains(type.Name) ? type.AskedClaims : [];

    /// <summary>The query for a client's policy and the granted scopes.</summary>
    public static DcqlQuery Query(IEnumerable<CredentialType> policy, string scope) => new(
        [.. policy.Select(type => CredentialQuery.ForSdJwtVc(type.Name, [type.Vct], ClaimsOf(type, scope).Select(ClaimsQuery.Of)))], []);
}
