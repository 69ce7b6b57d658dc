using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>A query of the Digital Credentials Query Language [OpenID4VP §6].</summary>
/// <param name="Credentials">The credentials that are asked for.</param>
/// <param name="CredentialSets">Which of them together are enough; empty where all of them must be answered.</param>
public sealed record DcqlQuery(IReadOnlyList<CredentialQuery> Credentials, IReadOnlyList<CredentialSetQuery> CredentialSets)
{
    /// <summary>Reads a query; unknown properties are ignored [OpenID4VP §6].</summary>
    /// <exception cref="Refusal">Malformed, with the rule that was broken.</exception>
    public static DcqlQuery Parse(JsonObject json)
    {
        var query = new DcqlQuery(
            DcqlJson.Objects(json, "credentials", CredentialQuery.Parse), DcqlJson.Objects(json, "credential_sets", CredentialSetQuery.Parse));
        if (query.Credentials.Count == 0) throw Refusal.Malformed("credentials is missing");
        DcqlJson.RefuseTwice(query.Credentials.Select(credential => credential.Id), "two credentials have the same id");
        foreach (var option in query.CredentialSets.SelectMany(set => set.Options))
        {
            DcqlJson.RefuseTwice(option, "credential_sets names a credential twice");
            if (!option.All(id => query.Find(id) is not null)) throw Refusal.Malformed("credential_sets names a credential that is not there");
        }

        return query;
    }

    /// <summary>The query as JSON, without what is the default.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["credentials"] = new JsonArray([.. Credentials.Select(credential => credential.ToJson())]) };
        if (CredentialSets.Count > 0) json["credential_sets"] = new JsonArray([.. CredentialSets.Select(set => set.ToJson())]);
        return json;
    }

    /// <summary>The credential query of this id; null where there is none.</summary>
    public CredentialQuery? Find(string id) => Credentials.FirstOrDefault(credential => credential.Id == id);

    /// <summary>Holds what a wallet presented against what was asked for [OpenID4VP §6.4, §8.6]. Signatures and trust are the caller's.</summary>
    /// <param name="presented">The verified credentials by the id of the query that they answer.</param>
    /// <exception cref="Refusal">
    /// Malformed: an id that was not asked for, no or too many credentials for one, one that does not match its query, or a query or
    /// a required set that is not answered.
    /// </exception>
    public void Check(IReadOnlyDictionary<string, IReadOnlyList<PresentedCredential>> presented)
    {
        // Each answer by itself: what was not asked for is refused, not ignored.
        foreach (var (id, credentials) in presented)
        {
            var query = Find(id) ?? throw Refusal.Malformed("a credential is presented for what was not asked");
            if (credentials.Count == 0) throw Refusal.Malformed($"no credential is presented for {query.Id}");
            if (credentials.Count > 1 && !query.Multiple) throw Refusal.Malformed($"more than one credential is presented for {query.Id}");
            foreach (var credential in credentials) query.Check(credential);
        }

        // All answers together [OpenID4VP §6.4.2].
        if (CredentialSets.Count == 0)
        {
            if (Credentials.FirstOrDefault(query => !presented.ContainsKey(query.Id)) is { } open)
                throw Refusal.Malformed($"no credential is presented for {open.Id}");
        }
        else if (CredentialSets.Any(set => set.Required && !set.Options.Any(option => option.All(presented.ContainsKey))))
        {
            throw Refusal.Malformed("a required set of credentials is not presented");
        }
    }

    /// <summary>What was asked for out of the claims of a credential that answers the query of this id.</summary>
    /// <exception cref="Refusal">Malformed: no such query, or a claim is missing or of another value.</exception>
    public JsonObject Select(string id, JsonObject claims) =>
        (Find(id) ?? throw Refusal.Malformed("a credential is presented for what was not asked")).Select(claims);
}
