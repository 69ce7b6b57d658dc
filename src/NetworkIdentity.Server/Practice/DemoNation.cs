using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Practice;

/// <summary>What a practice nation begins with: two nodes, a charter, a few members, and two stewards.</summary>
public static class DemoNation
{
    private const string FirstNode = "Lisbon";

    private static readonly (string Name, string Region)[] Founded = [(FirstNode, "Europe"), ("Austin", "North America")];

    // Members stand before stewards: who has nothing to decide is asked first to vouch.
    private static readonly (string Name, string Tier, string Node, string Words)[] People =
    [
        ("Dele", "citizen", FirstNode, "We mended a roof together, and they stayed for dinner."),
        ("Esra", "member", "Austin", "We cooked for the house for a month. I would again."),
        ("Benedita", "steward", FirstNode, "I have known them for two summers."),
        ("Cormac", "steward", "Austin", "They were our guest, and we want them back."),
    ];

    /// <summary>The charter of a practice nation: that of a small house, for people who have just come.</summary>
    public static Charter Charter => Charter.Parse(EmbeddedFile.Read(typeof(DemoNation).Assembly, "practice/charter.json"));

    /// <summary>Founds it where there is nothing yet. A nation that has members is left as it is; one that has nodes or a charter keeps those.</summary>
    /// <returns>Its people; nobody where it was left as it is.</returns>
    public static async Task<IReadOnlyList<PracticePeople.Person>> FoundAsync(NationContext nation)
    {
        if ((await Members.AllAsync(nation.Database)).Count > 0) return [];
        if ((await Nodes.AllAsync(nation.Database)).Count == 0)
            foreach (var (name, region) in Founded) await Node.AddAsync(nation.Database, nation.Time, name, region);

        if (await Charters.InForceAsync(nation.Database) is null) await Rules.AdoptAsync(nation.Database, nation.Time, Charter);

        // Of the whole nation: so they are a quorum for whoever asks, of whichever node.
        var until = DateOnly.FromDateTime((nation.Time.GetUtcNow() + (await Rules.InForceAsync(nation.Database)).Terms.Mandate).UtcDateTime);
        List<PracticePeople.Person> people = [];
        var known = (await Nodes.AllAsync(nation.Database)).Select(node => node.Name).ToHashSet();
        foreach (var (name, tier, place, words) in People)
        {
            var claims = new Dictionary<string, string> { ["display_name"] = name, ["tier"] = tier };
            if (known.Contains(place)) claims["node"] = place;
            var made = await nation.Offering.MakeAsync("membership", null, claims, withTransactionCode: false);
            await TakeAsync(nation, made.Id);
            if (tier == "steward") await Steward.AppointAsync(nation.Database, nation.Time, made.MemberId, null, [Act.Admit], until);
            people.Add(new(name, made.MemberId, words));
        }

        return people;
    }

    /// <summary>The node whose door the tour knocks at: the first by name in a nation that has others.</summary>
    public static async Task<string> NodeAsync(NationContext nation)
    {
        var names = (await Nodes.AllAsync(nation.Database)).Select(node => node.Name).ToList();
        return names.Count == 0 || names.Contains(FirstNode) ? FirstNode : names[0];
    }

    /// <summary>They belong, so they hold a credential; the key of it is nobody's, and is gone. Another can be had with netid offer membership --member ID.</summary>
    private static async Task TakeAsync(NationContext nation, string offerId)
    {
        var offer = (await nation.Offering.FindAsync(offerId))!.Offer;
        var (token, configurationIds) = await nation.Offering.RedeemAsync(offer.PreAuthorizedCode, null, null);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = SigningKey.FromEcdsa(ecdsa);
        var proof = await Jws.SignAsync(
            Jws.ToBeSigned(
                new JsonObject { ["alg"] = key.Algorithm, ["typ"] = KeyProof.Type, ["jwk"] = key.PublicKey.ToJson() },
                new JsonObject { ["aud"] = nation.Keys.Nation.Issuer, ["iat"] = nation.Time.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nation.Nonces.Make() }),
            key);
        await nation.Issuer.IssueAsync(token, StrictJson.Write(new JsonObject
        {
            ["credential_configuration_id"] = configurationIds[0],
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) },
        }));
    }
}
