using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>The versions of a DID that were verified and approved, and how they are asked for [DID-WebVH §Read (Resolve)].</summary>
public sealed class WebVhHistory
{
    internal WebVhHistory(IReadOnlyList<WebVhVersion> versions, Refusal? failure)
    {
        Versions = versions;
        Failure = failure;
    }

    /// <summary>The versions in their order; one at least.</summary>
    public IReadOnlyList<WebVhVersion> Versions { get; }

    /// <summary>What is wrong with the entry after them; null where nothing is, so that the last is the newest.</summary>
    public Refusal? Failure { get; }

    /// <summary>The document of a version and what is known about it.</summary>
    /// <param name="did">The DID that is resolved, as some version of it had it.</param>
    /// <param name="options">Which version.</param>
    /// <exception cref="Refusal">
    /// invalidDid: the log is another DID's. notFound: no such version. invalidDidDocument: its document is none. Or what <see cref="Failure"/> has, where an entry that
    /// could not be verified could be the one that is asked for.
    /// </exception>
    public DidResolutionResult Resolve(string did, DidResolutionOptions options)
    {
        // The DID of the log, at one time or another: then the SCID is its own, since every document's id has it.
        if (!Versions.Any(version => version.Did.ToString() == did)) throw Failure ?? DidRefusal.InvalidDid("the log is another DID's");

        var version = Select(options) ?? throw (Failure ?? DidRefusal.NotFound("the DID has no such version"));
        var metadata = Describe(did, version);

        // Of a DID that was ended, older versions can still be asked for.
        if (version.Active.Deactivated) return DidResolutionResult.Ended(metadata);
        _ = DidDocument.Parse(version.Document);
        var document = DidDocument.Parse(DidWebVh.WithImplicitServices(version.Did, version.Document));
        return DidResolutionResult.Found(options.ExpandRelativeUrls ? document.Expanded() : document.Json, metadata);
    }

    private WebVhVersion? Select(DidResolutionOptions options)
    {
        if (options.VersionId is { } id) return Versions.FirstOrDefault(version => version.VersionId == id);
        if (options.VersionNumber is { } number) return Versions.FirstOrDefault(version => version.Number == number);
        if (options.VersionTime is { } time && (time < Versions[0].Time || Versions.Any(version => version.Time > time)))
            return Versions.LastOrDefault(version => version.Time <= time) ?? throw DidRefusal.NotFound("the DID was not there yet");

        // The newest: only where nothing comes after it that could not be verified.
        return Failure is null ? Versions[^1] : null;
    }

    private DidDocumentMetadata Describe(string did, WebVhVersion version)
    {
        var last = Versions[^1];
        var next = version.Number < Versions.Count ? Versions[version.Number] : null;
        return new()
        {
            Created = Versions[0].Time,
            Updated = version.Time,
            Deactivated = last.Active.Deactivated,
            VersionId = version.VersionId,
            NextVersionId = next?.VersionId,
            NextUpdate = next?.Time,

            // Where the DID moved to. Where it was before is no equivalent: it may never have been there [DID-WebVH §DID Portability].
            CanonicalId = last.Did.ToString() == did ? null : last.Did.ToString(),
            OfMethod = new()
            {
                ["versionTime"] = DateTimeStamp.Write(version.Time),
                ["scid"] = version.Did.Scid,
                ["portable"] = last.Active.Portable,
                ["ttl"] = last.Active.Ttl.ToString(CultureInfo.InvariantCulture),
                ["witness"] = Witness(last.Active.Witness),
                ["watchers"] = new JsonArray([.. last.Active.Watchers.Select(watcher => (JsonNode)watcher)]),
            },
        };
    }

    private static JsonObject Witness(WitnessRule rule)
    {
        var json = rule.ToJson();
        if (rule.IsActive) json["threshold"] = rule.Threshold.ToString(CultureInfo.InvariantCulture);
        return json;
    }
}
