using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.SigningIn;

/// <summary>The pairwise subject: how one partner knows one member, and no other partner does [OIDC §8.1].</summary>
/// <remarks>
/// HMAC-SHA-256 of sector and member id under a secret of purpose <c>subject</c>. It depends on no key, DID or claim of the member, so it stays
/// the same with a new credential, a new phone, and a restored server.
/// </remarks>
public static class Subject
{
    /// <summary>The sector of all clients that see public subjects, where the nation allows that: no host and no client id is empty.</summary>
    public const string PublicSector = "";

    /// <summary>The subject of a member at the partners of a sector: 43 characters.</summary>
    public static string For(KeyRing keys, string memberId, string sector) => Base64Url.Encode(
        keys.CurrentKey(KeyPurpose.Subject, KeyPurpose.Hmac).Authenticate(System.Text.Encoding.UTF8.GetBytes($"{sector}\0{memberId}")));
}
