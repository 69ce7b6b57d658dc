namespace NetworkIdentity.Server.Pages;

/// <summary>A file that the pages load from this server: a style sheet or a script.</summary>
/// <param name="Path">Where it is served, from the root of the site.</param>
/// <param name="ContentType">The value of its Content-Type header.</param>
/// <param name="Bytes">What is served.</param>
/// <param name="Version">The start of the SHA-256 of the bytes, in lower-case hexadecimal: other bytes, other version.</param>
public sealed record Asset(string Path, string ContentType, ReadOnlyMemory<byte> Bytes, string Version)
{
    /// <summary>The path with its version. What is served there never changes, so it may be cached for as long as one likes.</summary>
    public string Url => $"{Path}?v={Version}";
}
