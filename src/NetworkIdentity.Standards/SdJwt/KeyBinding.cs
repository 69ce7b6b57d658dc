using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>The key binding JWT: the holder's signature over this presentation, for this verifier, now [RFC9901 §4.3].</summary>
public static class KeyBinding
{
    /// <summary>Header <c>typ</c> of a key binding JWT.</summary>
    public const string Type = "kb+jwt";

    /// <summary>Verifies that the holder of <paramref name="holder"/> made this presentation [RFC9901 §7.3 step 5].</summary>
    /// <param name="presentation">The presentation.</param>
    /// <param name="holder">The key in the credential's <c>cnf</c>, from the processed payload (step 5.1).</param>
    /// <param name="audience">This verifier, as the request named it: the full client id, compared as a string.</param>
    /// <param name="nonce">The nonce of the request.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxAge">How old the key binding may be.</param>
    /// <param name="skew">How far the holder's clock may be wrong, either way.</param>
    /// <returns>The claims of the key binding JWT.</returns>
    /// <exception cref="Refusal">Malformed, with words of its own for each step.</exception>
    public static JsonObject Verify(
        SdJwt presentation, VerificationKey holder, string audience, string nonce, DateTimeOffset now, TimeSpan maxAge, TimeSpan skew)
    {
        // 1. Whether a key binding is required is the caller's policy: whoever calls this requires it.
        // 2. A presentation without one is refused.
        if (presentation.KeyBindingJwt is not { } compact) throw Refusal.Malformed("the key binding JWT is missing");
        var jws = Jws.Parse(compact);

        // 5.2 and 5.3. The signature; the algorithm is the key's, never none.
        if (!jws.IsSignedBy(holder)) throw Refusal.Malformed("the key binding JWT is not signed by the holder's key");

        // 5.4. The type.
        if (jws.Type != Type) throw Refusal.Malformed("typ of the key binding JWT must be kb+jwt");
        var claims = jws.Claims();

        // 5.5. The time, both ways.
        if (claims.OptionalTime("iat") is not { } issuedAt) throw Refusal.Malformed("iat of the key binding JWT is missing");
        if (issuedAt > now + skew) throw Refusal.Malformed("iat of the key binding JWT is in the future");
        if (issuedAt < now - maxAge - skew) throw Refusal.Malformed("iat of the key binding JWT is too long ago");

        // 5.6. This verifier, this request: both are single strings.
        if (claims.RequiredString("aud") != audience) throw Refusal.Malformed("aud of the key binding JWT is not this verifier");
        if (claims.RequiredString("nonce") != nonce) throw Refusal.Malformed("nonce of the key binding JWT is not the request's");

        // 5.7. This very selection of disclosures.
        if (claims.RequiredString("sd_hash") != SdHash.Of(presentation.WithoutKeyBinding))
            throw Refusal.Malformed("sd_hash of the key binding JWT is of another presentation");

        // 5.8. What else a JWT may say about its times [RFC7519 §4.1.4] [RFC7519 §4.1.5].
        if (claims.OptionalTime("exp") is { } expires && expires <= now - skew) throw Refusal.Malformed("the key binding JWT has expired");
        if (claims.OptionalTime("nbf") is { } notBefore && notBefore > now + skew) throw Refusal.Malformed("the key binding JWT is not yet valid");
        return claims;
    }

    /// <summary>Presents: adds the holder's key binding JWT to an SD-JWT that ends in a tilde.</summary>
    /// <param name="withoutKeyBinding">The SD-JWT with the selected disclosures.</param>
    /// <param name="holder">The holder's key.</param>
    /// <param name="audience">The verifier.</param>
    /// <param name="nonce">The verifier's nonce.</param>
    /// <param name="now">The time, which becomes <c>iat</c>.</param>
    /// <param name="cancellation">Ends the signing.</param>
    /// <returns>The SD-JWT+KB.</returns>
    public static async ValueTask<string> CreateAsync(
        string withoutKeyBinding, SigningKey holder, string audience, string nonce, DateTimeOffset now, CancellationToken cancellation = default)
    {
        var header = new JsonObject { ["alg"] = holder.Algorithm, ["typ"] = Type };
        var claims = new JsonObject
        {
            ["iat"] = now.ToUnixTimeSeconds(),
            ["aud"] = audience,
            ["nonce"] = nonce,
            ["sd_hash"] = SdHash.Of(withoutKeyBinding),
        };
        return withoutKeyBinding + await Jws.SignAsync(Jws.ToBeSigned(header, claims), holder, cancellation);
    }
}
