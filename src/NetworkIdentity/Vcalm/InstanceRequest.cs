using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Vcalm;

/// <summary>The body of a request to an instance: what stands in it must be known, to the last option [VCALM §Options].</summary>
internal sealed class InstanceRequest
{
    private readonly JsonObject _body;
    private readonly JsonObject _options;

    private InstanceRequest(JsonObject body, JsonObject options)
    {
        _body = body;
        _options = options;
    }

    /// <summary>Reads a body that holds a document and options.</summary>
    /// <param name="body">The body.</param>
    /// <param name="document">The name of the document.</param>
    /// <param name="options">The names of the options that the endpoint knows.</param>
    /// <exception cref="Refusal">PARSING_ERROR, MALFORMED_VALUE_ERROR, UNKNOWN_OPTION_PROVIDED.</exception>
    public static InstanceRequest Read(ReadOnlyMemory<byte> body, string document, params string[] options)
    {
        var json = Parse(body);
        RefuseUnknown(json, [document, "options"]);
        var given = Malformed(() => json.OptionalObject("options") ?? []);
        RefuseUnknown(given, options);
        return json.ContainsKey(document) ? new(json, given) : throw CredentialRefusal.Malformed($"{document} is missing");
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="Refusal">PARSING_ERROR.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> body) => Refusal.Recode(CredentialRefusal.ParsingCode, () => StrictJson.ParseObject(body.Span));

    /// <summary>Refuses what an object has and its reader does not know.</summary>
    /// <exception cref="Refusal">UNKNOWN_OPTION_PROVIDED.</exception>
    public static void RefuseUnknown(JsonObject json, string[] known)
    {
        // What a stranger calls it is not repeated.
        if (json.Any(member => !known.Contains(member.Key))) throw VcalmRefusal.UnknownOption(known.Length == 0 ? "an option" : $"an option or member that is none of {string.Join(", ", known)}");
    }

    /// <summary>Reads, and refuses as the data model does what is malformed.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR.</exception>
    public static T Malformed<T>(Func<T> read) => Refusal.Recode(CredentialRefusal.MalformedValueCode, read);

    /// <summary>The document, which is an object, spelled in the one way that proofs can tell.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR.</exception>
    public JsonObject Canonical(string document) => Malformed(() => Jcs.Canonical(_body.RequiredObject(document)));

    /// <summary>The document, which is an object.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR.</exception>
    public JsonObject Object(string document) => Malformed(() => _body.RequiredObject(document));

    /// <summary>The document, whatever it is.</summary>
    public JsonNode? Node(string document) => _body[document];

    /// <summary>An option that is a text; null where absent or empty of any.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR: no text, or one that is too long.</exception>
    public string? Text(string option) => Malformed(() => _options.OptionalString(option)) is not { } text ? null
        : text.Length is > 0 and <= 1024 ? text : throw CredentialRefusal.Malformed($"{option} must be a text of 1 to 1024 characters");

    /// <summary>An option that is true or false; false where absent.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR.</exception>
    public bool Flag(string option) => Malformed(() => _options.OptionalBoolean(option)) ?? false;

    /// <summary>Refuses an option whose items are not all known.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR, UNKNOWN_OPTION_PROVIDED.</exception>
    public void CheckItems(string option, params string[] known)
    {
        if (Malformed(() => _options.OptionalStrings(option))?.All(known.Contains) == false) throw VcalmRefusal.UnknownOption($"a value of {option}");
    }
}
