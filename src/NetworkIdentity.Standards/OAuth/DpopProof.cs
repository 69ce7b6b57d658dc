using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>A proof that whoever sends a request has a key, checked but for what only the server knows: its nonce, and whether its id was seen [RFC9449 §4.3].</summary>
/// <param name="Thumbprint">The thumbprint of the key, <c>jkt</c> [RFC9449 §6.1].</param>
/// <param name="Id"><c>jti</c>, which is good once.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="Nonce">The server's nonce; null where it holds none.</param>
public sealed record DpopProof(string Thumbprint, string Id, DateTimeOffset IssuedAt, string? Nonce)
{
    /// <summary>Header <c>typ</c>: what keeps any other JWT from being taken for a proof.</summary>
    public const string Type = "dpop+jwt";

    /// <summary>The scheme of a bound access token in the Authorization header [RFC9449 §7.1].</summary>
    public const string Scheme = "DPoP";

    /// <summary>The algorithms that a proof may be signed with: those of [FAPI2 §5.4.1], for every client.</summary>
    public static readonly IReadOnlyList<string> Algorithms = [JoseAlgorithm.ES256, JoseAlgorithm.PS256, JoseAlgorithm.EdDSA, JoseAlgorithm.Ed25519];

    /// <summary>How far <c>iat</c> may be from the server's time, exclusive, before it and after it.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private const int MaxLength = 8 * 1024;
    private const int MaxIdLength = 256;

    /// <summary>Checks a proof, in the order of [RFC9449 §4.3].</summary>
    /// <param name="proof">The header's value, of which there was one.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="url">The URL that was asked, as the issuer names it, without a query.</param>
    /// <param name="accessToken">The access token that comes with it; null where none does.</param>
    /// <param name="now">The server's time.</param>
    /// <exception cref="Refusal"><c>invalid_dpop_proof</c>.</exception>
    public static DpopProof Verify(string proof, string method, string url, string? accessToken, DateTimeOffset now) =>
        Refusal.Recode(OAuthRefusal.InvalidDpopProofCode, () => VerifySteps(proof, method, url, accessToken, now));

    /// <summary>The access token of an Authorization header of this scheme; null where it has another scheme.</summary>
    public static string? TokenOf(string? authorization) =>
        authorization?.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase) == true && authorization[Scheme.Length..].Trim() is { Length: > 0 } token ? token : null;

    private static DpopProof VerifySteps(string proof, string method, string url, string? accessToken, DateTimeOffset now)
    {
        // 1. There is one header: the caller looked. 2. It is a well-formed JWT. 3. Each claim is required where it is looked at.
        if (proof.Length > MaxLength) throw Refused("the proof is too long");
        var jws = Jws.Parse(proof);

        // 4. typ
        if (jws.Type != Type) throw Refused($"typ must be {Type}");

        // 5. An asymmetric algorithm that is deemed secure.
        if (!Algorithms.Contains(jws.Algorithm)) throw Refused("alg is not one of dpop_signing_alg_values_supported");

        // 6. The signature is of the key in the header. 7. That key is public: Jwk takes no other.
        var key = Jwk.Parse(jws.Header.RequiredObject("jwk"));
        using (var verification = VerificationKey.Import(key))
            if (!jws.IsSignedBy(verification)) throw Refused("the signature is not the key's");

        // 8. htm, 9. htu
        var claims = jws.Claims();
        if (claims.RequiredString("htm") != method) throw Refused("htm is not the method of the request");
        if (!IsSameUrl(claims.RequiredString("htu"), url)) throw Refused("htu is not the URL of the request");

        // 10. The nonce is the caller's to check. 11. iat; the caller knows each jti that came while it was good.
        var registered = JwtClaims.Read(claims);
        var issuedAt = registered.IssuedAt ?? throw Refused("iat is missing");
        if (issuedAt <= now - Window || issuedAt >= now + Window) throw Refused("iat is a minute or more from the server's time");
        if (registered.TimeFault(now) is { } fault) throw Refused(fault);
        var id = registered.Id is { Length: > 0 and <= MaxIdLength } jti ? jti : throw Refused($"jti must be of 1 to {MaxIdLength} characters");

        // 12. ath is of the access token, whose binding to the key is the caller's to check.
        if (accessToken is not null && claims.RequiredString("ath") != Base64Url.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(accessToken))))
            throw Refused("ath is not the hash of the access token");
        return new(key.Thumbprint(), id, issuedAt, claims.OptionalString("nonce"));
    }

    /// <summary>Whether both are one URL, after normalization of syntax and scheme, without query and fragment [RFC9449 §4.3] [RFC3986 §6.2.2] [RFC3986 §6.2.3].</summary>
    private static bool IsSameUrl(string htu, string url) =>
        Uri.TryCreate(htu, UriKind.Absolute, out var claimed) && Uri.TryCreate(url, UriKind.Absolute, out var asked)
        && !htu.Contains('\\', StringComparison.Ordinal) && claimed.UserInfo.Length == 0
        && claimed.Scheme == asked.Scheme && claimed.Port == asked.Port
        && string.Equals(claimed.IdnHost, asked.IdnHost, StringComparison.OrdinalIgnoreCase) && claimed.AbsolutePath == asked.AbsolutePath;

    private static Refusal Refused(string description) => OAuthRefusal.InvalidDpopProof(description);
}
