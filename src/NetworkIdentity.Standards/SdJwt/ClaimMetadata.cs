using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>What is said of one claim, or of a set of them, of a type [SD-JWT-VC §Claim Metadata].</summary>
/// <param name="Path">Where the claim stands in the credential as issued.</param>
/// <param name="Display">Labels for people, one a language.</param>
/// <param name="Mandatory">Whether the issuer must include it.</param>
/// <param name="Disclosure">Whether it is selectively disclosable.</param>
/// <param name="SvgId">The claim's placeholder in SVG templates.</param>
public sealed record ClaimMetadata(
    ClaimsPath Path, IReadOnlyList<ClaimDisplay> Display, bool Mandatory, ClaimDisclosure Disclosure, string? SvgId)
{
    /// <summary>Reads one entry.</summary>
    /// <exception cref="Refusal">Malformed: a property of a wrong shape.</exception>
    public static ClaimMetadata Parse(JsonObject json)
    {
        var placeholder = json.OptionalString("svg_id");
        if (placeholder is not null && !IsPlaceholder(placeholder))
            throw Refusal.Malformed("svg_id must be letters, digits and underscores, and not start with a digit");
        return new(
            ClaimsPath.Parse(json["path"]),
            [.. TypeMetadata.Objects(json, "display").Select(ClaimDisplay.Parse)],
            json.OptionalBoolean("mandatory") ?? false,
            json.OptionalString("sd") switch
            {
                null or "allowed" => ClaimDisclosure.Allowed,
                "always" => ClaimDisclosure.Always,
                "never" => ClaimDisclosure.Never,
                _ => throw Refusal.Malformed("sd must be always, allowed or never"),
            },
            placeholder);
    }

    internal void Check(ProcessedSdJwt credential)
    {
        var mayBeHidden = false;
        List<(ClaimsPathStep[] Path, JsonNode? Element)> selected = [([], credential.AsIssued)];
        for (var i = 0; i < Path.Steps.Count; i++)
        {
            List<(ClaimsPathStep[], JsonNode?)> next = [];
            var mayHide = i < Path.Steps.Count - 1 || Disclosure != ClaimDisclosure.Never;
            foreach (var (path, element) in selected) mayBeHidden |= Into(Path.Steps[i], path, element, next) && mayHide;
            selected = next;
        }

        if (Mandatory && selected.Count == 0 && !mayBeHidden) throw Refusal.Malformed("a mandatory claim of the type was not issued");
        foreach (var (path, element) in selected)
        {
            var disclosable = DisclosureProcessing.IsElementDigest(element) || credential.Disclosed.Contains(ClaimsPath.Of(path));
            if (Disclosure == ClaimDisclosure.Always && !disclosable)
                throw Refusal.Malformed("a claim is not selectively disclosable, but its type says always");
            if (Disclosure == ClaimDisclosure.Never && disclosable)
                throw Refusal.Malformed("a claim is selectively disclosable, but its type says never");
        }
    }

    /// <returns>Whether what the step looks for may be there, undisclosed.</returns>
    private static bool Into(ClaimsPathStep step, ClaimsPathStep[] path, JsonNode? element, List<(ClaimsPathStep[], JsonNode?)> next)
    {
        // An undisclosed array element: its contents are unknown, so that deeper steps select nothing.
        if (DisclosureProcessing.IsElementDigest(element)) return true;
        if (step.Name is { } name)
        {
            if (element is not JsonObject members) throw Refusal.Malformed("a path of the type metadata names a member of what is no object");
            if (name == DisclosureProcessing.Digests || !members.TryGetPropertyValue(name, out var member))
                return members.ContainsKey(DisclosureProcessing.Digests);
            next.Add(([.. path, step], member));
            return false;
        }

        if (element is not JsonArray items) throw Refusal.Malformed("a path of the type metadata goes into what is no array");
        for (var i = 0; i < items.Count; i++)
            if (step.IsAll || step.Index == i) next.Add(([.. path, new(null, i)], items[i]));
        return false;
    }

    private static bool IsPlaceholder(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
