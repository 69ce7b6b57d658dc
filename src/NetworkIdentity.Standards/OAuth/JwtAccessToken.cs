using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>The claims of an access token that a resource verifies by itself [RFC9068 §2.2].</summary>
/// <remarks>Whoever carries it can read it: so it says nothing that its client may not know.</remarks>
public sealed record JwtAccessToken
{
    /// <summary>The header's <c>typ</c>: what keeps it from being taken for an ID token, and an ID token for it [RFC9068 §2.1].</summary>
    public const string Type = "at+jwt";

    /// <summary>The issuer URL.</summary>
    public required string Issuer { get; init; }

    /// <summary>The one resource it is for.</summary>
    public required string Audience { get; init; }

    /// <summary>The member, as the client knows them; the client's id where it acts for itself [RFC9068 §2.2].</summary>
    public required string Subject { get; init; }

    /// <summary>The client.</summary>
    public required string ClientId { get; init; }

    /// <summary>When it is made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Until when it may be taken.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its own id, <c>jti</c>: another with each token.</summary>
    public required string Id { get; init; }

    /// <summary>The scopes, all of this resource [RFC9068 §2.2.3], separated by spaces.</summary>
    public required string Scope { get; init; }

    /// <summary>When the member proved; null where there is none.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>How the member proved, <c>acr</c>; null where there is none.</summary>
    public string? Context { get; init; }

    /// <summary>By what, <c>amr</c>; null where there is no member.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The thumbprint of the key that must come with it [RFC9449 §6.1]; null for a bearer token.</summary>
    public string? DpopJkt { get; init; }

    /// <summary>The claims as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = Subject,
            ["client_id"] = ClientId,
            ["iat"] = IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = ExpiresAt.ToUnixTimeSeconds(),
            ["jti"] = Id,
            ["scope"] = Scope,
        };
        if (AuthenticatedAt is { } at) json["auth_time"] = at.ToUnixTimeSeconds();
        if (Context is not null) json["acr"] = Context;
        if (Methods is not null) json["amr"] = new JsonArray([.. Methods.Select(method => (JsonNode)method)]);
        if (DpopJkt is not null) json["cnf"] = new JsonObject { ["jkt"] = DpopJkt };
        return json;
    }
}
