using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>One selectively disclosable claim or array element [RFC9901 §4.2].</summary>
/// <param name="Encoded">The base64url text as it was sent. The digest is over it, so it is never written anew.</param>
/// <param name="Salt">The salt, so that the value can't be guessed from the digest.</param>
/// <param name="Name">The claim's name; null for an array element.</param>
/// <param name="Value">The value; JSON's null is a null. Not to be changed.</param>
public sealed record Disclosure(string Encoded, string Salt, string? Name, JsonNode? Value)
{
    /// <summary>Length of a fresh salt in bytes: 128 bits [RFC9901 §9.3].</summary>
    public const int SaltLength = 16;

    /// <summary>Reads a disclosure.</summary>
    /// <exception cref="Refusal">Malformed: not base64url of an array of two or three elements, whose salt and name are strings.</exception>
    public static Disclosure Parse(string encoded)
    {
        if (encoded.Length == 0) throw Refusal.Malformed("a disclosure is empty");
        if (StrictJson.Parse(Base64Url.Decode(encoded)) is not JsonArray { Count: 2 or 3 } array)
            throw Refusal.Malformed("a disclosure must be an array of two or three elements");
        return array.Count == 2
            ? new(encoded, Text(array[0]), null, array[1])
            : new(encoded, Text(array[0]), Text(array[1]), array[2]);

        static string Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String
            ? node.GetValue<string>()
            : throw Refusal.Malformed("salt and name of a disclosure must be strings");
    }

    /// <summary>Makes a disclosure with a fresh salt.</summary>
    /// <param name="name">The claim's name; null for an array element.</param>
    /// <param name="value">The value; it is copied.</param>
    public static Disclosure Create(string? name, JsonNode? value)
    {
        var salt = Base64Url.Encode(RandomNumberGenerator.GetBytes(SaltLength));
        var text = new ArrayBufferWriter<byte>(256);
        using (var writer = StrictJson.Writer(text))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(salt);
            if (name is not null) writer.WriteStringValue(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
            writer.WriteEndArray();
        }

        return new(Base64Url.Encode(text.WrittenSpan), salt, name, value?.DeepClone());
    }

    /// <summary>base64url of the SHA-256 digest over the ASCII text as sent [RFC9901 §4.2.3].</summary>
    public string Digest() => SdHash.Of(Encoded);

    /// <summary>Two disclosures are the same where their texts are.</summary>
    public bool Equals(Disclosure? other) => other is not null && Encoded == other.Encoded;

    /// <inheritdoc/>
    public override int GetHashCode() => Encoded.GetHashCode(StringComparison.Ordinal);
}
