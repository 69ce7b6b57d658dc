using System.Globalization;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>Where on the web the files of a did:web or did:webvh are, out of the DID alone [DID-WebVH §The DID to HTTPS Transformation] [DID-Web §Read (Resolve)].</summary>
/// <remarks>
/// Refused before anything is fetched: an IP address in any spelling a URL parser would take for one, user information, an encoded character in the host, an
/// empty segment, and a segment that decodes to something with a slash, a dot segment, another percent sign or a control character. A host is LDH labels: an internationalized one is
/// written as its A-labels, so that no two look alike. Whether the host may be spoken to is for who fetches.
/// </remarks>
public sealed partial record WebLocation
{
    /// <summary>Longer than any sensible DID of this kind.</summary>
    public const int MaxLength = 1024;

    private const int MaxSegments = 16;

    private WebLocation(string authority, string path)
    {
        Authority = authority;
        Path = path;
    }

    /// <summary>The host in small letters, with a colon and the port where one is given.</summary>
    public string Authority { get; }

    /// <summary>The segments, each with a slash before it; empty where there are none.</summary>
    public string Path { get; }

    // One label alone is a name of this machine or its network: localhost is taken, for a nation that is tried there.
    [GeneratedRegex(@"^(?<host>(([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9])\.)+(?<last>[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9])|localhost)(%3[Aa](?<port>[0-9]{1,5}))?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Domain();

    // A host whose last label is a number is an IPv4 address to a URL parser: 127.0.0.1, 0x7f.1, 1.2.3 and 017700000001 alike.
    [GeneratedRegex(@"^([0-9]+|0[xX][0-9A-Fa-f]*)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Numeric();

    /// <summary>Reads the host, port and segments of a DID.</summary>
    /// <param name="text">The components with colons between them: <c>example.com%3A3000:user:alice</c>.</param>
    /// <exception cref="Refusal">invalidDid: one of the rules above is broken.</exception>
    public static WebLocation Parse(string text)
    {
        if (text.Length > MaxLength) throw DidRefusal.InvalidDid("the DID is too long");
        var parts = text.Split(':');
        if (parts.Length > MaxSegments + 1) throw DidRefusal.InvalidDid("the DID has too many path segments");
        var match = Domain().Match(parts[0]);
        if (!match.Success) throw DidRefusal.InvalidDid("the host of the DID is not a domain name, with its port behind %3A");
        var host = match.Groups["host"].Value;
        if (host.Length > 253) throw DidRefusal.InvalidDid("the host of the DID is too long");
        if (Numeric().IsMatch(match.Groups["last"].Value)) throw DidRefusal.InvalidDid("the host of the DID is an IP address");
        var port = "";
        if (match.Groups["port"] is { Success: true } given)
        {
            var number = int.Parse(given.Value, CultureInfo.InvariantCulture);
            if (number is < 1 or > 65535) throw DidRefusal.InvalidDid("the port of the DID is not from 1 to 65535");
            port = string.Create(CultureInfo.InvariantCulture, $":{number}");
        }

        return new(host.ToLowerInvariant() + port, string.Concat(parts.Skip(1).Select(part => "/" + Segment(part))));
    }

    /// <summary>The https URL of a file that describes the DID: beside its path, or under <c>/.well-known</c> where it has none.</summary>
    public string UrlOf(string file) => $"https://{Authority}{(Path.Length == 0 ? "/.well-known" : Path)}/{file}";

    /// <summary>The https URL that the DID's own files are under, with its slash [DID-WebVH §DID URL Path Resolution].</summary>
    public string FilesUrl => $"https://{Authority}{Path}/";

    private static string Segment(string part)
    {
        var decoded = PercentEncoding.Decode(part);
        if (decoded is null or "" or "." or ".." || decoded.Any(c => c is '/' or '\\' or '%' || char.IsControl(c)) || char.IsWhiteSpace(decoded[0]) || char.IsWhiteSpace(decoded[^1]))
            throw DidRefusal.InvalidDid("a path segment of the DID is empty, a dot segment, or holds what no segment may");
        return PercentEncoding.Encode(decoded);
    }
}
