using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>A request to a wallet, as the claims of a signed request object [OpenID4VP §5] [RFC9101].</summary>
public sealed record RequestObject
{
    /// <summary>Header <c>typ</c> [OpenID4VP §5].</summary>
    public const string Type = "oauth-authz-req+jwt";

    /// <summary>The media type it is served as.</summary>
    public const string MediaType = "application/oauth-authz-req+jwt";

    /// <summary>The protocol of a signed request by the Digital Credentials API [OpenID4VP App. A.1].</summary>
    public const string SignedProtocol = "openid4vp-v1-signed";

    /// <summary>What <c>aud</c> is for a wallet whose metadata is not known [OpenID4VP §5.8].</summary>
    private const string SelfIssued = "https://self-issued.me/v2";

    /// <summary>The client id with its prefix.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the wallet posts its answer; null where the browser carries it.</summary>
    public string? ResponseUri { get; init; }

    /// <summary>The origins from which the browser may be handed this request; empty where no browser is [OpenID4VP App. A.2].</summary>
    public IReadOnlyList<string> ExpectedOrigins { get; init; } = [];

    /// <summary>A mode of <see cref="ResponseModes"/>.</summary>
    public required string ResponseMode { get; init; }

    /// <summary>Fresh, at least 128 bits.</summary>
    public required string Nonce { get; init; }

    /// <summary>Comes back with the answer; null where the browser carries it [OpenID4VP App. A.2].</summary>
    public string? State { get; init; }

    /// <summary>The DCQL query.</summary>
    public required DcqlQuery Query { get; init; }

    /// <summary>Who asks, for a wallet that shows it.</summary>
    public required string ClientName { get; init; }

    /// <summary>The key the answer is encrypted to; null for <c>direct_post</c>.</summary>
    public Jwk? EncryptionKey { get; init; }

    /// <summary>What the wallet sent with POST, echoed; null where it sent none.</summary>
    public string? WalletNonce { get; init; }

    /// <summary>When it is made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Until when it may be answered.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The claims as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["aud"] = SelfIssued,
            ["client_id"] = ClientId,
            ["response_type"] = "vp_token",
            ["response_mode"] = ResponseMode,
            ["nonce"] = Nonce,
            ["dcql_query"] = Query.ToJson(),
            ["client_metadata"] = ClientMetadata(),
            ["iat"] = IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = ExpiresAt.ToUnixTimeSeconds(),
        };

        if (ResponseUri is not null) json["response_uri"] = ResponseUri;
        if (State is not null) json["state"] = State;
        if (ExpectedOrigins.Count > 0) json["expected_origins"] = new JsonArray([.. ExpectedOrigins.Select(origin => (JsonNode)origin)]);

        // A wallet ignores iss [OpenID4VP §5]. With a DID it is left away, since there are wallets that look for the DID without its prefix in it.
        if (ClientIdPrefixes.Of(ClientId) != ClientIdPrefixes.DecentralizedIdentifier) json["iss"] = ClientId;
        if (WalletNonce is not null) json["wallet_nonce"] = WalletNonce;
        return json;
    }

    /// <summary>The link that opens a wallet [OpenID4VP §5.10]; POST lets the wallet bind the request to itself with a nonce.</summary>
    public static string Link(string clientId, string requestUri, string scheme = "openid4vp") =>
        $"{scheme}://?client_id={Uri.EscapeDataString(clientId)}&request_uri={Uri.EscapeDataString(requestUri)}&request_uri_method=post";

    private JsonObject ClientMetadata()
    {
        var metadata = new JsonObject
        {
            ["client_name"] = ClientName,
            ["vp_formats_supported"] = FormatsSupported(),
        };
        if (EncryptionKey is not null)
        {
            metadata["jwks"] = new JsonObject { ["keys"] = new JsonArray(EncryptionKey.ToJson()) };
            metadata["encrypted_response_enc_values_supported"] = new JsonArray([.. JweEncryption.All.Select(enc => (JsonNode)enc)]);
        }

        return metadata;
    }

    /// <summary>Of the formats that are asked for, which keys and proofs are read [OpenID4VP §11.1].</summary>
    private JsonObject FormatsSupported() => new(Query.Credentials.Select(query => query.Format).Distinct().Select(format => KeyValuePair.Create(format, (JsonNode?)(format == CredentialQuery.LdpVc
        ? new JsonObject
        {
            ["proof_type_values"] = new JsonArray(DataIntegrityProof.Type),
            ["cryptosuite_values"] = new JsonArray([.. Cryptosuite.Names.Select(name => (JsonNode)name)]),
        }
        : new JsonObject
        {
            ["sd-jwt_alg_values"] = new JsonArray(JoseAlgorithm.ES256),
            ["kb-jwt_alg_values"] = new JsonArray(JoseAlgorithm.ES256, JoseAlgorithm.EdDSA, JoseAlgorithm.Ed25519),
        }))));
}
