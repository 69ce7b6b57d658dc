using System.Globalization;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>Redirect URIs: how one may look when it is registered, and when a requested one is a registered one.</summary>
public static class RedirectUri
{
    /// <summary>Checks a URI that is to be registered.</summary>
    /// <param name="uri">The URI as it will be compared: as a string.</param>
    /// <param name="isPublicClient">A public (native) client may use a scheme of its own [RFC8252 §7.1].</param>
    /// <exception cref="Refusal"><c>invalid_redirect_uri</c> [RFC7591 §3.2.2].</exception>
    public static void CheckRegistration(string uri, bool isPublicClient)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || uri.Any(c => c is <= ' ' or >= '\x7f' or '\\'))
            throw Invalid("must be an absolute URI of printable ASCII");
        if (uri.Contains('#', StringComparison.Ordinal)) throw Invalid("must have no fragment");
        if (parsed.UserInfo.Length > 0) throw Invalid("must have no user information");
        if (parsed.Scheme == Uri.UriSchemeHttps) return;
        if (parsed.Scheme == Uri.UriSchemeHttp)
        {
            if (!IsLoopback(parsed)) throw Invalid("must be https, or http on this machine (localhost, *.localhost, 127.0.0.1, [::1])");
            return;
        }

        // A reverse domain name, so that no two apps choose the same one by chance; never javascript: or data:.
        if (!isPublicClient || !parsed.Scheme.Contains('.', StringComparison.Ordinal))
            throw Invalid("must be https; a public client may use a scheme that is a reversed domain name");
    }

    /// <summary>Whether a requested URI is a registered one: equal as a string [RFC9700 §2.1].</summary>
    /// <remarks>One exception: the port of a public client on the loopback interface, which the system gives it [RFC8252 §7.3].</remarks>
    public static bool IsRegistered(string requested, IEnumerable<string> registered, bool isPublicClient)
    {
        foreach (var uri in registered)
        {
            if (string.Equals(requested, uri, StringComparison.Ordinal)) return true;
            if (isPublicClient && DiffersInLoopbackPortAlone(requested, uri)) return true;
        }

        return false;
    }

    private static bool DiffersInLoopbackPortAlone(string requested, string registered)
    {
        foreach (var loopback in (ReadOnlySpan<string>)["http://127.0.0.1", "http://[::1]"])
        {
            if (!requested.StartsWith(loopback, StringComparison.Ordinal) || !registered.StartsWith(loopback, StringComparison.Ordinal)) continue;
            var (asked, known) = (SkipPort(requested[loopback.Length..]), SkipPort(registered[loopback.Length..]));
            if (asked is not null && asked == known) return true;
        }

        return false;

        // What follows ":port", or null where something else than a port or a path follows the host.
        static string? SkipPort(string rest)
        {
            if (rest.StartsWith('/')) return rest;
            if (!rest.StartsWith(':')) return null;
            var end = rest.IndexOf('/', StringComparison.Ordinal);
            return end > 1 && ushort.TryParse(rest.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
                ? rest[end..]
                : null;
        }
    }

    /// <summary>Whether a URI leads to this machine by its name.</summary>
    internal static bool IsLoopback(Uri uri) =>
        uri.Host is "localhost" or "127.0.0.1" or "[::1]" || uri.Host.EndsWith(".localhost", StringComparison.Ordinal);

    private static Refusal Invalid(string description) => OAuthRefusal.InvalidRedirectUri($"a redirect URI {description}");
}
