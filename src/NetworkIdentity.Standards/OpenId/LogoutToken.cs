using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.OpenId;

/// <summary>The claims of a logout token: tells a client that a session of its member has ended [OIDC-BackChannel §2.4].</summary>
/// <remarks>It never has a <c>nonce</c>, so that it can't be taken for an ID token, and its <c>typ</c> is its own [OIDC-BackChannel §4.1].</remarks>
public sealed record LogoutToken
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "logout+jwt";

    /// <summary>The one member of <c>events</c>.</summary>
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>How long it may be taken: two minutes at most are recommended.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <summary>The issuer URL.</summary>
    public required string Issuer { get; init; }

    /// <summary>The client id.</summary>
    public required string Audience { get; init; }

    /// <summary>The member, as the client knows them.</summary>
    public required string Subject { get; init; }

    /// <summary>The session that has ended, <c>sid</c>.</summary>
    public required string SessionId { get; init; }

    /// <summary>When it is made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Its own id, <c>jti</c>: another with each token.</summary>
    public required string Id { get; init; }

    /// <summary>The claims as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["iss"] = Issuer,
        ["sub"] = Subject,
        ["aud"] = Audience,
        ["iat"] = IssuedAt.ToUnixTimeSeconds(),
        ["exp"] = (IssuedAt + Lifetime).ToUnixTimeSeconds(),
        ["jti"] = Id,
        ["sid"] = SessionId,
        ["events"] = new JsonObject { [Event] = new JsonObject() },
    };
}
