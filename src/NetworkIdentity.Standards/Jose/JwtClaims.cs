using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>The registered claims of a JWT [RFC7519 §4.1].</summary>
public sealed record JwtClaims
{
    /// <summary>How far the clock of who signed may be ahead of ours, exclusive: up to 10 s must be taken, beyond 60 s must not [FAPI2 §5.3.2.1].</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    /// <summary><c>iss</c>.</summary>
    public string? Issuer { get; private init; }

    /// <summary><c>sub</c>.</summary>
    public string? Subject { get; private init; }

    /// <summary><c>aud</c>: one or several; empty where it is absent.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Whether <c>aud</c> is a string, and no array.</summary>
    public bool IsOneAudience { get; private init; }

    /// <summary><c>exp</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary><c>nbf</c>.</summary>
    public DateTimeOffset? NotBefore { get; private init; }

    /// <summary><c>iat</c>.</summary>
    public DateTimeOffset? IssuedAt { get; private init; }

    /// <summary><c>jti</c>.</summary>
    public string? Id { get; private init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="Refusal">Malformed: one has a wrong type.</exception>
    public static JwtClaims Read(JsonObject json)
    {
        var isArray = json["aud"] is JsonArray;
        return new()
        {
            Issuer = json.OptionalString("iss"),
            Subject = json.OptionalString("sub"),
            Audiences = isArray ? json.OptionalStrings("aud")! : json.OptionalString("aud") is { } one ? [one] : [],
            IsOneAudience = !isArray && json.ContainsKey("aud"),
            ExpiresAt = json.OptionalTime("exp"),
            NotBefore = json.OptionalTime("nbf"),
            IssuedAt = json.OptionalTime("iat"),
            Id = json.OptionalString("jti"),
        };
    }

    /// <summary>What is wrong with its times now, in words; null where nothing is, or where it says none.</summary>
    public string? TimeFault(DateTimeOffset now)
    {
        if (ExpiresAt <= now) return "exp is over";
        if (NotBefore >= now + Ahead) return "nbf is in the future";
        return IssuedAt >= now + Ahead ? "iat is in the future" : null;
    }
}
