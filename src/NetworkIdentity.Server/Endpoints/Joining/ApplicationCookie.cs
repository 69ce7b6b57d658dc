namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>The cookie by which a browser finds an application again: its secret, under a name with its id (decision 0038).</summary>
internal static class ApplicationCookie
{
    /// <summary>For so many at once: a link of a stranger's can't fill the browser.</summary>
    private const int Most = 8;

    /// <summary>The longest that browsers keep one; the link that the person kept gives it again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    /// <summary>The applications that this browser knows, each with its secret.</summary>
    public static IReadOnlyList<(string Id, string Secret)> Read(HttpContext context, Nation nation)
    {
        var prefix = Prefix(nation);
        return
        [
            .. context.Request.Cookies.Where(cookie => cookie.Key.StartsWith(prefix, StringComparison.Ordinal) && RandomId.IsOne(cookie.Key[prefix.Length..]))
                .Select(cookie => (cookie.Key[prefix.Length..], cookie.Value)),
        ];
    }

    /// <summary>Lets this browser find it again; of more than eight, others are forgotten.</summary>
    public static void Set(HttpContext context, Nation nation, string id, string secret)
    {
        context.Response.Cookies.Append(Prefix(nation) + id, secret, Options(nation, Lifetime));
        foreach (var (other, _) in Read(context, nation).Where(known => known.Id != id).Skip(Most - 1)) context.Response.Cookies.Delete(Prefix(nation) + other, Options(nation, null));
    }

    private static CookieOptions Options(Nation nation, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = IsSecure(nation),

        // Lax: it must come along where a link in a message leads to the page.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };

    private static string Prefix(Nation nation) => IsSecure(nation) ? "__Host-applied-" : "applied-";

    private static bool IsSecure(Nation nation) => nation.Issuer.StartsWith("https:", StringComparison.Ordinal);
}
