using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>An authorization request in a JWT that its client signed, by value [RFC9101 §4]. Read, and not yet verified.</summary>
public sealed class SignedRequest
{
    /// <summary>Header <c>typ</c> [RFC9101 §10.8]; a client may leave it out, or say <c>JWT</c>.</summary>
    public const string Type = "oauth-authz-req+jwt";

    /// <summary>The algorithms of every client's requests: none that is symmetric, and never <c>none</c>.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ClientAssertion.Algorithms;

    /// <summary>How long before now <c>nbf</c> may be, and how long after it <c>exp</c> [FAPI2-MS §5.3.1].</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(60);

    /// <summary>The claims that are the JWT's own, and no parameters.</summary>
    private static readonly string[] Registered = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

    private readonly JsonObject _json;
    private readonly JwtClaims _claims;

    private SignedRequest(Jws jws, JsonObject json)
    {
        Jws = jws;
        _json = json;
        _claims = JwtClaims.Read(json);
    }

    /// <summary>The signed text.</summary>
    public Jws Jws { get; }

    /// <summary>Reads a request object, as far as that needs no key.</summary>
    /// <exception cref="Refusal"><c>invalid_request_object</c>: it is no JWT, or one of another kind.</exception>
    public static SignedRequest Parse(string compact) => Recode(() =>
    {
        var jws = Jws.Parse(compact);
        if (jws.Type is { } type && !type.Equals(Type, StringComparison.OrdinalIgnoreCase) && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase))
            throw Refused("typ is not that of a request object");
        return new SignedRequest(jws, jws.Claims());
    });

    /// <summary>Checks what a signature is worth here and now, and gives the parameters; the signature itself is the caller's, who has the keys.</summary>
    /// <param name="clientId">The client that sent it.</param>
    /// <param name="algorithms">The algorithms that this client may use.</param>
    /// <param name="issuer">This server's issuer.</param>
    /// <param name="mustEnd">Whether <c>nbf</c> and <c>exp</c> must be there [FAPI2-MS §5.3.1].</param>
    /// <param name="now">The server's time.</param>
    /// <returns>The parameters, each of which stands in the object: none of those beside it [RFC9101 §6.3].</returns>
    /// <exception cref="Refusal"><c>invalid_request_object</c>.</exception>
    public OAuthParameters Check(string clientId, IReadOnlyList<string> algorithms, string issuer, bool mustEnd, DateTimeOffset now) => Recode(() =>
    {
        if (!algorithms.Contains(Jws.Algorithm)) throw Refused("alg is not one that this client may sign with");
        if (_json.RequiredString("client_id") != clientId) throw Refused("client_id must stand inside too, and be the same");
        if (_claims.Issuer is { } iss && iss != clientId) throw Refused("iss must be the client id");

        // What has the client as its subject could be shown as the client's own assertion [RFC9101 §10.8].
        if (_claims.Subject == clientId) throw Refused("sub must not be the client id");
        if (!_claims.Audiences.Contains(issuer)) throw Refused("aud must be the issuer");
        if (_claims.TimeFault(now) is { } fault) throw Refused(fault);
        if (mustEnd && _claims.NotBefore is null) throw Refused("nbf is missing");
        if (mustEnd && _claims.ExpiresAt is null) throw Refused("exp is missing");
        if (_claims.NotBefore < now - Longest) throw Refused("nbf is more than an hour ago");
        if (_claims.ExpiresAt > (_claims.NotBefore ?? now) + Longest) throw Refused("exp is more than an hour after nbf");
        if (_json.ContainsKey("request") || _json.ContainsKey("request_uri")) throw Refused("a request object holds no other one");
        return new OAuthParameters(_json.Where(claim => !Registered.Contains(claim.Key)).SelectMany(ValuesOf));
    });

    /// <summary>A claim as a parameter: text as it is, a list of resources as several, anything else as its JSON [RFC9101 §4].</summary>
    private static IEnumerable<KeyValuePair<string, string>> ValuesOf(KeyValuePair<string, JsonNode?> claim) => claim switch
    {
        { Value: null } => [],
        { Key: "resource", Value: JsonArray several } => several.Select(one => KeyValuePair.Create(claim.Key, TextOf(one))),
        _ => [KeyValuePair.Create(claim.Key, TextOf(claim.Value))],
    };

    private static string TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : StrictJson.WriteText(node);

    private static T Recode<T>(Func<T> read) => Refusal.Recode("invalid_request_object", read);

    private static Refusal Refused(string description) => OAuthRefusal.InvalidRequestObject($"the request object: {description}");
}
