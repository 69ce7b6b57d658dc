using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>What one sign-in asks of a wallet: the client's policy, with what its request chose in it, as a DCQL query [OpenID4VP §6].</summary>
/// <param name="Credentials">The credentials, all of which must be proven, by one member.</param>
public sealed record ProofRequest(IReadOnlyList<ProofRequest.Asked> Credentials)
{
    /// <summary>A claim that every SD-JWT VC has in the clear: asked for where nothing else must be shown, since a wallet can't be asked for nothing [OpenID4VP §6.1].</summary>
    private const string InTheClear = "vct";

    /// <summary>What is asked of one credential.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Claims">The claims that must be shown.</param>
    /// <param name="Optional">Those that the member may leave out.</param>
    /// <param name="Terms">What must hold of the credential itself.</param>
    public sealed record Asked(CredentialType Type, IReadOnlyList<string> Claims, IReadOnlyList<string> Optional, CredentialTerms Terms);

    /// <summary>What a choice in a policy leads to.</summary>
    public static ProofRequest Of(ProofPolicy policy, Choice choice, IReadOnlyDictionary<string, CredentialType> types) => new(
    [
        .. policy.TypesFor(choice).Select(name =>
        {
            var (credential, type) = (policy.Of(name)!, types[name]);
            return new Asked(
                type,
                [.. credential.Required, .. (credential.OnRequest ?? type.AskedClaims).Where(claim => choice.Has(name, claim))],
                [.. credential.Optional.Where(claim => choice.Has(name, claim))],
                credential.Terms);
        }),
    ]);

    /// <summary>What a client asks by <c>authorization_details</c> must be in its policy: nothing is left out silently [RFC9396 §5].</summary>
    /// <exception cref="Refusal"><c>invalid_authorization_details</c>.</exception>
    public static void CheckDetails(ProofPolicy policy, IReadOnlyList<PresentationDetails> details, IReadOnlyDictionary<string, CredentialType> types)
    {
        foreach (var one in details)
        {
            if (policy.Of(one.CredentialType) is not { } credential) throw OAuthRefusal.InvalidAuthorizationDetails("this client may not ask for that credential_type");
            var type = types[credential.Type];
            if (one.Claims?.All(claim => credential.Lets(claim) ?? type.AskedClaims.Contains(claim)) == false)
                throw OAuthRefusal.InvalidAuthorizationDetails($"this client may not ask for those claims of {type.Name}");
        }
    }

    /// <summary>What must hold of each credential, by the id of its query.</summary>
    public IReadOnlyDictionary<string, CredentialTerms> Terms => Credentials.ToDictionary(asked => asked.Type.Name, asked => asked.Terms);

    /// <summary>
    /// The query: a credential query for each type, by its name, and no sets of them, so that a wallet answers all or the answer is refused. Where a member may
    /// leave claims out, a set with them stands before one without.
    /// </summary>
    public DcqlQuery ToDcql() => new([.. Credentials.Select(QueryOf)], []);

    private static CredentialQuery QueryOf(Asked asked)
    {
        if (asked.Optional.Count == 0) return CredentialQuery.ForSdJwtVc(asked.Type.Name, [asked.Type.Vct], asked.Claims.Select(ClaimsQuery.Of));
        IReadOnlyList<string> must = asked.Claims.Count > 0 ? asked.Claims : [InTheClear];
        string[] all = [.. must, .. asked.Optional];
        return CredentialQuery.ForSdJwtVc(asked.Type.Name, [asked.Type.Vct], all.Select(claim => ClaimsQuery.Of(claim) with { Id = claim })) with { ClaimSets = [all, must] };
    }
}
