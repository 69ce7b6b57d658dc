using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>An enveloped credential or presentation: an object whose <c>id</c> is a <c>data:</c> URL that holds it, secured [VCDM §4.13].</summary>
/// <param name="IsPresentation">Whether it is an EnvelopedVerifiablePresentation; else an EnvelopedVerifiableCredential.</param>
/// <param name="MediaType">The media type of what is inside, in lower case and without parameters.</param>
/// <param name="Parameters">What the URL says behind the media type, without its first semicolon; empty where it says nothing.</param>
/// <param name="Content">What stands behind the comma, as it was sent.</param>
public sealed record Envelope(bool IsPresentation, string MediaType, string Parameters, string Content)
{
    /// <summary>The type of an enveloped credential.</summary>
    public const string CredentialType = "EnvelopedVerifiableCredential";

    /// <summary>The type of an enveloped presentation.</summary>
    public const string PresentationType = "EnvelopedVerifiablePresentation";

    private const string Scheme = "data:";

    /// <summary>Whether an object says that it is an envelope.</summary>
    public static bool IsOne(JsonObject json) => json["type"] switch
    {
        JsonArray types => types.Any(IsType),
        var type => IsType(type),
    };

    /// <summary>Reads an envelope. Nothing in it is opened.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR: another type beside it, no base context, or no <c>data:</c> URL as <c>id</c>.</exception>
    public static Envelope Read(JsonObject json) => Refusal.Recode(CredentialRefusal.MalformedValueCode, () =>
    {
        if (CredentialMembers.Types(json, "the envelope") is not [CredentialType or PresentationType] types)
            throw Refusal.Malformed($"type of an envelope must be {CredentialType} or {PresentationType}, alone");
        string?[] contexts = json["@context"] is JsonArray several ? [.. several.Take(CredentialMembers.MaxItems).Select(Text)] : [Text(json["@context"])];
        if (contexts is not [CredentialMembers.ContextV2, ..]) throw Refusal.Malformed($"@context of an envelope must begin with {CredentialMembers.ContextV2}");

        // data: [ type "/" subtype ] *( ";" parameter ) "," content [RFC2397 §3].
        var id = json.RequiredString("id");
        var comma = id.IndexOf(',', StringComparison.Ordinal);
        if (!id.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || comma < 0) throw Refusal.Malformed("id of an envelope must be a data: URL");
        var head = id[Scheme.Length..comma];
        var semicolon = head.IndexOf(';', StringComparison.Ordinal);
        var mediaType = (semicolon < 0 ? head : head[..semicolon]).ToLowerInvariant();
        if (mediaType.Length > 127 || mediaType.Count(c => c == '/') != 1 || mediaType[0] == '/' || mediaType[^1] == '/' || mediaType.Any(c => c is <= ' ' or > '~'))
            throw Refusal.Malformed("id of an envelope must say a media type");
        if (comma == id.Length - 1) throw Refusal.Malformed("the envelope is empty");
        return new Envelope(types[0] == PresentationType, mediaType, semicolon < 0 ? "" : head[(semicolon + 1)..], id[(comma + 1)..]);
    });

    /// <summary>Opens it: what is inside, read and not yet verified.</summary>
    /// <exception cref="Refusal">
    /// NOT_UNDERSTOOD: a media type that is not read here, or one with parameters, which none of these has. MALFORMED_VALUE_ERROR: a presentation where a credential
    /// was said to be, or what <see cref="EnvelopingProof.Parse"/> refuses.
    /// </exception>
    public EnvelopingProof Open()
    {
        if (!CredentialMediaType.IsKnown(MediaType)) throw CredentialRefusal.NotUnderstood("the envelope's media type is not read here");
        if (Parameters.Length > 0) throw CredentialRefusal.NotUnderstood("the envelope's media type has no parameters, and no encoding but its own");
        if (CredentialMediaType.IsPresentation(MediaType) != IsPresentation) throw CredentialRefusal.Malformed("the envelope's media type is not of its type");
        return EnvelopingProof.Parse(Content, MediaType);
    }

    /// <summary>Envelopes what was secured.</summary>
    /// <param name="secured">The compact form.</param>
    /// <param name="mediaType">Of <see cref="CredentialMediaType"/>.</param>
    public static JsonObject Of(string secured, string mediaType) => new()
    {
        ["@context"] = CredentialMembers.ContextV2,
        ["type"] = CredentialMediaType.IsPresentation(mediaType) ? PresentationType : CredentialType,
        ["id"] = $"{Scheme}{mediaType},{secured}",
    };

    private static bool IsType(JsonNode? node) => Text(node) is CredentialType or PresentationType;

    private static string? Text(JsonNode? node) => CredentialMembers.IsString(node) ? node!.GetValue<string>() : null;
}
