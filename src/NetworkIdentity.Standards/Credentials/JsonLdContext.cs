using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>A JSON-LD context that lies here as a file, pinned by its hash: nothing is ever fetched for one [VCDM §B.1].</summary>
/// <remarks>
/// Not a JSON-LD processor. What is taken from it is which names it defines, at any depth, and which of them it protects: enough to see that a document uses no name
/// that nobody defined, and that nobody defined one anew. Meanings are engineered ahead of time, by those who wrote the reader of a type [VCDM §6.3].
/// </remarks>
public sealed class JsonLdContext
{
    private const string Keywords = "@";

    private JsonLdContext(string url, ReadOnlyMemory<byte> file)
    {
        Url = url;
        File = file;
    }

    /// <summary>The URL that documents name it by.</summary>
    public string Url { get; }

    /// <summary>Its bytes, for who holds a digest against them.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>The names at its top, each with its definition as canonical JSON.</summary>
    internal Dictionary<string, string> Top { get; } = new(StringComparer.Ordinal);

    /// <summary>Every name that it defines, at its top or in the scope of a type or a property.</summary>
    internal HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The names whose value is JSON and nothing else.</summary>
    internal HashSet<string> Verbatim { get; } = new(StringComparer.Ordinal);

    /// <summary>What its names stand for.</summary>
    internal HashSet<string> Iris { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether every name is defined by it, as <c>@vocab</c> has it.</summary>
    internal bool DefinesAll { get; private set; }

    /// <summary>Reads a file and holds it against its hash.</summary>
    /// <param name="url">The URL that documents name it by.</param>
    /// <param name="file">The file.</param>
    /// <param name="sha256">SHA-256 of the file, in hexadecimal.</param>
    /// <exception cref="ArgumentException">It is another file, or no context.</exception>
    public static JsonLdContext Read(string url, ReadOnlyMemory<byte> file, string sha256)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(file.Span)) != sha256) throw new ArgumentException($"The context {url} is another file than its hash says.", nameof(file));
        var context = new JsonLdContext(url, file);
        if (JsonNode.Parse(file.Span) is not JsonObject document || document["@context"] is not JsonObject terms) throw new ArgumentException($"{url} is no context.", nameof(file));
        context.Collect(terms, []);
        foreach (var (name, definition) in terms)
            if (!name.StartsWith(Keywords, StringComparison.Ordinal)) context.Top[name] = Spelled(definition);
        context.DefinesAll = terms["@vocab"] is not null;
        return context;
    }

    /// <summary>A definition as it is compared with another.</summary>
    internal static string Spelled(JsonNode? definition) => System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(definition));

    private void Collect(JsonObject terms, Dictionary<string, string> outer)
    {
        var prefixes = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        foreach (var (name, definition) in terms)
            if (definition?.GetValueKind() == JsonValueKind.String) prefixes[name] = definition.GetValue<string>();
        foreach (var (name, definition) in terms)
        {
            if (name.StartsWith(Keywords, StringComparison.Ordinal)) continue;
            Names.Add(name);
            var described = definition as JsonObject;
            if ((described?["@id"] ?? definition) is JsonValue iri && iri.GetValueKind() == JsonValueKind.String) Iris.Add(Expanded(iri.GetValue<string>(), prefixes));
            if (described?["@type"]?.GetValue<string>() == "@json") Verbatim.Add(name);
            if (described?["@context"] is JsonObject scoped) Collect(scoped, prefixes);
        }
    }

    private static string Expanded(string iri, Dictionary<string, string> prefixes)
    {
        var colon = iri.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && prefixes.TryGetValue(iri[..colon], out var prefix) ? prefix + iri[(colon + 1)..] : iri;
    }
}
