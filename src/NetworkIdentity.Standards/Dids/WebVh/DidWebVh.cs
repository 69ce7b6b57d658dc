using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>The DID method <c>webvh</c> [DID-WebVH]: a DID on the web whose log proves its whole history, whoever hands it out.</summary>
public static class DidWebVh
{
    /// <summary>Resolves a DID out of what was fetched for it.</summary>
    /// <param name="did">The DID, without query and fragment.</param>
    /// <param name="log">What was fetched from <see cref="WebVhDid.LogUrl"/>.</param>
    /// <param name="witnessProofs">What was fetched from <see cref="WebVhDid.WitnessUrl"/>; null where nothing was, which is right where the log names no witnesses.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">Which version.</param>
    /// <returns>A document, an ended DID, or an error: nothing is thrown for what a stranger sent.</returns>
    public static DidResolutionResult Resolve(string did, ReadOnlyMemory<byte> log, byte[]? witnessProofs, DateTimeOffset now, DidResolutionOptions options) => DidResolutionResult.Of(() =>
    {
        _ = WebVhDid.Parse(did);
        return WebVhLog.Read(log.Span, now).Approved(witnessProofs, now).Resolve(did, options);
    });

    /// <summary>The did:web document that stands beside the log, for who can't read logs [DID-WebVH §Publishing a Parallel did:web DID].</summary>
    /// <param name="did">The DID.</param>
    /// <param name="document">Its newest document.</param>
    public static JsonObject ParallelDocument(WebVhDid did, JsonObject document)
    {
        // 1, 2: the services that a did:webvh has without saying so.
        var full = WithImplicitServices(did, document);

        // 3: the same names, under the other method.
        var web = JsonNode.Parse(StrictJson.WriteText(full).Replace($"did:webvh:{did.Scid}:", "did:web:", StringComparison.Ordinal))!.AsObject();

        // 4, 5: and the name that proves more.
        IEnumerable<string> names = [.. (web["alsoKnownAs"] as JsonArray ?? []).Select(name => name!.GetValue<string>()), did.ToString()];
        web["alsoKnownAs"] = new JsonArray([.. names.Where(name => name != did.ParallelDidWeb).Distinct(StringComparer.Ordinal).Select(name => (JsonNode)name)]);
        return web;
    }

    /// <summary>A document with the services that a did:webvh has whether or not it says so, where it has none of these names itself [DID-WebVH §DID URL Resolution]; a copy.</summary>
    /// <param name="did">The DID that the document is of.</param>
    /// <param name="document">A document that <see cref="DidDocument"/> reads.</param>
    internal static JsonObject WithImplicitServices(WebVhDid did, JsonObject document)
    {
        var full = document.DeepClone().AsObject();
        var services = full["service"] as JsonArray;
        if (services is null) full["service"] = services = [];
        Add("files", new() { ["type"] = "relativeRef", ["serviceEndpoint"] = did.Location.FilesUrl });
        Add("whois", new()
        {
            ["@context"] = "https://identity.foundation/linked-vp/contexts/v1",
            ["type"] = "LinkedVerifiablePresentation",
            ["serviceEndpoint"] = did.Location.FilesUrl + "whois.vp",
        });
        return full;

        void Add(string name, JsonObject service)
        {
            if (services.Any(item => item?["id"] is JsonValue id && id.TryGetValue<string>(out var text) && (text == "#" + name || text == $"{did}#{name}"))) return;
            service["id"] = $"{did}#{name}";
            services.Add(service);
        }
    }
}
