using System.Buffers;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>What may stand where a specification asks for a URL that identifies: absolute, spelled as it is compared, and never fetched for being well-formed.</summary>
internal static class AbsoluteUrl
{
    /// <summary>The longest that is read, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>What no URL holds as itself [RFC3986 §2]. The framework would escape some of them, and then two texts were one URL.</summary>
    private static readonly SearchValues<char> Never = SearchValues.Create(" <>\"{}|\\^`\u007f");

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>Whether a text is one: <c>https</c> with a host, a DID, a URN. A path of this machine is none.</summary>
    public static bool Is(string text)
    {
        if (text.Length > MaxLength) return false;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == text.Length - 1 || !char.IsAsciiLetter(text[0]) || text.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters)) return false;
        if (text.AsSpan().ContainsAny(Never)) return false;
        foreach (var c in text)
            if (char.IsControl(c) || char.IsWhiteSpace(c)) return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !text.StartsWith($"{uri.Scheme}:", StringComparison.OrdinalIgnoreCase)) return false;
        return uri.Scheme is not ("https" or "http") || (uri.Host.Length > 0 && text.AsSpan(colon + 1).StartsWith("//"));
    }
}
