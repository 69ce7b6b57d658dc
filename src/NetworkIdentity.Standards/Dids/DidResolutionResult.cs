using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Dids;

/// <summary>What resolving a DID comes to [DID-Resolution §DID Resolution]: a document and what is known about it, or an error; of a DID that was ended, no document.</summary>
public sealed record DidResolutionResult
{
    private DidResolutionResult()
    {
    }

    /// <summary>The document; null where there is an error, or the DID was ended.</summary>
    public JsonObject? Document { get; private init; }

    /// <summary>What is known about it; empty where there is an error.</summary>
    public DidDocumentMetadata DocumentMetadata { get; private init; } = new();

    /// <summary>Why there is none; null where there is no error.</summary>
    public Refusal? Error { get; private init; }

    /// <summary>A document was found.</summary>
    public static DidResolutionResult Found(JsonObject document, DidDocumentMetadata metadata) => new() { Document = document, DocumentMetadata = metadata };

    /// <summary>The DID was ended.</summary>
    public static DidResolutionResult Ended(DidDocumentMetadata metadata) => new() { DocumentMetadata = metadata with { Deactivated = true } };

    /// <summary>There is no document, and this is why.</summary>
    public static DidResolutionResult Failed(Refusal error) => new() { Error = error };

    /// <summary>Runs <paramref name="resolve"/>; what it refuses is the result's error.</summary>
    public static DidResolutionResult Of(Func<DidResolutionResult> resolve)
    {
        try
        {
            return resolve();
        }
        catch (Refusal refusal)
        {
            return Failed(refusal);
        }
    }

    /// <summary>The result as JSON; an error is a problem [RFC9457] whose type is a URL.</summary>
    public JsonObject ToJson() => Json(DidMediaTypes.Document, error => new JsonObject { ["error"] = Problem(error) });

    /// <summary>The result as resolvers wrote it before: an error is a short name with its problem beside it, as did:webvh still has it [DID-WebVH §Read (Resolve)].</summary>
    public JsonObject ToOlderJson() => Json(DidMediaTypes.DocumentLdJson, error => new JsonObject { ["error"] = error.Code, ["problemDetails"] = Problem(error) });

    private JsonObject Json(string contentType, Func<Refusal, JsonObject> failed) => new()
    {
        ["didDocument"] = Document?.DeepClone(),
        ["didResolutionMetadata"] = Error is not null ? failed(Error) : Document is not null ? new JsonObject { ["contentType"] = contentType } : [],
        ["didDocumentMetadata"] = Error is not null ? [] : DocumentMetadata.ToJson(),
    };

    private static JsonObject Problem(Refusal error)
    {
        var type = DidRefusal.TypeOf(error);
        return new() { ["type"] = type, ["title"] = type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..], ["detail"] = error.Description };
    }
}
