namespace NetworkIdentity.Standards.OAuth;

/// <summary>The parameters of an OAuth request: each once, an empty one as if it had not been sent [RFC6749 §3.1] [RFC6749 §3.2].</summary>
public sealed class OAuthParameters
{
    /// <summary>The longest value that is taken, in characters.</summary>
    public const int MaxValueLength = 2048;

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
    /// <exception cref="Refusal"><c>invalid_request</c>: it stands twice, or is too long.</exception>
    public string? Optional(string name)
    {
        if (_repeated.Contains(name)) throw OAuthRefusal.InvalidRequest($"{name} stands twice");
        var value = _values.GetValueOrDefault(name);
        return value is { Length: > MaxValueLength } ? throw OAuthRefusal.InvalidRequest($"{name} is too long") : value;
    }

    /// <summary>The value of a parameter.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>: it is absent, stands twice, or is too long.</exception>
    public string Required(string name) => Optional(name) ?? throw OAuthRefusal.InvalidRequest($"{name} is missing");

    /// <summary>Refuses a request in which any parameter stands twice.</summary>
    /// <exception cref="Refusal"><c>invalid_request</c>.</exception>
    public void RefuseRepeated()
    {
        // The name is the caller's own words, so it is not repeated to them.
        if (_repeated.Count > 0) throw OAuthRefusal.InvalidRequest("a parameter stands twice");
    }
}
