using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids;

/// <summary>Which version of a document is wanted, and how [DID-Resolution §DID Resolution Options].</summary>
/// <param name="VersionId">The version of this name.</param>
/// <param name="VersionTime">The version that was valid at this time.</param>
/// <param name="VersionNumber">The version of this number, from 1: did:webvh's own [DID-WebVH §Reading did:webvh DID URLs].</param>
/// <param name="ExpandRelativeUrls">Whether relative references of the document are to be made absolute.</param>
public sealed record DidResolutionOptions(string? VersionId = null, DateTimeOffset? VersionTime = null, int? VersionNumber = null, bool ExpandRelativeUrls = false)
{
    /// <summary>The newest version as it is.</summary>
    public static DidResolutionOptions None { get; } = new();

    /// <summary>Whether a certain version is asked for.</summary>
    public bool NamesVersion => VersionId is not null || VersionTime is not null || VersionNumber is not null;

    /// <summary>Reads the options out of parameters: of a DID URL, or of a request.</summary>
    /// <exception cref="Refusal">
    /// invalidOptions: a value of a wrong form, or two that name a version. featureNotSupported: a parameter that is not one of these four.
    /// </exception>
    public static DidResolutionOptions Of(IReadOnlyDictionary<string, string> parameters)
    {
        var options = None;
        foreach (var (name, value) in parameters)
        {
            options = name switch
            {
                "versionId" => options with { VersionId = value is { Length: > 0 and <= 512 } ? value : throw Wrong(name) },
                "versionTime" => options with { VersionTime = Time(value) },
                "versionNumber" => options with { VersionNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name) },
                "expandRelativeUrls" => options with { ExpandRelativeUrls = value switch { "true" => true, "false" => false, _ => throw Wrong(name) } },
                _ => throw DidRefusal.FeatureNotSupported("the options are versionId, versionTime, versionNumber and expandRelativeUrls"),
            };
        }

        var named = (options.VersionId is null ? 0 : 1) + (options.VersionTime is null ? 0 : 1) + (options.VersionNumber is null ? 0 : 1);
        return named <= 1 ? options : throw DidRefusal.InvalidOptions("a version is named by one option");

        static Refusal Wrong(string name) => DidRefusal.InvalidOptions($"{name} is not of its form");

        static DateTimeOffset Time(string value) =>
            Refusal.Recode(DidRefusal.InvalidOptionsCode, () => DateTimeStamp.Optional(new JsonObject { ["versionTime"] = value }, "versionTime"))!.Value;
    }
}
