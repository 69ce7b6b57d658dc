using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>What is known about a DID document beside what it says [DID-Resolution §DID Document Metadata].</summary>
public sealed record DidDocumentMetadata
{
    /// <summary>When the DID was made.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When the version that was resolved was made.</summary>
    public DateTimeOffset? Updated { get; init; }

    /// <summary>Whether the DID was ended; null where the method can't say.</summary>
    public bool? Deactivated { get; init; }

    /// <summary>The version that was resolved.</summary>
    public string? VersionId { get; init; }

    /// <summary>The version after it, where it is not the last.</summary>
    public string? NextVersionId { get; init; }

    /// <summary>When that next one was made.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>The DID that the method says is to be used from now on.</summary>
    public string? CanonicalId { get; init; }

    /// <summary>What the method says besides, by its names; strings, lists, maps and booleans, never numbers [DID-Resolution §Metadata Structure].</summary>
    public JsonObject OfMethod { get; init; } = [];

    /// <summary>The metadata as JSON: what is not known is left out; times are whole seconds in UTC.</summary>
    public JsonObject ToJson()
    {
        var json = OfMethod.DeepClone().AsObject();
        Time("created", Created);
        Time("updated", Updated);
        if (Deactivated is { } deactivated) json["deactivated"] = deactivated;
        Text("versionId", VersionId);
        Text("nextVersionId", NextVersionId);
        Time("nextUpdate", NextUpdate);
        Text("canonicalId", CanonicalId);
        return json;

        void Text(string name, string? value)
        {
            if (value is not null) json[name] = value;
        }

        void Time(string name, DateTimeOffset? value) => Text(name, value is { } time ? DateTimeStamp.Write(time) : null);
    }
}
