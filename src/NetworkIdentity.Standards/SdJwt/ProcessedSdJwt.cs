using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>The processed payload of an SD-JWT, and what in it came from disclosures [RFC9901 §7.1].</summary>
/// <param name="Claims">The processed payload: <c>_sd</c>, <c>_sd_alg</c> and undisclosed array elements are gone.</param>
/// <param name="AsIssued">
/// The same with digests that no disclosure answers still in place, so that array indices are the issuer's
/// [SD-JWT-VC §Claim Metadata].
/// </param>
/// <param name="Disclosed">The paths, as issued, of every claim and array element that itself was a disclosure.</param>
public sealed record ProcessedSdJwt(JsonObject Claims, JsonObject AsIssued, IReadOnlySet<ClaimsPath> Disclosed)
{
    /// <summary>The names of the top-level claims that were disclosures.</summary>
    public IEnumerable<string> DisclosedNames => Disclosed.Where(path => path.Steps.Count == 1).Select(path => path.Steps[0].Name!);

    /// <summary>Whether a top-level claim, or anything below it, was a disclosure, or may be one that was not shown.</summary>
    public bool IsDisclosable(string name) => Disclosed.Any(path => path.StartsWith(name)) || HoldsDigest(AsIssued[name]);

    // Digests that no disclosure answers: the issuer may still have made a claim below disclosable.
    private static bool HoldsDigest(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(member => member.Key == DisclosureProcessing.Digests || HoldsDigest(member.Value)),
        JsonArray items => items.Any(item => DisclosureProcessing.IsElementDigest(item) || HoldsDigest(item)),
        _ => false,
    };
}
