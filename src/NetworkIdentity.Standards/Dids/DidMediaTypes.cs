namespace NetworkIdentity.Standards.Dids;

/// <summary>The media types of DID documents and of what is said about them.</summary>
public static class DidMediaTypes
{
    /// <summary>A DID document [DID §6].</summary>
    public const string Document = "application/did";

    /// <summary>The same, as it was called in DID 1.0 for JSON-LD.</summary>
    public const string DocumentLdJson = "application/did+ld+json";

    /// <summary>The same, as it was called in DID 1.0 for plain JSON.</summary>
    public const string DocumentJson = "application/did+json";

    /// <summary>A whole resolution result [DID-Resolution §HTTP(S) Binding].</summary>
    public const string Resolution = "application/did-resolution";

    /// <summary>A whole dereferencing result [DID-Resolution §HTTP(S) Binding].</summary>
    public const string Dereferencing = "application/did-url-dereferencing";

    /// <summary>A did:webvh log [DID-WebVH §The DID to HTTPS Transformation].</summary>
    public const string Log = "text/jsonl";

    /// <summary>Whether a document may be sent to who accepts this media type, its parameters left aside.</summary>
    public static bool IsDocument(string mediaType) => mediaType is Document or DocumentLdJson or DocumentJson;
}
