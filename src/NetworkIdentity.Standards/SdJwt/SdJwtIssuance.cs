using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>What an issuer signs and what it hands over beside it [RFC9901 §4.1].</summary>
/// <param name="Payload">The payload to sign.</param>
/// <param name="Disclosures">One per selectively disclosable claim, in the order of the claims.</param>
public sealed record SdJwtIssuance(JsonObject Payload, IReadOnlyList<Disclosure> Disclosures)
{
    /// <summary>Makes the payload of always visible claims and of digests.</summary>
    /// <param name="visible">Claims that every verifier sees.</param>
    /// <param name="disclosable">Top-level claims, each of which the holder may disclose or not.</param>
    /// <param name="decoys">How many digests to add that stand for nothing, so that the number of claims stays hidden [RFC9901 §4.2.5].</param>
    /// <exception cref="ArgumentException">A name that both have, or that RFC 9901 keeps for itself.</exception>
    public static SdJwtIssuance Prepare(JsonObject visible, JsonObject disclosable, int decoys = 0)
    {
        var payload = (JsonObject)visible.DeepClone();
        if (visible.Any(claim => IsReserved(claim.Key)) || disclosable.Any(claim => IsReserved(claim.Key) || visible.ContainsKey(claim.Key)))
            throw new ArgumentException("A claim has a reserved name, or is both visible and disclosable.", nameof(disclosable));

        Disclosure[] disclosures = [.. disclosable.Select(claim => Disclosure.Create(claim.Key, claim.Value))];
        string[] digests = [.. disclosures.Select(disclosure => disclosure.Digest()), .. Enumerable.Range(0, decoys).Select(_ => Decoy())];
        if (digests.Length == 0) return new(payload, disclosures);

        // Sorted, so that the order says nothing about the claims [RFC9901 §4.2.4.1].
        System.Array.Sort(digests, StringComparer.Ordinal);
        payload[DisclosureProcessing.Digests] = new JsonArray([.. digests.Select(digest => (JsonNode)digest)]);
        payload[DisclosureProcessing.HashName] = SdHash.Name;
        return new(payload, disclosures);
    }

    private static bool IsReserved(string name) =>
        name is DisclosureProcessing.Digests or DisclosureProcessing.ElementDigest or DisclosureProcessing.HashName;

    private static string Decoy() => Base64Url.Encode(SHA256.HashData(RandomNumberGenerator.GetBytes(32)));
}
