namespace NetworkIdentity.Standards.OAuth;

/// <summary>The parameters of an OAuth request: each once, an empty one as if it had not been sent [RFC6749 §3.1] [RFC6749 §3.2].</summary>
public sealed class OAuthParameters
{
    /// <summary>The longest value that is taken, in characters.</summary>
    public const int MaxValueLength = 2048;

    /// <summary>The longest <c>state</c>, in which clients keep whatever they need after the sign-in, and the longest <c>id_token_hint</c>.</summary>
    public const int MaxStateLength = 8192;

    /// <summary>The longest JWT in a parameter: a signed request holds all the others.</summary>
    public const int MaxTokenLength = 32 * 1024;

    /// <summary>What may be sent more than once: the resources and audiences that a token is for [RFC8707 §2]. This server takes one resource, and does not read audiences.</summary>
    private static readonly string[] Repeatable = ["resource", "audience"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);

    /// <summary>Takes the parameters as they were sent.</summary>
    public OAuthParameters(IEnumerable<KeyValuePair<string, string>> sent)
    {
        foreach (var (name, value) in sent)
        {
            if (value.Length > 0 && !_values.TryAdd(name, value)) _repeated.Add(name);
        }
    }

    /// <summary>The value of a parameter; null where it is absent or empty.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it stands twice, is too long, or holds a NUL.</exception>
    public string? Optional(string name)
    {
        if (_repeated.Contains(name)) throw OAuthRefusal.InvalidRequest($"{name} stands twice");
        var value = _values.GetValueOrDefault(name);
        if (value is null) return null;
        if (value.Length > MaxLengthOf(name)) throw OAuthRefusal.InvalidRequest($"{name} is too long");
        return value.Contains('\0', StringComparison.Ordinal) ? throw OAuthRefusal.InvalidRequest($"{name} holds a NUL character") : value;
    }

    /// <summary>The resource that an access token is to be for [RFC8707 §2]; null where none is named.</summary>
    /// <exception cref="Refusal"><c>invalid_target</c>: there are several; a token is for one [RFC9068 §3]. <c>invalid_request</c>: it is too long, or holds a NUL.</exception>
    public string? Resource() => _repeated.Contains("resource") ? throw OAuthRefusal.InvalidTarget("a token is for one resource: ask for each by itself") : Optional("resource");

    /// <summary>The parameters of these names that were sent, by name.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: one stands twice, is too long, or holds a NUL.</exception>
    public IReadOnlyDictionary<string, string> Of(IEnumerable<string> names)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
            if (Optional(name) is { } value) found[name] = value;
        return found;
    }

    /// <summary>The value of a parameter.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it is absent, stands twice, is too long, or holds a NUL.</exception>
    public string Required(string name) => Optional(name) ?? throw OAuthRefusal.InvalidRequest($"{name} is missing");

    /// <summary>Refuses a request in which any parameter stands twice that may stand once alone.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>.</exception>
    public void RefuseRepeated()
    {
        // The name is the caller's own words, so it is not repeated to them.
        if (_repeated.Any(name => !Repeatable.Contains(name))) throw OAuthRefusal.InvalidRequest("a parameter stands twice");
    }

    private static int MaxLengthOf(string name) => name switch
    {
        "state" or "id_token_hint" => MaxStateLength,
        "request" or "client_assertion" => MaxTokenLength,
        _ => MaxValueLength,
    };
}
