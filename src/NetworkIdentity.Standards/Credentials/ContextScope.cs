using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>The names that are defined by a document's contexts, in their order.</summary>
internal sealed class ContextScope
{
    private const int MaxInlineTerms = 256;

    private readonly Dictionary<string, string?> _definitions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _iris = new(StringComparer.Ordinal);
    private readonly HashSet<string> _verbatim = new(StringComparer.Ordinal);
    private bool _definesAll;

    /// <summary>Adds a known context. It may say again what is said, and nothing else of it.</summary>
    public void Add(JsonLdContext context)
    {
        foreach (var (name, definition) in context.Top) Define(name, definition, isKnown: true);
        foreach (var name in context.Names) _definitions.TryAdd(name, null);
        _iris.UnionWith(context.Iris);
        _verbatim.UnionWith(context.Verbatim);
        _definesAll |= context.DefinesAll;
    }

    /// <summary>Adds a context that is written in the document: new names for what has none yet. No scopes, no imports, no base.</summary>
    public void Add(JsonObject inline)
    {
        if (inline.Count > MaxInlineTerms) throw Refusal.Malformed("a context in the document has too many terms");
        foreach (var (name, definition) in inline)
        {
            if (name is "@protected" && definition?.GetValueKind() is JsonValueKind.True or JsonValueKind.False) continue;
            if (name is "@version" && definition?.ToJsonString() == "1.1") continue;
            if (name is "@vocab")
            {
                if (definition is not null) CheckIri(definition);
                _definesAll = definition is not null;
                continue;
            }

            if (!IsTerm(name)) throw Refusal.Malformed("a context in the document does more than to define terms");
            var iri = definition switch
            {
                JsonObject described when described.All(IsPlain) => described["@id"],
                JsonObject => throw Refusal.Malformed("a context in the document does more than to define terms"),
                _ => definition,
            };
            CheckIri(iri);
            Define(name, JsonLdContext.Spelled(definition), isKnown: false);
            if (definition is JsonObject typed && IsText(typed["@type"], "@json")) _verbatim.Add(name);
        }
    }

    /// <summary>Walks a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="apart">A property at its top whose objects have their own contexts.</param>
    public void CheckDocument(JsonObject document, string? apart)
    {
        foreach (var (name, value) in document)
        {
            // A proof is the securing mechanism's, and may have a context of its own.
            if (name is "@context" or "proof" || name == apart) continue;
            Check(name, value);
        }
    }

    private void Check(string name, JsonNode? value)
    {
        if (!IsDefined(name)) throw Refusal.Malformed("the document has a name that no context of it defines");
        if (_verbatim.Contains(name)) return;
        if (name == "id" && !(CredentialMembers.IsString(value) && IsIdentifier(value!.GetValue<string>()))) throw Refusal.Malformed("an id in the document is no URL");
        if (name == "type") CheckTypes(value);
        else Check(value);
    }

    private void Check(JsonNode? value)
    {
        if (value is JsonArray items)
        {
            foreach (var item in items) Check(item);
        }
        else if (value is JsonObject members)
        {
            if (LanguageValue.IsOne(members)) LanguageValue.Read(members, "a text");
            else foreach (var (name, inner) in members) Check(name, inner);
        }
        else if (CredentialMembers.IsString(value) && IsCompact(value!.GetValue<string>()))
        {
            throw Refusal.Malformed("a URL in the document begins with a term");
        }
    }

    private void CheckTypes(JsonNode? value)
    {
        foreach (var type in value as JsonArray ?? [value?.DeepClone()])
            if (!CredentialMembers.IsString(type) || !IsDefined(type!.GetValue<string>())) throw Refusal.Malformed("the document has a type that no context of it defines");
    }

    // A term, or a URL of its own. A URL for which there is a term is that term in disguise.
    private bool IsDefined(string name)
    {
        if (IsTerm(name)) return _definitions.ContainsKey(name) || _definesAll;
        return AbsoluteUrl.Is(name) && !IsCompact(name) && !_iris.Contains(name);
    }

    // A URL whose scheme is a term is two URLs: as it stands, and with the term's in the place of its scheme.
    private bool IsCompact(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && _definitions.ContainsKey(text[..colon]) && AbsoluteUrl.Is(text);
    }

    // What it stands for is a URL, and neither what a known name stands for nor the beginning of it, by which it could be put together.
    private void CheckIri(JsonNode? node)
    {
        var iri = CredentialMembers.IsString(node) ? node!.GetValue<string>() : "";
        if (!AbsoluteUrl.Is(iri)) throw Refusal.Malformed("a context in the document defines a term as no URL");
        if (_iris.Any(known => known.StartsWith(iri, StringComparison.Ordinal)) || IsCompact(iri))
            throw Refusal.Malformed("a context in the document defines a known term under another name");
    }

    // A name that is defined in a scope alone may have another meaning at the top of a file that somebody looked at, and in no other.
    private void Define(string name, string definition, bool isKnown)
    {
        if (_definitions.TryGetValue(name, out var known) && known != definition && !(known is null && isKnown)) throw Refusal.Malformed("a context of the document defines a term anew");
        _definitions[name] = definition;
    }

    private static bool IsPlain(KeyValuePair<string, JsonNode?> member) => member.Key switch
    {
        "@id" => true,
        "@protected" => member.Value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "@type" => IsText(member.Value, "@id") || IsText(member.Value, "@vocab") || IsText(member.Value, "@json")
            || (CredentialMembers.IsString(member.Value) && AbsoluteUrl.Is(member.Value!.GetValue<string>())),
        "@container" => IsText(member.Value, "@set") || IsText(member.Value, "@list"),
        _ => false,
    };

    private static bool IsTerm(string name) => name.Length > 0 && name[0] != '@' && !name.Contains(':', StringComparison.Ordinal);

    private static bool IsIdentifier(string text) => AbsoluteUrl.Is(text) || text.StartsWith("data:", StringComparison.Ordinal);

    private static bool IsText(JsonNode? node, string text) => CredentialMembers.IsString(node) && node!.GetValue<string>() == text;
}
