using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Practice;

/// <summary>What a practice nation begins with: two nodes, a few members, and a steward for each node.</summary>
public static class DemoNation
{
    private const string FirstNode = "Lisbon";

    private static readonly (string Name, string Region)[] Founded = [(FirstNode, "Europe"), ("Austin", "North America")];

    private static readonly (string Name, string Tier, string Node)[] People =
    [
        ("Benedita", "steward", FirstNode), ("Cormac", "steward", "Austin"), ("Dele", "citizen", FirstNode), ("Esra", "member", "Austin"),
    ];

    /// <summary>Founds it where there is nothing yet. A nation that has members is left as it is; one that has nodes keeps those.</summary>
    public static async Task FoundAsync(NationContext nation)
    {
        if ((await Members.AllAsync(nation.Database)).Count > 0) return;
        if ((await Nodes.AllAsync(nation.Database)).Count == 0)
            foreach (var (name, region) in Founded) await Node.AddAsync(nation.Database, nation.Time, name, region);

        var until = DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddYears(1);
        var known = (await Nodes.AllAsync(nation.Database)).Select(node => node.Name).ToHashSet();
        foreach (var (name, tier, place) in People)
        {
            var claims = new Dictionary<string, string> { ["display_name"] = name, ["tier"] = tier };
            if (known.Contains(place)) claims["node"] = place;
            var made = await nation.Offering.MakeAsync("membership", null, claims, withTransactionCode: false);
            await TakeAsync(nation, made.Id);
            if (tier == "steward" && known.Contains(place)) await Steward.AppointAsync(nation.Database, nation.Time, made.MemberId, place, ["admit"], until);
        }
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
