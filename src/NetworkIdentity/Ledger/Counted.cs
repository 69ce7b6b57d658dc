using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Ledger;

/// <summary>What a census reads of the leaf of an issue: whose credential it is, of which type, and until when.</summary>
/// <remarks>
/// The leaf's record has the digest of <see cref="Text"/> alone. So who holds a credential shows the record of its leaf to whom they like, and nobody learns from it which credentials are one
/// person's; an auditor is given the texts.
/// </remarks>
/// <param name="Member">The member's random id.</param>
/// <param name="Node">The id of the node that they belonged to when it was issued; null for none.</param>
/// <param name="Salt">Random, so that the digest can't be guessed: 16 bytes as base64url. It is in nothing that a member or a verifier is shown.</param>
/// <param name="Type">The credential's type.</param>
/// <param name="Until">Unix seconds: when the credential ends.</param>
public sealed record Counted(string Member, string? Node, string Salt, string Type, long Until)
{
    /// <summary>Of a credential that is issued now.</summary>
    public static Counted Of(string member, string? node, string type, long until) => new(member, node, Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), type, until);

    /// <summary>Of a credential that was issued before leaves had this: what its record says for good. It names no node, since where somebody belonged then is not on record.</summary>
    /// <param name="salt">The same each time, and nothing to who has the credential.</param>
    /// <param name="member">The member's random id.</param>
    /// <param name="type">The credential's type.</param>
    /// <param name="until">Unix seconds: when it ends.</param>
    public static Counted OfOlder(string salt, string member, string type, long until) => new(member, null, salt, type, until);

    /// <summary>As JSON, in one spelling.</summary>
    public string Text
    {
        get
        {
            var json = new JsonObject { ["member"] = Member };
            if (Node is not null) json["node"] = Node;
            json["salt"] = Salt;
            json["type"] = Type;
            json["until"] = Until;
            return Encoding.UTF8.GetString(StrictJson.Write(json));
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="Refusal">Malformed.</exception>
    public static Counted Parse(string text)
    {
        var json = StrictJson.ParseObject(text);
        return new(json.RequiredString("member"), json.OptionalString("node"), json.RequiredString("salt"), json.RequiredString("type"), json.RequiredInt64("until"));
    }

    /// <summary>What a leaf's record says of a text: base64url(SHA-256).</summary>
    public static string DigestOf(string text) => Base64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
