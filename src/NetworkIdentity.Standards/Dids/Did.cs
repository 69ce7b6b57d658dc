using System.Text.RegularExpressions;

namespace NetworkIdentity.Standards.Dids;

/// <summary>A decentralized identifier [DID §3.1]: <c>did:METHOD:ID</c>, compared as it is written.</summary>
public sealed partial record Did
{
    /// <summary>Long enough for a did:jwk of the longest RSA key.</summary>
    public const int MaxLength = 4096;

    private readonly string _text;

    private Did(string text, int colon)
    {
        _text = text;
        Method = text[4..colon];
    }

    /// <summary>The method's name: small letters and digits.</summary>
    public string Method { get; }

    /// <summary>The beginnings of DIDs that are their own keys, so that nothing is fetched for them.</summary>
    public static IReadOnlyList<string> OwnKeys { get; } = ["did:key", "did:jwk"];

    /// <summary>Whether a DID is its own key, by its method.</summary>
    public static bool IsOwnKey(string did) => OwnKeys.Any(method => did.StartsWith(method + ":", StringComparison.Ordinal));

    [GeneratedRegex(@"^did:[a-z0-9]+:([A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})*([A-Za-z0-9._-]|%[0-9A-Fa-f]{2})\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    /// <summary>Whether the text is a DID.</summary>
    public static bool Is(string text) => text.Length <= MaxLength && Form().IsMatch(text);

    /// <summary>Reads a DID: no path, query or fragment.</summary>
    /// <exception cref="Refusal">invalidDid: longer than <see cref="MaxLength"/>, or not of the form [DID §3.1].</exception>
    public static Did Parse(string text) => Is(text)
        ? new(text, text.IndexOf(':', 4))
        : throw DidRefusal.InvalidDid("not a DID");

    /// <inheritdoc/>
    public override string ToString() => _text;
}
