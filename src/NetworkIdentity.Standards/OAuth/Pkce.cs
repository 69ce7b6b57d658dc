using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>Proof key for code exchange [RFC7636], S256 alone.</summary>
public static class Pkce
{
    /// <summary>The only method that is taken.</summary>
    public const string S256 = "S256";

    /// <summary>Reads the challenge of an authorization request.</summary>
    /// <param name="challenge">Parameter <c>code_challenge</c>; null where absent.</param>
    /// <param name="method">Parameter <c>code_challenge_method</c>; absent means <c>plain</c>, which is refused.</param>
    /// <param name="required">Whether the client must send one.</param>
    /// <exception cref="Refusal"><c>invalid_request</c>.</exception>
    public static string? ReadChallenge(string? challenge, string? method, bool required)
    {
        if (challenge is null)
        {
            if (method is not null) throw OAuthRefusal.InvalidRequest("code_challenge_method without code_challenge");
            return required ? throw OAuthRefusal.InvalidRequest("code_challenge is missing; PKCE with S256 is required") : null;
        }

        if (method != S256) throw OAuthRefusal.InvalidRequest("code_challenge_method must be S256");
        if (!Base64Url.TryDecode(challenge, out var bytes) || bytes.Length != 32)
            throw OAuthRefusal.InvalidRequest("code_challenge must be a SHA-256 as base64url");
        return challenge;
    }

    /// <summary>Whether the verifier of a token request fits the challenge of the authorization request.</summary>
    /// <remarks>
    /// A verifier where there was no challenge does not fit: else an attacker could strip the challenge from the request and the client
    /// would not notice [RFC9700 §4.8.2].
    /// </remarks>
    public static bool Fits(string? challenge, string? verifier)
    {
        if (challenge is null || verifier is null) return challenge is null && verifier is null;
        if (verifier.Length is < 43 or > 128 || !verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')) return false;
        var computed = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier));
        return CryptographicOperations.FixedTimeEquals(computed, Base64Url.Decode(challenge));
    }
}
