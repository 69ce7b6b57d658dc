namespace NetworkIdentity.Standards.OAuth;

/// <summary>What names a resource, and what is asked of it [RFC8707 §2] [RFC6749 §3.3].</summary>
public static class ResourceIndicator
{
    private const int MaxScopeLength = 128;

    /// <summary>
    /// What is wrong with an indicator; null where nothing is. An absolute URI without a fragment [RFC8707 §2], and https, since its metadata is found by it
    /// [RFC9728 §3]; http on this machine alone. Indicators are compared as strings.
    /// </summary>
    public static string? Fault(string indicator)
    {
        if (indicator.Length > OAuthParameters.MaxValueLength || indicator.Any(c => c is <= ' ' or >= '\x7f' or '\\' or '"' or '<' or '>') || !Uri.TryCreate(indicator, UriKind.Absolute, out var uri))
            return $"must be an absolute URI of printable ASCII, of {OAuthParameters.MaxValueLength} characters at most";
        if (indicator.Contains('#', StringComparison.Ordinal) || uri.UserInfo.Length > 0) return "must have no fragment and no user information";
        return uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && RedirectUri.IsLoopback(uri)) ? null : "must be https, or http on this machine";
    }

    /// <summary>Whether a text is a scope: %x21, %x23-5B and %x5D-7E [RFC6749 §3.3].</summary>
    public static bool IsScope(string text) => text.Length is > 0 and <= MaxScopeLength && text.All(c => c is > ' ' and <= '~' and not ('"' or '\\'));
}
