using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>What a DID resolves to [DID §4]: keys, what each is for, and services. What it has besides is kept, in <see cref="Json"/>.</summary>
/// <remarks>
/// Here it is looked at as a document, for who resolves or dereferences. A key is taken from it for a purpose, with all that has to hold of the key, by
/// <see cref="ControlledIdentifierDocument"/>. Controllers are never followed, so there are no loops of them [A87].
/// </remarks>
public sealed class DidDocument
{
    /// <summary>How many verification methods there may be in a document, those within relationships counted in.</summary>
    public const int MaxMethods = 128;

    /// <summary>How many there may be of anything else: names, controllers, references of a relationship, services.</summary>
    public const int MaxItems = 128;

    /// <summary>The context of what is made here [DID §6].</summary>
    public const string Context = "https://www.w3.org/ns/did/v1.1";

    private readonly Dictionary<string, JsonObject> _named = new(StringComparer.Ordinal);

    private DidDocument(Did id, JsonObject json)
    {
        Id = id;
        Json = json;
    }

    /// <summary>What a verification method may be listed for [CID §2.3]: the names of the document's members.</summary>
    public static IReadOnlyList<string> Relationships { get; } = ["authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation"];

    /// <summary>Whom the document is about.</summary>
    public Did Id { get; }

    /// <summary>The document as it was found.</summary>
    public JsonObject Json { get; }

    /// <summary>Other names of the subject, claimed and not proven [DID §4.1.3].</summary>
    public IReadOnlyList<string> AlsoKnownAs { get; private init; } = [];

    /// <summary>Who may change the document, where it says so.</summary>
    public IReadOnlyList<string> Controllers { get; private init; } = [];

    /// <summary>The services.</summary>
    public IReadOnlyList<ServiceEndpoint> Services { get; private init; } = [];

    /// <summary>Reads a document.</summary>
    /// <exception cref="Refusal">invalidDidDocument: no DID as its id, a member of a wrong form, two things of one id, or too many of anything.</exception>
    public static DidDocument Parse(JsonObject json) => Refusal.Recode(DidRefusal.InvalidDidDocumentCode, () =>
    {
        var id = json.RequiredString("id");
        if (!Did.Is(id)) throw Refusal.Malformed("the id of the document is not a DID");
        var did = Did.Parse(id);
        var document = new DidDocument(did, json)
        {
            AlsoKnownAs = Bounded(json.OptionalStrings("alsoKnownAs"), "alsoKnownAs"),
            Controllers = json["controller"] is JsonArray ? Bounded(json.OptionalStrings("controller"), "controller") : json.OptionalString("controller") is { } one ? [one] : [],
            Services = [.. Items(json, "service").Select(service => ServiceEndpoint.Parse(did, Object(service, "service")))],
        };
        if (!document.Controllers.All(Did.Is)) throw Refusal.Malformed("a controller is not a DID");
        foreach (var method in Items(json, "verificationMethod")) document.AddMethod(Object(method, "verificationMethod"));
        foreach (var relationship in Relationships)
        {
            foreach (var item in Items(json, relationship))
            {
                if (item is JsonObject method) document.AddMethod(method);
                else if (item?.GetValueKind() != JsonValueKind.String) throw Refusal.Malformed($"{relationship} must hold verification methods and references to them");
            }
        }

        foreach (var service in document.Services)
        {
            if (service.Id is { } name && !document._named.TryAdd(name, service.Json)) throw Refusal.Malformed("a service has the id of something else");
        }

        return document;
    });

    /// <summary>What a fragment of the document names: a verification method or a service.</summary>
    /// <param name="fragment">Without its number sign.</param>
    /// <exception cref="Refusal">notFound: neither.</exception>
    public JsonObject Dereference(string fragment) =>
        _named.GetValueOrDefault($"{Id}#{fragment}") ?? throw DidRefusal.NotFound("the document has nothing of this fragment");

    /// <summary>The document with its relative references made absolute [DID-Resolution §DID Resolution Options]; a copy.</summary>
    public JsonObject Expanded()
    {
        var json = Json.DeepClone().AsObject();
        foreach (var name in (IEnumerable<string>)[.. Relationships, "verificationMethod", "service"])
        {
            if (json[name] is not JsonArray items) continue;
            for (var at = 0; at < items.Count; at++)
            {
                if (items[at] is JsonObject item && item["id"] is JsonValue id) item["id"] = DidUrl.Absolute(Id, id.GetValue<string>());
                else if (items[at] is JsonValue reference) items[at] = DidUrl.Absolute(Id, reference.GetValue<string>());
            }
        }

        return json;
    }

    private void AddMethod(JsonObject json)
    {
        if (_named.Count >= MaxMethods) throw Refusal.Malformed($"a document has at most {MaxMethods} verification methods");
        _ = json.RequiredString("type");
        if (!_named.TryAdd(DidUrl.Absolute(Id, json.RequiredString("id")), json)) throw Refusal.Malformed("two verification methods have one id");
    }

    private static JsonObject Object(JsonNode? item, string name) => item as JsonObject ?? throw Refusal.Malformed($"{name} must hold objects");

    private static JsonArray Items(JsonObject json, string name) =>
        json.OptionalArray(name) is not { } items ? [] : items.Count <= MaxItems ? items : throw TooMany(name);

    private static IReadOnlyList<string> Bounded(IReadOnlyList<string>? items, string name) => items is not { Count: > MaxItems } ? items ?? [] : throw TooMany(name);

    private static Refusal TooMany(string name) => Refusal.Malformed($"{name} has more than {MaxItems} items");
}
