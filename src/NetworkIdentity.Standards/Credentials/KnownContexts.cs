using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>The contexts that are known here, and whether a document says what it seems to say by them [VCDM §6.3] [DI §4.6].</summary>
/// <remarks>
/// A reader of JSON alone takes a name for what it knows it to be; a JSON-LD processor takes it for what the contexts say. The two see the same where all contexts are known files,
/// where what is written into the document defines new names alone, and where no name is left that nobody defined. All else is refused, or said to be not understood.
/// </remarks>
public sealed class KnownContexts
{
    private readonly Dictionary<string, JsonLdContext> _byUrl;

    private KnownContexts(IEnumerable<JsonLdContext> contexts) => _byUrl = contexts.ToDictionary(context => context.Url, StringComparer.Ordinal);

    /// <summary>The base contexts of both versions, which count as retrieved already [VCDM §B.1].</summary>
    public static KnownContexts Base { get; } = new([
        JsonLdContext.Read(CredentialMembers.ContextV2, EmbeddedFile.Read(typeof(KnownContexts).Assembly, "contexts/credentials-v2"), "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
        JsonLdContext.Read(CredentialMembers.ContextV1, EmbeddedFile.Read(typeof(KnownContexts).Assembly, "contexts/credentials-v1"), "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc"),
    ]);

    /// <summary>These, and others.</summary>
    public KnownContexts With(params JsonLdContext[] others) => new([.. _byUrl.Values, .. others]);

    /// <summary>The context of a URL; null where it is not known.</summary>
    public JsonLdContext? Find(string url) => _byUrl.GetValueOrDefault(url);

    /// <summary>
    /// The context that a document names. A known file under another URL is the one that it is known to be, where the document says by its digest which file it saw: so each
    /// nation serves the common context at its own address.
    /// </summary>
    private JsonLdContext? Find(string url, IReadOnlyList<RelatedResource> resources) => Find(url)
        ?? (resources.FirstOrDefault(resource => resource.Id == url) is { } named ? _byUrl.Values.FirstOrDefault(context => named.Is(context.File.Span)) : null);

    /// <summary>Whether a credential's names mean what they seem to mean, and its contexts are the files that its issuer saw.</summary>
    /// <exception cref="Refusal">
    /// NOT_UNDERSTOOD: a context that is not known. MALFORMED_VALUE_ERROR: a name that is defined anew, under another name, or not at all; a context below the top.
    /// CRYPTOGRAPHIC_SECURITY_ERROR: a <c>relatedResource</c> says that a context is another file.
    /// </exception>
    public void Check(VerifiableCredential credential)
    {
        Refusal.Recode(CredentialRefusal.MalformedValueCode, () => CheckNames(credential.Json, credential.RelatedResources));
        foreach (var resource in credential.RelatedResources)
            if (Find(resource.Id) is { } context) resource.Check(context.File.Span);
    }

    /// <summary>The same of a presentation and of every credential that stands in it. What is enveloped is checked once it is opened.</summary>
    /// <exception cref="Refusal">As with a credential.</exception>
    public void Check(VerifiablePresentation presentation)
    {
        CheckAround(presentation);
        foreach (var credential in presentation.Credentials) Check(credential);
    }

    /// <summary>The same of a presentation alone, for who checks each credential in it by itself.</summary>
    /// <exception cref="Refusal">As with a credential.</exception>
    public void CheckAround(VerifiablePresentation presentation) =>
        Refusal.Recode(CredentialRefusal.MalformedValueCode, () => CheckNames(presentation.Json, [], VerifiablePresentation.CredentialsName));

    private bool CheckNames(JsonObject document, IReadOnlyList<RelatedResource> resources, string? apart = null)
    {
        var scope = new ContextScope();
        foreach (var context in document["@context"] as JsonArray ?? [document["@context"]!.DeepClone()])
        {
            if (context is JsonObject inline) scope.Add(inline);
            else scope.Add(Find(context!.GetValue<string>(), resources) ?? throw CredentialRefusal.NotUnderstood("a context of the document is not known here"));
        }

        scope.CheckDocument(document, apart);
        return true;
    }
}
