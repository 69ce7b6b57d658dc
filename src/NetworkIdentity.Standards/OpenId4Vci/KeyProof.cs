using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>A key proof of type <c>jwt</c> that was checked [OpenID4VCI App. F.1] [OpenID4VCI App. F.4].</summary>
/// <param name="HolderKey">The key that the credential is to be bound to.</param>
/// <param name="HolderDid">The DID that the key is of; null where the key came by itself.</param>
/// <param name="Nonce">The nonce it carries; whether it is fresh is the issuer's to say.</param>
public sealed record KeyProof(Jwk HolderKey, string? HolderDid, string Nonce)
{
    /// <summary>Header <c>typ</c>: what keeps any other JWT from being taken for a proof.</summary>
    public const string Type = "openid4vci-proof+jwt";

    /// <summary>The algorithms that a proof may be signed with.</summary>
    public static readonly IReadOnlyList<string> Algorithms = [JoseAlgorithm.ES256, JoseAlgorithm.EdDSA, JoseAlgorithm.Ed25519];

    /// <summary>A binding method: the key by itself [OpenID4VCI §12.2.4].</summary>
    public const string PlainKey = "jwk";

    /// <summary>How old <c>iat</c> may be. The nonce is what makes a proof fresh; this bounds a clock that is wrong.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(60);

    /// <summary>Checks everything of a proof but the nonce's freshness.</summary>
    /// <param name="proof">The compact JWT.</param>
    /// <param name="credentialIssuer">The credential issuer identifier, which <c>aud</c> must equal as a string.</param>
    /// <param name="clientId">The client the access token was given to; null for an anonymous wallet.</param>
    /// <param name="now">The time to check <c>iat</c> against.</param>
    /// <param name="byDid">Whether the key is named by its DID, in <c>kid</c>; else it stands in <c>jwk</c>.</param>
    /// <exception cref="Refusal"><c>invalid_proof</c>, with the step that failed.</exception>
    public static KeyProof Verify(string proof, string credentialIssuer, string? clientId, DateTimeOffset now, bool byDid = false) =>
        Refusal.Recode("invalid_proof", () => VerifySteps(proof, credentialIssuer, clientId, now, byDid));

    private static KeyProof VerifySteps(string proof, string credentialIssuer, string? clientId, DateTimeOffset now, bool byDid)
    {
        // The order is that of App. F.4.
        var jws = Jws.Parse(proof);

        // "the key proof is explicitly typed"
        if (jws.Type != Type) throw VciRefusal.InvalidProof($"typ must be {Type}");

        // "the header parameter indicates a registered asymmetric digital signature algorithm", supported and in the metadata
        if (!Algorithms.Contains(jws.Algorithm)) throw VciRefusal.InvalidProof("alg is not one of proof_signing_alg_values_supported");

        // Exactly one key [OpenID4VCI App. F.1], and "the header parameter does not contain a private key".
        var (key, did) = byDid ? ByDid(jws) : (ByJwk(jws), null);

        // "the signature verifies with the public key contained in the header"
        using (var verification = VerificationKey.Import(key))
            if (!jws.IsSignedBy(verification)) throw VciRefusal.InvalidProof("the signature is not the key's");

        var claims = jws.Claims();
        if (claims.RequiredString("aud") != credentialIssuer) throw VciRefusal.InvalidProof("aud must be the credential issuer identifier");

        // iss MUST be the client's id; an anonymous wallet MUST omit it, but some send their own name: it says nothing then (docs/divergences.md).
        if (clientId is not null && claims.OptionalString("iss") is { } iss && iss != clientId)
            throw VciRefusal.InvalidProof("iss must be the client id");

        // "the creation time of the JWT ... is within an acceptable window"
        var issuedAt = claims.OptionalTime("iat") ?? throw VciRefusal.InvalidProof("iat is missing");
        if (issuedAt > now + MaxAhead) throw VciRefusal.InvalidProof("iat is in the future");
        if (issuedAt < now - MaxAge) throw VciRefusal.InvalidProof("iat is too old");

        // "if the server has a nonce endpoint, the nonce in the key proof matches": it is there; the issuer spends it.
        return new(key, did, claims.OptionalString("nonce") ?? throw VciRefusal.InvalidProof("nonce is missing: get one from the nonce endpoint"));
    }

    private static Jwk ByJwk(Jws jws)
    {
        var json = jws.Header.OptionalObject("jwk");
        if (json is null || jws.Header.ContainsKey("kid") || jws.Header.ContainsKey("x5c"))
            throw VciRefusal.InvalidProof("the header must hold the key as jwk, and neither kid nor x5c: cryptographic_binding_methods_supported says so for this credential");
        return Jwk.Parse(json);
    }

    private static (Jwk Key, string Did) ByDid(Jws jws)
    {
        if (jws.KeyId is not { } kid || jws.Header.ContainsKey("jwk") || jws.Header.ContainsKey("x5c"))
            throw VciRefusal.InvalidProof("the header must name the key by its DID URL as kid, and hold neither jwk nor x5c: cryptographic_binding_methods_supported says so for this credential");
        try
        {
            if (kid.StartsWith("did:key:", StringComparison.Ordinal))
            {
                var did = "did:key:" + DidKey.BodyOf(kid);
                return (DidKey.Parse(did), did);
            }

            if (kid.StartsWith("did:jwk:", StringComparison.Ordinal) && kid.EndsWith("#0", StringComparison.Ordinal)) return (DidJwk.Parse(kid[..^2]), kid[..^2]);
        }
        catch (Refusal refusal)
        {
            throw VciRefusal.InvalidProof(refusal.Description);
        }

        throw VciRefusal.InvalidProof($"kid must be the URL of a key of a {string.Join(" or ", Did.OwnKeys)}");
    }
}
