using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>A JWT by which a client says who it is, signed with its own key [RFC7523 §2.2] [OIDC §9]. Read, and not yet verified.</summary>
public sealed class ClientAssertion
{
    /// <summary>The value of <c>client_assertion_type</c>.</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The algorithms of every client's assertions: none that is symmetric.</summary>
    public static readonly IReadOnlyList<string> Algorithms = [JoseAlgorithm.ES256, JoseAlgorithm.PS256, JoseAlgorithm.EdDSA, JoseAlgorithm.Ed25519, JoseAlgorithm.RS256];

    /// <summary>How far ahead <c>exp</c> may be: as long it is remembered that the assertion was used.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private const int MaxIdLength = 256;

    private readonly JwtClaims _claims;

    private ClientAssertion(Jws jws, JwtClaims claims, string clientId, string id, DateTimeOffset expiresAt)
    {
        Jws = jws;
        _claims = claims;
        (ClientId, Id, ExpiresAt) = (clientId, id, expiresAt);
    }

    /// <summary>The signed text.</summary>
    public Jws Jws { get; }

    /// <summary><c>iss</c> and <c>sub</c>: who it says it is.</summary>
    public string ClientId { get; }

    /// <summary><c>jti</c>, which is good once.</summary>
    public string Id { get; }

    /// <summary><c>exp</c>.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Reads an assertion, as far as that needs no key.</summary>
    /// <exception cref="Refusal"><c>invalid_client</c>: it is no JWT, or has not the claims of [RFC7523 §3] and a <c>jti</c>.</exception>
    public static ClientAssertion Parse(string compact) => Refusal.Recode("invalid_client", () =>
    {
        var jws = Jws.Parse(compact);

        // A proof of possession, a request object or a token that the same key signed is no assertion [RFC8725 §3.11].
        if (jws.Type is { } type && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase) && !type.Equals("client-authentication+jwt", StringComparison.OrdinalIgnoreCase))
            throw Refused("typ is not that of a client assertion");
        var claims = JwtClaims.Read(jws.Claims());
        var clientId = claims.Issuer ?? throw Refused("iss is missing");
        if (claims.Subject != clientId) throw Refused("sub must be the client id, as iss");
        if (claims.Audiences.Count == 0) throw Refused("aud is missing");
        var id = claims.Id is { Length: > 0 and <= MaxIdLength } jti ? jti : throw Refused($"jti must be of 1 to {MaxIdLength} characters");
        return new ClientAssertion(jws, claims, clientId, id, claims.ExpiresAt ?? throw Refused("exp is missing"));
    });

    /// <summary>Checks what a signature is worth here and now; the signature itself is the caller's, who has the keys.</summary>
    /// <param name="algorithms">The algorithms that this client may use.</param>
    /// <param name="issuer">This server's issuer.</param>
    /// <param name="endpoints">The URLs that may stand for the issuer; null where the issuer alone may stand there, as a string [FAPI2 §5.3.2.1].</param>
    /// <param name="now">The server's time.</param>
    /// <exception cref="Refusal"><c>invalid_client</c>.</exception>
    public void Check(IReadOnlyList<string> algorithms, string issuer, IReadOnlyCollection<string>? endpoints, DateTimeOffset now)
    {
        if (!algorithms.Contains(Jws.Algorithm)) throw Refused("alg is not one that this client may sign with");
        var isForUs = endpoints is null
            ? _claims is { IsOneAudience: true, Audiences: [var one] } && one == issuer
            : _claims.Audiences.Any(audience => audience == issuer || endpoints.Contains(audience));
        if (!isForUs) throw Refused(endpoints is null ? "aud must be the issuer, as a string" : "aud must be the issuer or the endpoint");
        if (_claims.TimeFault(now) is { } fault) throw Refused(fault);
        if (ExpiresAt > now + Longest) throw Refused($"exp is more than {Longest.TotalMinutes} minutes ahead");
    }

    private static Refusal Refused(string description) => OAuthRefusal.InvalidClient($"the client assertion: {description}");
}
