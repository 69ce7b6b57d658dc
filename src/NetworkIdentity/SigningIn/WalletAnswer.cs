using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>What a wallet answered to a request, out of its envelope [OpenID4VP §8.2, §8.3, §8.5].</summary>
/// <param name="VpToken">The presentations; null where the wallet declined.</param>
/// <param name="State">The <c>state</c> that came back; null where none did.</param>
/// <param name="Error">Why the wallet declined: one of the few for which pages have words; null where it didn't.</param>
internal sealed record WalletAnswer(JsonObject? VpToken, string? State, string? Error)
{
    /// <summary>By what an identical retry is known.</summary>
    /// <param name="isEncrypted">Whether the request has a key, to which it must be encrypted.</param>
    /// <param name="form">The form that was posted.</param>
    public static string DigestOf(bool isEncrypted, IReadOnlyDictionary<string, string> form) => RandomId.Digest(
        isEncrypted ? form.GetValueOrDefault("response") ?? "" : $"{form.GetValueOrDefault("state")}\n{form.GetValueOrDefault("vp_token")}");

    /// <summary>Takes it out.</summary>
    /// <param name="sealing">What the request's key is sealed by.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="sealedKey">Its <see cref="EphemeralKey"/>; null where it asked for an answer in the clear.</param>
    /// <param name="form">The form that was posted.</param>
    /// <exception cref="Refusal"><c>invalid_request</c>.</exception>
    public static WalletAnswer Unpack(SealingKey sealing, string requestId, byte[]? sealedKey, IReadOnlyDictionary<string, string> form) => Refusal.Recode("invalid_request", () =>
    {
        // A wallet may say in the clear that it will not answer [OpenID4VP §8.5].
        if (form.TryGetValue("error", out var error)) return new(null, form.GetValueOrDefault("state"), ErrorCode(error));
        if (sealedKey is null)
        {
            var text = form.GetValueOrDefault("vp_token") ?? throw OAuthRefusal.InvalidRequest("vp_token is missing");
            return new(StrictJson.ParseObject(text), form.GetValueOrDefault("state"), null);
        }

        var response = form.GetValueOrDefault("response") ?? throw OAuthRefusal.InvalidRequest("the answer must be encrypted: response is missing");
        var jwe = Jwe.Parse(response);
        if (jwe.KeyId is not null && jwe.KeyId != requestId) throw OAuthRefusal.InvalidRequest("kid is not the key of this request");
        using var key = EphemeralKey.Open(sealing, sealedKey, requestId);
        var claims = StrictJson.ParseObject(jwe.Decrypt(key, JweEncryption.All));
        return claims.OptionalString("error") is { } encryptedError
            ? new(null, claims.OptionalString("state"), ErrorCode(encryptedError))
            : new WalletAnswer(claims.RequiredObject("vp_token"), claims.OptionalString("state"), null);
    });

    /// <summary>Looks whether it is the answer to this request.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>.</exception>
    public void CheckState(string expected)
    {
        if (State is null || !CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(State), System.Text.Encoding.UTF8.GetBytes(expected)))
            throw OAuthRefusal.InvalidRequest("state is not this request's");
    }

    /// <summary>The wallet's error, if it is one the page has words for.</summary>
    private static string ErrorCode(string error) => error switch
    {
        "access_denied" or "vp_formats_not_supported" or "invalid_request" => error,
        "wallet_unavailable" => "unavailable",
        _ => "other",
    };
}
