using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>The DID method <c>web</c>: a document at an https URL that the DID spells [DID-Web]. It has no history and proves no more than the host does.</summary>
public static class DidWeb
{
    /// <summary>The longest document that is read, in bytes.</summary>
    public const int MaxDocument = 1 << 20;

    private const string Prefix = "did:web:";

    /// <summary>Where the document of a DID is.</summary>
    /// <exception cref="Refusal">invalidDid: not a did:web, or one whose host or path is refused; see <see cref="WebLocation"/>.</exception>
    public static string DocumentUrl(string did) => Location(did).UrlOf("did.json");

    /// <summary>Reads the document that was fetched from <see cref="DocumentUrl"/>.</summary>
    /// <param name="did">The DID that is resolved.</param>
    /// <param name="utf8">What was fetched.</param>
    /// <exception cref="Refusal">invalidDid: not a did:web. invalidDidDocument: not a document, too long, or another DID's.</exception>
    public static DidDocument Read(string did, ReadOnlySpan<byte> utf8)
    {
        _ = Location(did);
        if (utf8.Length > MaxDocument) throw DidRefusal.InvalidDidDocument("the document is too long");
        JsonObject json;
        try
        {
            json = StrictJson.ParseObject(utf8);
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidDidDocument(refusal.Description);
        }

        var document = DidDocument.Parse(json);
        return document.Id.ToString() == did ? document : throw DidRefusal.InvalidDidDocument("the document is another DID's");
    }

    private static WebLocation Location(string did) => did.StartsWith(Prefix, StringComparison.Ordinal) && Did.Is(did)
        ? WebLocation.Parse(did[Prefix.Length..])
        : throw DidRefusal.InvalidDid("not a did:web");
}
