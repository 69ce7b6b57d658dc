using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>
/// What a request chooses of its client's policy: of some types all that may be asked, of others some claims. By scopes, by the <c>claims</c> parameter and by
/// <c>authorization_details</c>; together they choose what any of them does. What the policy doesn't have is in no choice.
/// </summary>
public sealed class Choice
{
    /// <summary>Chosen where the client is to be told who issued what it gets, and when. No type has this name.</summary>
    public const string VerifiedClaims = "verified_claims";

    private readonly HashSet<string> _chosen;

    private Choice(IEnumerable<string> chosen) => _chosen = new(chosen, StringComparer.Ordinal);

    /// <summary>What a request chooses altogether: what is asked of the wallet.</summary>
    public static Choice Of(ProofPolicy policy, string scope, RequestOptions options) =>
        new(
        [
            .. InIdToken(policy, scope, options)._chosen,
            .. InUserInfo(policy, scope, options)._chosen,
            .. policy.VerifiedClaims == ProofPolicy.Never
                ? []
                : options.ClaimsRequest.VerifiedInIdToken.Concat(options.ClaimsRequest.VerifiedInUserInfo).SelectMany(one => one.Claims.Keys).Where(type => policy.Of(type) is not null),
            .. AtResource(scope, options),
        ]);

    /// <summary>What of it goes into the ID token as it is; what is asked for as verified claims alone is not in it.</summary>
    public static Choice InIdToken(ProofPolicy policy, string scope, RequestOptions options) =>
        In(policy, scope, options, options.ClaimsRequest.IdToken.Keys, options.ClaimsRequest.VerifiedInIdToken);

    /// <summary>What of it goes into userinfo.</summary>
    public static Choice InUserInfo(ProofPolicy policy, string scope, RequestOptions options) =>
        In(policy, scope, options, options.ClaimsRequest.UserInfo.Keys, options.ClaimsRequest.VerifiedInUserInfo);

    /// <summary>A choice as <see cref="ToString"/> wrote it.</summary>
    public static Choice Parse(string stored) => new(stored.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether anything of a type is chosen.</summary>
    public bool Has(string type) => _chosen.Contains(type) || _chosen.Any(one => one.StartsWith(type + "/", StringComparison.Ordinal));

    /// <summary>Whether a claim of a type is chosen.</summary>
    public bool Has(string type, string claim) => _chosen.Contains(type) || _chosen.Contains($"{type}/{claim}");

    /// <summary>Whether the client is to be told who issued what it gets, and when.</summary>
    public bool HasVerifiedClaims => _chosen.Contains(VerifiedClaims);

    /// <summary>Whether everything of another choice is in this one.</summary>
    public bool Covers(Choice other) => other._chosen.All(one => _chosen.Contains(one) || _chosen.Contains(one.Split('/')[0]));

    /// <summary>As it is stored: names of types, and of claims behind their type, separated by spaces.</summary>
    public override string ToString() => string.Join(' ', _chosen.Order(StringComparer.Ordinal));

    private static Choice In(ProofPolicy policy, string scope, RequestOptions options, IEnumerable<string> claims, IReadOnlyList<VerifiedClaimsRequest> verified) =>
        new(
        [
            .. scope.Split(' ').Concat(claims).Where(type => policy.Of(type) is not null),
            .. options.Details.Where(details => policy.Of(details.CredentialType) is not null).SelectMany(NamesOf),
            .. policy.TellsVerified(verified.Count > 0) ? [VerifiedClaims] : Array.Empty<string>(),
        ]);

    /// <summary>What the client may do at a resource: whoever proves is told of it. A resource's identifier has no fragment, and no type's name is a URI.</summary>
    private static IEnumerable<string> AtResource(string scope, RequestOptions options) => options.Resource is null ? [] : scope.Split(' ')
        .Where(one => one is not ("openid" or AuthorizationRequest.OfflineAccess)).Select(one => $"{options.Resource}#{one}");

    private static IEnumerable<string> NamesOf(PresentationDetails details) =>
        details.Claims is null ? [details.CredentialType] : details.Claims.Select(claim => $"{details.CredentialType}/{claim}");
}
