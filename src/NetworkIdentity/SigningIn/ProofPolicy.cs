using System.Text.Json.Nodes;

namespace NetworkIdentity.SigningIn;

/// <summary>What a sign-in asks a wallet for: the client's policy as a DCQL query [OpenID4VP §6]. The client's request chooses inside it and can't weaken it.</summary>
public static class ProofPolicy
{
    /// <summary>The claims that are asked of a type. Without its scope the credential must still be proven, but nothing of it is disclosed.</summary>
    public static IReadOnlyList<string> ClaimsOf(CredentialType type, string scope) =>
        scope.Split(' ').Contains(type.Name) ? type.AskedClaims : [];

    /// <summary>The query for a client's policy and the granted scopes.</summary>
    public static JsonObject Query(IEnumerable<CredentialType> policy, string scope) => new()
    {
        ["credentials"] = new JsonArray([.. policy.Select(type => (JsonNode)Credential(type, ClaimsOf(type, scope)))]),
    };

    private static JsonObject Credential(CredentialType type, IReadOnlyList<string> claims)
    {
        var credential = new JsonObject
        {
            ["id"] = type.Name,
            ["format"] = "dc+sd-jwt",
            ["meta"] = new JsonObject { ["vct_values"] = new JsonArray(type.Vct) },
        };

        // No claims means: nothing that may be withheld is asked for [OpenID4VP §6.4.1].
        if (claims.Count > 0)
            credential["claims"] = new JsonArray([.. claims.Select(name => new JsonObject { ["path"] = new JsonArray(name) })]);
        return credential;
    }
}
