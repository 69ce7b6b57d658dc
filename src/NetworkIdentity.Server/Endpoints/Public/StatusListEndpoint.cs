using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /status, /status/{id}, /status/{id}/{purpose}: the signed status lists of both standards, and where they are [TSL §8.1] [TSL §9] [BSL §2.2].</summary>
internal static class StatusListEndpoint
{
    /// <summary>Names all lists.</summary>
    public static async Task<IResult> AllAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "public, max-age=60";
        return Results.Json(StatusListAggregation.Write(await nation.StatusLists.UrisAsync()));
    }

    /// <summary>Serves a list as a Status List Token: as it stands, or as it stood at a time [TSL §8.4].</summary>
    public static async Task<IResult> TokenAsync(string id, HttpContext context, NationContext nation)
    {
        if (context.Request.Query[StatusListTime.Parameter] is { Count: > 0 } asked) return await StoodAtAsync(id, StatusListPublisher.TokenFormat, TokenStatusList.MediaType, asked.ToString(), context, nation);
        var version = await nation.StatusLists.FindAsync(id) ?? throw NoSuchList();
        return Version(version, TokenStatusList.MediaType, nation.StatusLists.KeptFor(version), context);
    }

    /// <summary>Serves a list as a Bitstring Status List of one purpose; as it stood at a time as the token alone, by the same parameter as the other standard has.</summary>
    public static async Task<IResult> BitstringAsync(string id, string purpose, HttpContext context, NationContext nation)
    {
        var format = StatusListPublisher.BitstringFormats.GetValueOrDefault(purpose) ?? throw NoSuchList();
        if (context.Request.Query[StatusListTime.Parameter] is { Count: > 0 } asked) return await StoodAtAsync(id, format, CredentialMediaType.VcJwt, asked.ToString(), context, nation);
        var version = await nation.StatusLists.FindAsync(id, format) ?? throw NoSuchList();

        // Who reads documents gets what is in the token: it has a proof of its own [VCDM §6.2].
        context.Response.Headers.Vary = "Accept";
        var maxAge = nation.StatusLists.KeptFor(version);
        return AsksForDocument(context.Request)
            ? Version(Jws.Parse(version.Token).Payload, VerifiableCredential.MediaType, $"{version.TokenDigest}.vc", maxAge, context)
            : Version(version, CredentialMediaType.VcJwt, maxAge, context);
    }

    /// <summary>Whether JSON is named, or a credential as a document, and the token is not.</summary>
    private static bool AsksForDocument(HttpRequest request)
    {
        var types = request.GetTypedHeaders().Accept.Select(accept => accept.MediaType.ToString().ToLowerInvariant()).ToHashSet();
        return !types.Contains(CredentialMediaType.VcJwt) && types.Overlaps([VerifiableCredential.MediaType, "application/json", "application/ld+json"]);
    }

    private static async Task<IResult> StoodAtAsync(string id, string format, string mediaType, string asked, HttpContext context, NationContext nation)
    {
        if (!nation.StatusLists.KeepsHistory)
            return Results.Text("lists are served as they stand now alone\n", statusCode: StatusCodes.Status501NotImplemented);
        var time = StatusListTime.Parse(asked);

        // What has stood doesn't change; the version that stands now may end sooner than it says.
        return await nation.StatusLists.StoodAtAsync(id, time, format) is { } version
            ? Version(version, mediaType, (long)StatusListPublisher.Interval.TotalSeconds, context)
            : Results.Text("no version of that time is kept\n", statusCode: StatusCodes.Status406NotAcceptable);
    }

    private static IResult Version(StatusPublications.Row version, string mediaType, long maxAge, HttpContext context) =>
        Version(Encoding.ASCII.GetBytes(version.Token), mediaType, version.TokenDigest, maxAge, context);

    private static IResult Version(ReadOnlyMemory<byte> content, string mediaType, string tag, long maxAge, HttpContext context)
    {
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={maxAge}");
        return Results.Bytes(content, mediaType, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    private static NetworkIdentity.Standards.Refusal NoSuchList() => PageRefusal.NotFound("there is no such status list");
}
