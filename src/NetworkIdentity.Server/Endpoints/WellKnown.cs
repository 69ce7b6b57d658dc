namespace NetworkIdentity.Server.Endpoints;

/// <summary>Where well-known documents are: most specifications insert their name between host and path, OpenID Discovery appends it.</summary>
internal static class WellKnown
{
    /// <summary>The path of the issuer URL: empty, or begins with a slash and does not end with one.</summary>
    public static string PathOf(string issuer) => new Uri(issuer).AbsolutePath.TrimEnd('/');

    /// <summary>The URL with the name inserted [RFC8615 §3] [RFC8414 §3.1] [OpenID4VCI §12.2.2] [SD-JWT-VC §4].</summary>
    public static string Insert(string issuer, string name) =>
        $"{new Uri(issuer).GetLeftPart(UriPartial.Authority)}/.well-known/{name}{PathOf(issuer)}";
}
