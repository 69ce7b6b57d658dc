using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /1.0/identifiers/{did}: resolves a DID, or dereferences a DID URL with a fragment [DID-Resolution §HTTP(S) Binding].</summary>
/// <remarks>
/// The identifier is read from the request line as it was sent: a DID may hold a percent sign of its own, as before its port, which decoding would take from it. One that begins with
/// <c>did:</c> was appended as it is; one that begins with <c>did%3A</c> was encoded, once.
/// </remarks>
internal static class ResolutionEndpoint
{
    /// <summary>What the identifier stands behind.</summary>
    private const string Path = "/1.0/identifiers/";

    private const string OlderProfile = "https://w3id.org/did-resolution";

    /// <summary>What an answer is: the whole result in one of its forms, or the document alone.</summary>
    private enum Form
    {
        Result,
        OlderResult,
        Dereferencing,
        Document,
    }

    /// <summary>Resolves or dereferences.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.Vary = "Accept";
        var (form, mediaType) = (Form.Result, DidMediaTypes.Resolution);
        string? fragment = null;
        DidResolutionResult result;
        try
        {
            // 1. What is asked for: the identifier, the options, and the form of the answer.
            var (identifier, parameters) = (IdentifierOf(context), OptionsOf(context));
            var accept = parameters.Remove("accept", out var asked) ? asked : context.Request.Headers.Accept.ToString();
            (form, mediaType) = Negotiate(accept) ?? throw DidRefusal.RepresentationNotSupported();

            // 2. A DID is one with nothing behind it; of a DID URL, the parameters are options too [DID-Resolution §DID URL Dereferencing Algorithm].
            var did = identifier;
            if (identifier.AsSpan().IndexOfAny('/', '?', '#') >= 0)
            {
                var url = DidUrl.Parse(identifier);
                if (url.Path.Length > 0) throw DidRefusal.FeatureNotSupported("paths of DID URLs are not dereferenced here");
                foreach (var (name, value) in url.Parameters())
                    if (!parameters.TryAdd(name, value)) throw DidRefusal.InvalidOptions("an option stands in the DID URL and beside it");
                (did, fragment) = (url.Did.ToString(), url.Fragment);
            }

            // 3. The document; 4. the part of it that is named.
            result = await nation.Dids.ResolveAsync(did, DidResolutionOptions.Of(parameters), context.RequestAborted);
            if (fragment is not null && result.Document is { } document)
                result = DidResolutionResult.Found(DidDocument.Parse(document).Dereference(fragment).DeepClone().AsObject(), result.DocumentMetadata);
        }
        catch (Refusal refusal)
        {
            result = DidResolutionResult.Failed(refusal);
        }

        var isOwn = result.Error is null && nation.DidLog is { } own && result.Document?["id"]?.GetValue<string>().StartsWith(own.Did, StringComparison.Ordinal) == true;
        context.Response.Headers.CacheControl = isOwn ? "public, max-age=60" : "no-store";
        return Answer(result, form, mediaType, isPart: fragment is not null);
    }

    private static Bytes Answer(DidResolutionResult result, Form form, string mediaType, bool isPart)
    {
        // What there is no document of is told in the form of a result.
        if (form == Form.Document && result.Document is null) (form, mediaType) = isPart ? (Form.Dereferencing, DidMediaTypes.Dereferencing) : (Form.Result, DidMediaTypes.Resolution);
        if (form == Form.Result && isPart) (form, mediaType) = (Form.Dereferencing, DidMediaTypes.Dereferencing);
        var json = form switch
        {
            Form.Document => result.Document!,
            Form.OlderResult => result.ToOlderJson(),
            Form.Dereferencing => Dereferenced(result.ToJson(), isPart),
            _ => result.ToJson(),
        };
        return new Bytes(StrictJson.Write(json), mediaType, StatusOf(result));
    }

    /// <summary>A resolution result as a dereferencing result: the same three under other names. The specification's text has <c>contentStream</c>, its OpenAPI file <c>content</c>.</summary>
    private static JsonObject Dereferenced(JsonObject result, bool isPart)
    {
        var (metadata, of, content) = (result["didResolutionMetadata"]!.DeepClone(), result["didDocumentMetadata"]!.DeepClone(), result["didDocument"]?.DeepClone());

        // What is known of the document is not known of a part of it.
        return new() { ["dereferencingMetadata"] = metadata, ["contentStream"] = content, ["contentMetadata"] = isPart ? new JsonObject() : of };
    }

    private static int StatusOf(DidResolutionResult result)
    {
        if (result.Error is null) return result.DocumentMetadata.Deactivated == true ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        var type = DidRefusal.TypeOf(result.Error);
        return type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..] switch
        {
            "INVALID_DID" or "INVALID_DID_URL" or "INVALID_OPTIONS" => StatusCodes.Status400BadRequest,
            "NOT_FOUND" => StatusCodes.Status404NotFound,
            "REPRESENTATION_NOT_SUPPORTED" => StatusCodes.Status406NotAcceptable,
            "METHOD_NOT_SUPPORTED" or "FEATURE_NOT_SUPPORTED" => StatusCodes.Status501NotImplemented,
            _ => StatusCodes.Status500InternalServerError,
        };
    }

    private static string IdentifierOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var at = target.IndexOf(Path, StringComparison.Ordinal);
        if (at < 0) throw DidRefusal.InvalidDid("there is no DID");
        var path = target[(at + Path.Length)..];
        if (path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query) path = path[..query];
        if (!path.StartsWith("did:", StringComparison.Ordinal)) return Uri.UnescapeDataString(path);

        // Appended as it is, but for what would end the path of the request.
        return path.Replace("%23", "#", StringComparison.Ordinal).Replace("%3F", "?", StringComparison.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> OptionsOf(HttpContext context)
    {
        if (context.Request.Query.Count > 16) throw DidRefusal.InvalidOptions("too many options");
        return context.Request.Query.ToDictionary(
            option => option.Key,
            option => option.Value is [{ } one] ? one : throw DidRefusal.InvalidOptions("an option stands twice"),
            StringComparer.Ordinal);
    }

    /// <summary>The form that is preferred among those that there are; null where none is.</summary>
    private static (Form Form, string MediaType)? Negotiate(string accept)
    {
        if (accept.Length == 0) return (Form.Result, DidMediaTypes.Resolution);
        if (!MediaTypeHeaderValue.TryParseList([accept], out var types)) return null;
        foreach (var type in types.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            var name = type.MediaType.Value!.ToLowerInvariant();
            if (name == DidMediaTypes.Resolution || name is "*/*" or "application/*") return (Form.Result, DidMediaTypes.Resolution);
            if (name == DidMediaTypes.Dereferencing) return (Form.Dereferencing, name);
            if (DidMediaTypes.IsDocument(name)) return (Form.Document, name);
            if (name == "application/ld+json" && type.Parameters.Any(parameter => parameter.Name == "profile" && HeaderUtilities.RemoveQuotes(parameter.Value) == OlderProfile))
                return (Form.OlderResult, $"application/ld+json;profile=\"{OlderProfile}\"");
        }

        return null;
    }

    /// <summary>JSON of a media type and a status, without a charset.</summary>
    private sealed class Bytes(byte[] body, string mediaType, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = mediaType;
            context.Response.ContentLength = body.Length;
            if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
