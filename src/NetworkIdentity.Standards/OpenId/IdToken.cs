using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.OpenId;

/// <summary>The claims of an ID token [OIDC §2].</summary>
public sealed record IdToken
{
    /// <summary>The issuer URL.</summary>
    public required string Issuer { get; init; }

    /// <summary>The pairwise subject.</summary>
    public required string Subject { get; init; }

    /// <summary>The client id.</summary>
    public required string Audience { get; init; }

    /// <summary>When it is made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Until when it may be taken.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the member proved.</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>The client's nonce; null where it sent none.</summary>
    public string? Nonce { get; init; }

    /// <summary>The session's id, <c>sid</c> [OIDC-BackChannel §2.1]; null where it has none.</summary>
    public string? SessionId { get; init; }

    /// <summary>How the member proved, <c>acr</c>; null where that is not said.</summary>
    public string? Context { get; init; }

    /// <summary>By what, <c>amr</c> [RFC8176 §1]; null where that is not said.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The access token given with it, whose hash it carries; null where there is none.</summary>
    public string? AccessToken { get; init; }

    /// <summary>The algorithm it will be signed with, which chooses the hash of <see cref="AccessToken"/>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Further claims, by name.</summary>
    public JsonObject Claims { get; init; } = [];

    /// <summary>The claims as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = Subject,
            ["aud"] = Audience,
            ["iat"] = IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = ExpiresAt.ToUnixTimeSeconds(),
            ["auth_time"] = AuthenticatedAt.ToUnixTimeSeconds(),
        };
        if (Nonce is not null) json["nonce"] = Nonce;
        if (SessionId is not null) json["sid"] = SessionId;
        if (Context is not null) json["acr"] = Context;
        if (Methods is not null) json["amr"] = new JsonArray([.. Methods.Select(method => (JsonNode)method)]);
        if (AccessToken is not null) json["at_hash"] = HashOf(AccessToken);
        foreach (var (name, value) in Claims) json[name] = value?.DeepClone();
        return json;
    }

    /// <summary>The left half of the hash that the algorithm uses [OIDC §3.1.3.6]: SHA-512 inside Ed25519, SHA-256 in the others.</summary>
    private string HashOf(string accessToken)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(accessToken);
        return Algorithm == JoseAlgorithm.EdDSA
            ? Base64Url.Encode(SHA512.HashData(bytes).AsSpan(0, 32))
            : Base64Url.Encode(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}
