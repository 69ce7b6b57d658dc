namespace NetworkIdentity.Standards.Credentials;

/// <summary>The media types of enveloping proofs that are made and read here [VC-JOSE-COSE §6.1]. The header's <c>typ</c> is the same without its beginning.</summary>
public static class CredentialMediaType
{
    /// <summary>A credential in a JWT.</summary>
    public const string VcJwt = $"{Prefix}vc+jwt";

    /// <summary>A presentation in a JWT.</summary>
    public const string VpJwt = $"{Prefix}vp+jwt";

    /// <summary>A credential in an SD-JWT.</summary>
    public const string VcSdJwt = $"{Prefix}vc+sd-jwt";

    /// <summary>A presentation in an SD-JWT.</summary>
    public const string VpSdJwt = $"{Prefix}vp+sd-jwt";

    private const string Prefix = "application/";

    /// <summary>Whether it is one of these.</summary>
    public static bool IsKnown(string mediaType) => mediaType is VcJwt or VpJwt or VcSdJwt or VpSdJwt;

    /// <summary>Whether what it secures is a presentation.</summary>
    public static bool IsPresentation(string mediaType) => mediaType is VpJwt or VpSdJwt;

    /// <summary>Whether it is an SD-JWT.</summary>
    public static bool IsSdJwt(string mediaType) => mediaType is VcSdJwt or VpSdJwt;

    /// <summary>The header's <c>typ</c>: <c>vc+jwt</c> of <c>application/vc+jwt</c> [RFC7515 §4.1.9].</summary>
    public static string TypeOf(string mediaType) => mediaType[Prefix.Length..];

    /// <summary>The media type that a header's <c>typ</c> or <c>cty</c> means, which may leave <c>application/</c> away; case does not matter.</summary>
    internal static string Of(string type) => (type.Contains('/', StringComparison.Ordinal) ? type : Prefix + type).ToLowerInvariant();
}
