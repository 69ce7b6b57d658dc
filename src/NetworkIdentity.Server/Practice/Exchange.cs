namespace NetworkIdentity.Server.Practice;

/// <summary>One request to the nation and its answer, as they went over the wire. Cookies and client secrets are left out.</summary>
public sealed record Exchange
{
    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>GET or POST.</summary>
    public required string Method { get; init; }

    /// <summary>The path, without the issuer's own.</summary>
    public required string Path { get; init; }

    /// <summary>The path as it was sent, with the query.</summary>
    public required string Target { get; init; }

    /// <summary>Those headers of the request that mean something in the protocols.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> RequestHeaders { get; init; }

    /// <summary>The request's body as text.</summary>
    public required string RequestBody { get; init; }

    /// <summary>The answer's status.</summary>
    public required int Status { get; init; }

    /// <summary>Those headers of the answer that mean something in the protocols.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; }

    /// <summary>The answer's body as text; empty for pages.</summary>
    public required string ResponseBody { get; init; }

    /// <summary>The member that the browser tours as; null where it sent no tour's cookie.</summary>
    public string? Visitor { get; init; }

    /// <summary>The sign-in that it is a part of, where its path says so.</summary>
    public string? SignInId { get; init; }

    /// <summary>How many characters it takes, about.</summary>
    public int Length => Path.Length + Target.Length + RequestBody.Length + ResponseBody.Length + RequestHeaders.Concat(ResponseHeaders).Sum(header => header.Value.Length);

    /// <summary>The value of a header of the request; null where it was not sent.</summary>
    public string? RequestHeader(string name) => Value(RequestHeaders, name);

    /// <summary>The value of a header of the answer; null where it was not sent.</summary>
    public string? ResponseHeader(string name) => Value(ResponseHeaders, name);

    private static string? Value(IReadOnlyList<KeyValuePair<string, string>> headers, string name) =>
        headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
