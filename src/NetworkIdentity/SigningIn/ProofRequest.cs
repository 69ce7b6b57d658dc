using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
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
    /// <param name="Formats">The formats that are taken, any of them.</param>
    /// <param name="Terms">What must hold of the credential itself.</param>
    public sealed record Asked(CredentialType Type, IReadOnlyList<string> Claims, IReadOnlyList<string> Optional, IReadOnlyList<string> Formats, CredentialTerms Terms)
    {
        /// <summary>The type in each format.</summary>
        internal IEnumerable<CredentialConfiguration> Configurations => Formats.Select(format => new CredentialConfiguration(Type, format));
    }

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
                credential.Formats,
                credential.Terms);
        }),
    ]);

    /// <summary>The same of credentials that have ended too: <see cref="CredentialTerms.TakesEnded"/>.</summary>
    internal ProofRequest TakingEnded() => new([.. Credentials.Select(asked => asked with { Terms = asked.Terms with { TakesEnded = true } })]);

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
    public IReadOnlyDictionary<string, CredentialTerms> Terms => Credentials.SelectMany(asked => asked.Configurations.Select(one => (one.Id, asked.Terms))).ToDictionary();

    /// <summary>
    /// The query: a credential query for each type and format, by its name. Where a type may come in several formats, sets of queries say that one is enough; else there are none, and a wallet answers all or
    /// the answer is refused. Where a member may leave claims out, a set with them stands before one without.
    /// </summary>
    public DcqlQuery ToDcql() => new(
        [.. Credentials.SelectMany(asked => asked.Configurations.Select(one => QueryOf(asked, one)))],
        Credentials.All(asked => asked.Formats.Count == 1) ? [] : [.. Credentials.Select(asked => new CredentialSetQuery([.. asked.Configurations.Select(one => (IReadOnlyList<string>)[one.Id])], true))]);

    private static CredentialQuery QueryOf(Asked asked, CredentialConfiguration configuration)
    {
        // Nothing must be asked for of a W3C credential, since all of it is shown.
        var isSdJwt = configuration.Format == SdJwtVc.Format;
        if (asked.Optional.Count == 0) return Query(asked.Claims.Select(Claim));
        IReadOnlyList<string> must = asked.Claims.Count > 0 ? asked.Claims : [isSdJwt ? InTheClear : "type"];
        string[] all = [.. must, .. asked.Optional];
        return Query(all.Select(claim => Claim(claim) with { Id = claim })) with { ClaimSets = [all, must] };

        ClaimsQuery Claim(string name) => new(configuration.PathOf(ClaimsPath.Of(name)), null, []);

        CredentialQuery Query(IEnumerable<ClaimsQuery> claims) => isSdJwt
            ? CredentialQuery.ForSdJwtVc(configuration.Id, [asked.Type.Vct], claims)
            : CredentialQuery.ForLdpVc(configuration.Id, [Vocabulary.VerifiableCredentialIri, asked.Type.W3cIri], claims);
    }
}
