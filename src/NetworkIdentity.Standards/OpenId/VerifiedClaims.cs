using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId;

/// <summary>An entry of <c>verified_claims</c>: claims, and how they came to be known [OIDC-IDA §5].</summary>
public static class VerifiedClaims
{
    /// <summary>The rules under which claims are verified here: a credential that its holder presented, checked by this provider.</summary>
    public const string TrustFramework = "urn:network-identity:trust-framework:1";

    /// <summary>The type of the evidence: a credential is a record that its issuer keeps.</summary>
    public const string ElectronicRecord = "electronic_record";

    /// <summary>All that can be said of how a credential's claims were verified. Nothing in it tells two holders apart but the day of issuance.</summary>
    /// <param name="issuer">Who issued the credential.</param>
    /// <param name="type">Its type.</param>
    /// <param name="issuedAt">The day on which it was issued.</param>
    /// <param name="verifiedAt">When it was presented and checked.</param>
    public static JsonObject Verification(string issuer, string type, DateTimeOffset issuedAt, DateTimeOffset verifiedAt) => new()
    {
        ["trust_framework"] = TrustFramework,
        ["time"] = DateTimeStamp.Write(verifiedAt),
        ["evidence"] = new JsonArray(new JsonObject
        {
            ["type"] = ElectronicRecord,
            ["record"] = new JsonObject
            {
                ["type"] = type,
                ["created_at"] = DateTimeStamp.Write(issuedAt),
                ["source"] = new JsonObject { ["name"] = issuer },
            },
        }),
    };

    /// <summary>Entries as they stand in an answer: one by itself, several as an array.</summary>
    public static JsonNode Of(IReadOnlyList<JsonObject> entries) => entries is [var one] ? one : new JsonArray([.. entries]);
}
