namespace NetworkIdentity.Standards.OAuth;

/// <summary>The access token of a request to a protected resource [RFC6750 §2].</summary>
public static class BearerToken
{
    /// <summary>Reads the token from the header, or from a form body.</summary>
    /// <param name="authorization">The Authorization header; null where absent.</param>
    /// <param name="query">The query's <c>access_token</c>, which is never honoured; null where absent.</param>
    /// <param name="form">A form body's <c>access_token</c>, where the endpoint takes one; else null.</param>
    /// <exception cref="Refusal"><c>invalid_request</c>: in the query, or in two places. <c>invalid_token</c>: nowhere.</exception>
    public static string Read(string? authorization, string? query, string? form = null)
    {
        // A token in a URL ends up in logs and histories [RFC9700 §4.3.2].
        if (query is not null) throw OAuthRefusal.InvalidRequest("an access token in the query is not accepted");

        const string scheme = "Bearer ";
        var header = authorization?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true ? authorization[scheme.Length..].Trim() : null;
        if (header is not null && form is not null) throw OAuthRefusal.InvalidRequest("the access token stands in two places");
        return header is { Length: > 0 } ? header : form ?? throw OAuthRefusal.InvalidToken();
    }
}
