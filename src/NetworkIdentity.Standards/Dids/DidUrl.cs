using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>A DID URL [DID §3.2]: a DID, and perhaps a path, a query and a fragment. Its parts are as they are written, percent-encoding and all.</summary>
/// <param name="Did">The DID that it begins with.</param>
/// <param name="Path">Empty, or from its first slash on.</param>
/// <param name="Query">What stands behind the question mark; null where there is none.</param>
/// <param name="Fragment">What stands behind the number sign; null where there is none.</param>
public sealed partial record DidUrl(Did Did, string Path, string? Query, string? Fragment)
{
    /// <summary>A DID, and as much again.</summary>
    public const int MaxLength = 2 * Did.MaxLength;

    private const int MaxParameters = 16;

    [GeneratedRegex(@"^(?<path>(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*)(\?(?<query>([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?(#(?<fragment>([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    /// <summary>Reads a DID URL; a DID alone is one.</summary>
    /// <exception cref="Refusal">invalidDidUrl: too long, or not of the form [DID §3.2].</exception>
    public static DidUrl Parse(string text)
    {
        if (text.Length > MaxLength) throw DidRefusal.InvalidDidUrl("the DID URL is too long");
        var end = text.IndexOfAny(['/', '?', '#']) is >= 0 and var at ? at : text.Length;
        if (!Did.Is(text[..end]) || Form().Match(text, end, text.Length - end) is not { Success: true } match) throw DidRefusal.InvalidDidUrl("not a DID URL");
        return new(Did.Parse(text[..end]), match.Groups["path"].Value, Of("query"), Of("fragment"));

        string? Of(string part) => match.Groups[part] is { Success: true } group ? group.Value : null;
    }

    /// <summary>What a reference in a DID document means: one that begins with a slash, a question mark or a number sign is relative to the document's DID [DID §3.2.2].</summary>
    public static string Absolute(Did did, string reference) => reference is ['/' or '?' or '#', ..] ? did + reference : reference;

    /// <summary>The query's parameters by name, percent-decoded.</summary>
    /// <exception cref="Refusal">invalidDidUrl: one stands twice, which would mean two things to two readers [DID-Resolution §Duplicate Parameter Handling], or a value is not UTF-8.</exception>
    public IReadOnlyDictionary<string, string> Parameters()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Query is not { Length: > 0 }) return parameters;
        var pairs = Query.Split('&', MaxParameters + 1);
        if (pairs.Length > MaxParameters) throw DidRefusal.InvalidDidUrl("the DID URL has too many parameters");
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            if (PercentEncoding.Decode(equals < 0 ? "" : pair[(equals + 1)..]) is not { } value || PercentEncoding.Decode(name) is not { } decoded)
                throw DidRefusal.InvalidDidUrl("a parameter of the DID URL is not UTF-8");
            if (!parameters.TryAdd(decoded, value)) throw DidRefusal.InvalidDidUrl("a parameter stands twice in the DID URL");
        }

        return parameters;
    }

    /// <inheritdoc/>
    public override string ToString() => Did + Path + (Query is null ? "" : "?" + Query) + (Fragment is null ? "" : "#" + Fragment);
}
