using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>Who has which keys for what, of which a DID document is one form [CID §2]: how a key is found in it.</summary>
public static class ControlledIdentifierDocument
{
    /// <summary>The purpose of who says something, for example of an issuer [CID §2.3.2].</summary>
    public const string AssertionMethod = "assertionMethod";

    /// <summary>The purpose of who shows who they are, for example of a holder [CID §2.3.1].</summary>
    public const string Authentication = "authentication";

    /// <summary>The most verification methods of a document that are looked at.</summary>
    public const int MaxMethods = 128;

    /// <summary>The verification relationships [CID §2.3]. A purpose is one of these, or it could name any member of the document.</summary>
    private static readonly string[] Relationships = [AssertionMethod, Authentication, "keyAgreement", "capabilityInvocation", "capabilityDelegation"];

    private static readonly string[] SecretMembers = ["secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"];

    /// <summary>The URL of the document that a verification method is in: its own without the fragment [CID §3.3 steps 1 and 2].</summary>
    /// <exception cref="Refusal">INVALID_VERIFICATION_METHOD_URL.</exception>
    public static string UrlOf(string verificationMethod)
    {
        var at = verificationMethod.IndexOf('#', StringComparison.Ordinal);
        return at > 0 && at < verificationMethod.Length - 1 && AbsoluteUrl.Is(verificationMethod)
            ? verificationMethod[..at]
            : throw DataIntegrityRefusal.VerificationMethodUrl();
    }

    /// <summary>Retrieves a verification method from the document that it must be in [CID §3.3 steps 5 to 12].</summary>
    /// <param name="document">What its URL without the fragment led to, by whatever way its scheme has [CID §3.3 step 4].</param>
    /// <param name="verificationMethod">The URL of the method, with its fragment.</param>
    /// <param name="relationship">What the key must be for: the <c>proofPurpose</c> of a proof.</param>
    /// <param name="now">The time: a method that has expired or was revoked verifies nothing, however old the signature says it is [CID §2.2].</param>
    /// <exception cref="Refusal">By the codes of <see cref="DataIntegrityRefusal"/> that stand in [CID §3.5].</exception>
    public static VerificationMethod Retrieve(JsonObject document, string verificationMethod, string relationship, DateTimeOffset now)
    {
        var url = UrlOf(verificationMethod);

        // 5. The document is one; 6. it is the one that was asked for.
        var (id, methods, related) = Refusal.Recode(DataIntegrityRefusal.DocumentCode, () => Parts(document, relationship));
        if (id != url) throw DataIntegrityRefusal.DocumentId();

        // 7. The one method of this name, wherever in the document it stands: what has two meanings has none.
        var found = Refusal.Recode(DataIntegrityRefusal.MethodCode, () => methods.FindAll(method => IsNamed(method, id, verificationMethod)));
        if (found is not [var json]) throw DataIntegrityRefusal.Method(found.Count == 0 ? "the document has no such verification method" : "the document has two verification methods of one id");

        // 8. It is of the form; 9. its id is the one asked for, by how it was found; 10. it is the document's own.
        var key = Refusal.Recode(DataIntegrityRefusal.MethodCode, () =>
        {
            if (Absolute(json.RequiredString("controller"), id) != url) throw Refusal.Malformed("controller of the verification method is not its document's id");
            if (DateTimeStamp.Optional(json, "expires") <= now) throw Refusal.Malformed("the verification method has expired");
            if (DateTimeStamp.Optional(json, "revoked") <= now) throw Refusal.Malformed("the verification method was revoked");
            return KeyOf(json);
        });

        // 11. It stands under the relationship, by its name or itself.
        if (!related.Any(item => item is JsonObject embedded ? ReferenceEquals(embedded, json) : Absolute(item!.GetValue<string>(), id) == verificationMethod))
            throw DataIntegrityRefusal.Relationship();
        return new(verificationMethod, id, key);
    }

    private static (string Id, List<JsonObject> Methods, JsonArray Related) Parts(JsonObject document, string relationship)
    {
        if (!Relationships.Contains(relationship)) throw DataIntegrityRefusal.Relationship();
        var id = document.RequiredString("id");
        if (!AbsoluteUrl.Is(id)) throw Refusal.Malformed("id of the document must be a URL");
        var methods = new List<JsonObject>();
        foreach (var item in document.OptionalArray("verificationMethod") ?? [])
            methods.Add(item as JsonObject ?? throw Refusal.Malformed("verificationMethod must be an array of objects"));
        foreach (var name in Relationships)
        {
            var items = document.OptionalArray(name) ?? [];
            if (items.Count > MaxMethods) throw Refusal.Malformed($"{name} has more than {MaxMethods} items");
            if (items.Any(item => item is not JsonObject && item?.GetValueKind() != System.Text.Json.JsonValueKind.String))
                throw Refusal.Malformed($"{name} must be an array of URLs and verification methods");
            methods.AddRange(items.OfType<JsonObject>());
        }

        if (methods.Count > MaxMethods) throw Refusal.Malformed($"the document has more than {MaxMethods} verification methods");
        return (id, methods, document.OptionalArray(relationship) ?? []);
    }

    private static bool IsNamed(JsonObject method, string documentId, string name) => Absolute(method.RequiredString("id"), documentId) == name;

    /// <summary>The key of a method that is known to be one's own, in the one form it has [CID §2.2.1].</summary>
    private static Jwk KeyOf(JsonObject method)
    {
        if (SecretMembers.Any(method.ContainsKey)) throw Refusal.Malformed("the verification method holds a secret key: it is known now, make another");
        var type = method.RequiredString("type");
        return (type, method.ContainsKey("publicKeyMultibase"), method.ContainsKey("publicKeyJwk")) switch
        {
            (Multikey.Type, true, false) => Multikey.Parse(method.RequiredString("publicKeyMultibase")),
            ("JsonWebKey", false, true) => Jwk.Parse(method.RequiredObject("publicKeyJwk"), p384: true),
            (Multikey.Type or "JsonWebKey", _, _) => throw Refusal.Malformed($"a {type} has its key in the one form of its type"),
            _ => throw Refusal.Malformed("type of the verification method must be Multikey or JsonWebKey"),
        };
    }

    private static string Absolute(string url, string documentId) => url.StartsWith('#') ? documentId + url : url;
}
