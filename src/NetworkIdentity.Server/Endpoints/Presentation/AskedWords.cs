using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>What a sign-in asks, in words for the person who is asked.</summary>
internal static class AskedWords
{
    /// <summary>One entry a credential.</summary>
    public static IReadOnlyList<AskedCredential> Of(ProofRequest asked, ProofPolicy policy, Nation nation) =>
    [
        .. asked.Credentials.Select(one => new AskedCredential(
            NameOf(one.Type),
            [.. one.Claims.Select(one.Type.LabelOf)],
            [.. one.Type.OpenClaims.Except(one.Claims).Select(one.Type.LabelOf)],
            policy.Purpose is null ? $"To know that you hold a {NameOf(one.Type).ToLowerInvariant()} credential of {nation.Name}" : null)
        {
            Optional = [.. one.Optional.Select(one.Type.LabelOf)],
            Conditions = [.. ConditionsOf(one)],
        }),
    ];

    /// <summary>What people call a type.</summary>
    public static string NameOf(CredentialType type) => type.Metadata.Name ?? type.Name;

    /// <summary>The ways in which it may be proven.</summary>
    public static IReadOnlyList<string> ContextsOf(ProofPolicy policy, RequestOptions options) =>
        [.. Session.Contexts.Where(context => AuthorizationRequest.Admits(policy, options, context))];

    /// <summary>The one way of those in which it may be proven, as a sentence goes on; null where there are more.</summary>
    public static string? WayOf(IReadOnlyList<string> contexts) => contexts is not [var only] ? null : only switch
    {
        Session.SameDevice => "with a wallet on this device",
        Session.CrossDevice => "with a wallet on another device",
        _ => "with a wallet that this browser finds",
    };

    private static IEnumerable<string> ConditionsOf(ProofRequest.Asked asked)
    {
        if (asked.Terms.Issuers is { } issuers) yield return $"It must be issued by {string.Join(" or ", issuers)}.";
        if (asked.Terms.MaxAgeDays is { } age) yield return age == 0 ? "It must have been issued today." : $"It must have been issued within the last {Days(age)}.";
        if (asked.Terms.MinDaysLeft is { } left) yield return $"It must be valid for another {Days(left)}.";
    }

    private static string Days(int days) => days == 1 ? "day" : $"{days} days";
}
