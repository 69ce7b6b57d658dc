using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Verifying;

/// <summary>What a nation says under its own signature that is no credential and no list: a JWS by its key for statements, whose <c>typ</c> says of what kind it is, with <c>iss</c> and <c>iat</c>.</summary>
/// <remarks>Its <c>x5c</c> holds the key's certificate, so that who has the nation's root checks it without a network; the same certificate is in the nation's DID [RFC7515 §4.1.6].</remarks>
public static class SignedStatement
{
    /// <summary>How far ahead of the reader's clock a statement may have been signed.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Signs one.</summary>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="type">Its <c>typ</c>: a media type without <c>application/</c> [RFC7515 §4.1.9].</param>
    /// <param name="content">What is said. <c>iss</c> and <c>iat</c> are put before it.</param>
    /// <param name="at">When.</param>
    /// <returns>The compact form.</returns>
    public static ValueTask<string> SignAsync(KeyRing keys, string type, JsonObject content, DateTimeOffset at)
    {
        var claims = new JsonObject { ["iss"] = keys.Nation.Issuer, ["iat"] = at.ToUnixTimeSeconds() };
        foreach (var (name, value) in content) claims.Add(name, value?.DeepClone());
        return Jws.SignAsync(type, claims, keys.Current(KeyPurpose.Statement));
    }

    /// <summary>Reads one.</summary>
    /// <param name="certificates">Who is trusted, and by which keys.</param>
    /// <param name="text">The compact form.</param>
    /// <param name="type">The <c>typ</c> that it must have.</param>
    /// <param name="issuer">Who must have said it.</param>
    /// <param name="now">The time: the key's certificate must be in its time then.</param>
    /// <returns>What is said, with <c>iss</c> and <c>iat</c>.</returns>
    /// <exception cref="Refusal">Malformed: it is no such statement of that issuer's.</exception>
    public static JsonObject Read(IssuerCertificates certificates, string text, string type, string issuer, DateTimeOffset now)
    {
        var jws = Jws.Parse(text);
        if (jws.Header.OptionalString("typ") != type) throw Refusal.Malformed($"typ is not {type}");
        if (!certificates.TryFind(jws.Header, KeyPurpose.Statement, issuer, now, out var key, out var reason)) throw Refusal.Malformed(reason);
        if (!jws.IsSignedBy(key!.Key)) throw Refusal.Malformed("the signature is not the issuer's");
        var claims = jws.Claims();
        if (claims.RequiredString("iss") != issuer) throw Refusal.Malformed("it is said by another issuer");
        if (claims.OptionalTime("iat") is not { } at) throw Refusal.Malformed("it does not say when it was signed");
        if (at > now + Skew) throw Refusal.Malformed("it was signed in the future");
        return claims;
    }
}
