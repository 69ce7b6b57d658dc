using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>A credential that is asked for [OpenID4VP §6.1].</summary>
/// <param name="Id">Its name in the answer and in <c>credential_sets</c>.</param>
/// <param name="Format">The credential format identifier.</param>
/// <param name="Meta">Conditions of the format, for example <c>vct_values</c>; empty for none. Not to be changed.</param>
public sealed record CredentialQuery(string Id, string Format, JsonObject Meta)
{
    /// <summary>The format identifier of a W3C credential with a Data Integrity proof [OpenID4VP §B.1].</summary>
    public const string LdpVc = "ldp_vc";

    private const string TypeValuesName = "type_values";

    /// <summary>Whether several credentials may answer.</summary>
    public bool Multiple { get; init; }

    /// <summary>Whose credentials are taken: a hint to the wallet; empty for no hint.</summary>
    public IReadOnlyList<TrustedAuthoritiesQuery> TrustedAuthorities { get; init; } = [];

    /// <summary>Whether the holder must prove to hold the credential's key.</summary>
    public bool RequireHolderBinding { get; init; } = true;

    /// <summary>The claims that are asked for; empty where none that is selectively disclosable is.</summary>
    public IReadOnlyList<ClaimsQuery> Claims { get; init; } = [];

    /// <summary>Combinations of ids of claims, one of which is enough, the preferred one first; empty where all claims are asked for.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ClaimSets { get; init; } = [];

    /// <summary>The types of SD-JWT VC that are asked for, one of which is enough; empty for other formats [OpenID4VP §B.3.5].</summary>
    public IReadOnlyList<string> VctValues => DcqlJson.Strings(Meta, "vct_values");

    /// <summary>Asks for an SD-JWT VC of one of these types.</summary>
    public static CredentialQuery ForSdJwtVc(string id, IEnumerable<string> vctValues, IEnumerable<ClaimsQuery> claims) =>
        new(DcqlJson.Id(id), SdJwtVc.Format, new() { ["vct_values"] = DcqlJson.Array(vctValues) }) { Claims = [.. claims] };

    /// <summary>The sets of types of which a W3C credential must have one, whole, each type as its expanded IRI; empty for other formats [OpenID4VP §B.1.1].</summary>
    public IReadOnlyList<IReadOnlyList<string>> TypeValues => DcqlJson.Combinations(Meta, TypeValuesName);

    /// <summary>Asks for a W3C credential with a Data Integrity proof, of all of these types.</summary>
    /// <param name="id">The query's id.</param>
    /// <param name="types">The types as IRIs.</param>
    /// <param name="claims">What it must say; everything that it says is shown.</param>
    public static CredentialQuery ForLdpVc(string id, IEnumerable<string> types, IEnumerable<ClaimsQuery> claims) =>
        new(DcqlJson.Id(id), LdpVc, new() { [TypeValuesName] = new JsonArray(DcqlJson.Array(types)) }) { Claims = [.. claims] };

    /// <summary>Reads one entry; unknown properties are ignored.</summary>
    /// <exception cref="Refusal">Malformed, with the rule that was broken.</exception>
    public static CredentialQuery Parse(JsonObject json)
    {
        var query = new CredentialQuery(
            DcqlJson.Id(json.RequiredString("id")), json.RequiredString("format"), (JsonObject)json.RequiredObject("meta").DeepClone())
        {
            Multiple = json.OptionalBoolean("multiple") ?? false,
            TrustedAuthorities = DcqlJson.Objects(json, "trusted_authorities", TrustedAuthoritiesQuery.Parse),
            RequireHolderBinding = json.OptionalBoolean("require_cryptographic_holder_binding") ?? true,
            Claims = DcqlJson.Objects(json, "claims", ClaimsQuery.Parse),
            ClaimSets = DcqlJson.Combinations(json, "claim_sets"),
        };
        if (query.Format.Length == 0) throw Refusal.Malformed("format is empty");
        if (query.Format == SdJwtVc.Format && query.VctValues.Count == 0) throw Refusal.Malformed("vct_values is missing");
        if (query.Format == LdpVc && query.TypeValues.Count == 0) throw Refusal.Malformed($"{TypeValuesName} is missing");

        DcqlJson.RefuseTwice(query.Claims.Select(claim => claim.Id).OfType<string>(), "two claims have the same id");
        DcqlJson.RefuseTwice(query.Claims.Select(claim => claim.Path.ToString()), "two claims have the same path");
        if (query.ClaimSets.Count == 0) return query;
        if (query.Claims.Count == 0) throw Refusal.Malformed("claim_sets stands without claims");
        if (query.Claims.Any(claim => claim.Id is null)) throw Refusal.Malformed("with claim_sets every claim must have an id");
        foreach (var set in query.ClaimSets)
        {
            DcqlJson.RefuseTwice(set, "claim_sets names a claim twice");
            if (!set.All(id => query.Claims.Any(claim => claim.Id == id))) throw Refusal.Malformed("claim_sets names a claim that is not there");
        }

        return query;
    }

    /// <summary>The entry as JSON, without what is the default.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id, ["format"] = Format };
        if (Multiple) json["multiple"] = true;
        json["meta"] = Meta.DeepClone();
        if (TrustedAuthorities.Count > 0) json["trusted_authorities"] = new JsonArray([.. TrustedAuthorities.Select(entry => entry.ToJson())]);
        if (!RequireHolderBinding) json["require_cryptographic_holder_binding"] = false;
        if (Claims.Count > 0) json["claims"] = new JsonArray([.. Claims.Select(claim => claim.ToJson())]);
        if (ClaimSets.Count > 0) json["claim_sets"] = new JsonArray([.. ClaimSets.Select(DcqlJson.Array)]);
        return json;
    }

    /// <summary>Holds one presented credential against this query [OpenID4VP §8.6].</summary>
    /// <exception cref="Refusal">Malformed: another format or type, or a claim that is missing or of another value.</exception>
    public void Check(PresentedCredential credential)
    {
        if (credential.Format != Format) throw Refusal.Malformed($"the credential for {Id} is of another format");
        if (Format == SdJwtVc.Format)
        {
            if (!credential.IsOfOneOf(VctValues)) throw Refusal.Malformed($"the credential for {Id} is of another type");
        }
        else if (Format == LdpVc)
        {
            if (!TypeValues.Any(types => types.All(credential.IsOf))) throw Refusal.Malformed($"the credential for {Id} is of another type");
        }
        else if (Meta.Count > 0)
        {
            // The conditions of other formats are not known here, and what is not checked must not pass.
            throw Refusal.Malformed($"meta of {Id} can't be checked for this format");
        }

        _ = Met(credential.Claims);
    }

    /// <summary>What was asked for out of a credential's claims, and nothing else, however much the wallet disclosed.</summary>
    /// <remarks>
    /// Members keep their places. Of an array only the selected elements are left, so that they move up. Where there are claim sets, the
    /// first one that the credential satisfies is taken.
    /// </remarks>
    /// <exception cref="Refusal">Malformed: a claim is missing or of another value.</exception>
    public JsonObject Select(JsonObject claims) =>
        (JsonObject)Kept(claims, [.. Met(claims).Select(claim => new ArraySegment<ClaimsPathStep>([.. claim.Path.Steps]))])!;

    // The claims that are asked for, all of which are met [OpenID4VP §6.4.1].
    private IReadOnlyList<ClaimsQuery> Met(JsonObject claims)
    {
        if (ClaimSets.Count == 0)
        {
            if (!Claims.All(claim => claim.IsMetBy(claims))) throw Refusal.Malformed($"the credential for {Id} lacks a claim that was asked for");
            return Claims;
        }

        foreach (var set in ClaimSets)
        {
            ClaimsQuery[] asked = [.. Claims.Where(claim => set.Contains(claim.Id, StringComparer.Ordinal))];
            if (asked.All(claim => claim.IsMetBy(claims))) return asked;
        }

        throw Refusal.Malformed($"the credential for {Id} satisfies none of the claim sets");
    }

    private static JsonNode? Kept(JsonNode? source, List<ArraySegment<ClaimsPathStep>> tails)
    {
        if (tails.Any(tail => tail.Count == 0)) return source?.DeepClone();
        switch (source)
        {
            case JsonObject members:
                var kept = new JsonObject();
                foreach (var (name, value) in members)
                    if (Below(step => step.Name == name) is { Count: > 0 } below) kept[name] = Kept(value, below);
                return kept;
            case JsonArray items:
                var left = new JsonArray();
                for (var i = 0; i < items.Count; i++)
                    if (Below(step => step.IsAll || step.Index == i) is { Count: > 0 } below) left.Add(Kept(items[i], below));
                return left;
            default:
                return null;
        }

        List<ArraySegment<ClaimsPathStep>> Below(Func<ClaimsPathStep, bool> goes) =>
            [.. tails.Where(tail => goes(tail[0])).Select(tail => tail[1..])];
    }
}
