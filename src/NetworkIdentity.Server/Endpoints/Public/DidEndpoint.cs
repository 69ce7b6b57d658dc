using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Keys;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET did.jsonl, did-witness.json and did.json, where the nation's DID says that they are: its log, what witnesses say of it, and the document for who reads no logs [DID-WebVH §The DID to HTTPS Transformation].</summary>
internal static class DidEndpoint
{
    /// <summary>The log.</summary>
    public static async Task<IResult> LogAsync(HttpContext context, NationContext nation) => File(await Own(nation).ReadAsync(), DidMediaTypes.Log, context);

    /// <summary>The witnesses' proofs; 404 where the log never had witnesses.</summary>
    public static async Task<IResult> WitnessAsync(HttpContext context, NationContext nation) =>
        File(await Own(nation).ReadProofsAsync() ?? throw PageRefusal.NotFound("the nation's DID has no witnesses"), "application/json", context);

    /// <summary>The document of the parallel did:web.</summary>
    public static async Task<IResult> DocumentAsync(HttpContext context, NationContext nation) =>
        File(StrictJson.Write(await Own(nation).ReadDidWebAsync()), DidMediaTypes.Document, context);

    private static DidLog Own(NationContext nation) => nation.DidLog ?? throw PageRefusal.NotFound("the nation has no DID: its issuer's host is none that a DID can have");

    private static IResult File(byte[] bytes, string mediaType, HttpContext context)
    {
        // A new key is in it for a week before it signs.
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Bytes(bytes, mediaType, entityTag: new EntityTagHeaderValue($"\"{Base64Url.Encode(SHA256.HashData(bytes))}\""));
    }
}
