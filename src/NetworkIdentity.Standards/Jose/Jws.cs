using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Jose;

/// <summary>A JWS in compact serialization [RFC7515 §7.1], read but not yet verified.</summary>
/// <remarks>
/// Compact serialization alone; an unencoded payload (<c>b64</c>) and every other <c>crit</c> extension is refused, since none is
/// understood here [RFC7515 §4.1.11].
/// </remarks>
public sealed class Jws
{
    /// <summary>The longest text that is looked at, in characters: room for a status list of 2^20 entries of four bits.</summary>
    public const int MaxLength = 1024 * 1024;

    private Jws(JsonObject header, byte[] payload, byte[] signingInput, byte[] signature, string compact)
    {
        Header = header;
        Payload = payload;
        SigningInput = signingInput;
        Signature = signature;
        Compact = compact;
        Algorithm = header.RequiredString("alg");
        Type = header.OptionalString("typ");
        KeyId = header.OptionalString("kid");
    }

    /// <summary>The protected header.</summary>
    public JsonObject Header { get; }

    /// <summary>The payload's bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>ASCII of header, dot, payload, as they were sent [RFC7515 §5.1].</summary>
    public ReadOnlyMemory<byte> SigningInput { get; }

    /// <summary>The signature's bytes. Never identify a token by them: they are malleable.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The text as it was sent.</summary>
    public string Compact { get; }

    /// <summary>Header <c>alg</c>. A claim of the token, not a decision: the key decides.</summary>
    public string Algorithm { get; }

    /// <summary>Header <c>typ</c>.</summary>
    public string? Type { get; }

    /// <summary>Header <c>kid</c>.</summary>
    public string? KeyId { get; }

    /// <summary>Reads the compact form.</summary>
    /// <exception cref="Refusal">Malformed: not three parts of base64url, a header that is no object or has no <c>alg</c>, a <c>crit</c>.</exception>
    public static Jws Parse(string compact)
    {
        if (compact.Length > MaxLength) throw Refusal.Malformed("the token is too long");
        var first = compact.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : compact.IndexOf('.', first + 1);
        if (second < 0 || compact.IndexOf('.', second + 1) >= 0) throw Refusal.Malformed("not a compact JWS of three parts");

        var header = StrictJson.ParseObject(Base64Url.Decode(compact.AsSpan(0, first)));
        if (header.ContainsKey("crit")) throw Refusal.Malformed("the header names a critical extension that is not understood");
        if (header.ContainsKey("b64")) throw Refusal.Malformed("an unencoded payload is not supported");

        return new(
            header,
            Base64Url.Decode(compact.AsSpan(first + 1, second - first - 1)),
            System.Text.Encoding.ASCII.GetBytes(compact, 0, second),
            Base64Url.Decode(compact.AsSpan(second + 1)),
            compact);
    }

    /// <summary>The payload as a JSON object: the claims of a JWT [RFC7519 §7.2].</summary>
    /// <exception cref="Refusal">Malformed: the payload is not a JSON object.</exception>
    public JsonObject Claims() => StrictJson.ParseObject(Payload.Span);

    /// <summary>Whether the signature is <paramref name="key"/>'s. An <c>alg</c> of <c>none</c> or of a MAC is never accepted.</summary>
    public bool IsSignedBy(VerificationKey key) => key.Verify(Algorithm, SigningInput.Span, Signature.Span);

    /// <summary>The exact text to be signed: what is recorded before a signature is made.</summary>
    public static string ToBeSigned(JsonObject header, JsonObject payload) =>
        $"{Base64Url.Encode(StrictJson.Write(header))}.{Base64Url.Encode(StrictJson.Write(payload))}";

    /// <summary>Signs a text made by <see cref="ToBeSigned"/> and returns the compact form.</summary>
    public static async ValueTask<string> SignAsync(string toBeSigned, SigningKey key, CancellationToken cancellation = default)
    {
        var signature = await key.SignAsync(System.Text.Encoding.ASCII.GetBytes(toBeSigned), cancellation);
        return $"{toBeSigned}.{Base64Url.Encode(signature)}";
    }

    /// <summary>Signs claims with <paramref name="key"/>; the header holds <c>alg</c>, <c>typ</c>, <c>kid</c> and, where the key has one, <c>x5c</c>.</summary>
    public static ValueTask<string> SignAsync(string type, JsonObject claims, SigningKey key, CancellationToken cancellation = default) =>
        SignAsync(ToBeSigned(HeaderFor(type, key), claims), key, cancellation);

    /// <summary>The header under which <paramref name="key"/> signs a token of this <c>typ</c>.</summary>
    public static JsonObject HeaderFor(string type, SigningKey key)
    {
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = type, ["kid"] = key.KeyId };
        if (key.CertificateChain.Count > 0)
            header["x5c"] = new JsonArray([.. key.CertificateChain.Select(der => (JsonNode)Convert.ToBase64String(der))]);
        return header;
    }
}
