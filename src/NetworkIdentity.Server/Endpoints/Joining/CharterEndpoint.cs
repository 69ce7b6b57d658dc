using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Joining;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>/charter: the rules in force, for anyone.</summary>
internal static class CharterEndpoint
{
    /// <summary>The page.</summary>
    public const string Path = "/charter";

    /// <summary>The same as JSON.</summary>
    public const string JsonPath = "/charter.json";

    /// <summary>GET /charter: in words.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        var row = await InForceAsync(nation);
        return Page.Of<CharterPage>(new CharterView
        {
            Nation = nation.Keys.Nation.Name,
            Charter = Charter.Parse(row.Content),
            Digest = row.Digest,
            AdoptedAt = DateTimeOffset.FromUnixTimeSeconds(row.AdoptedAt),
            JsonUrl = nation.Keys.Nation.Url(JsonPath),
            CensusUrl = nation.Keys.Nation.Url(Public.CensusEndpoint.Path),
            ApplyUrl = nation.Keys.Nation.Url(ApplyEndpoint.Path),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>GET /charter.json: as it was adopted.</summary>
    public static async Task<IResult> JsonAsync(HttpContext context, NationContext nation)
    {
        var row = await InForceAsync(nation);
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(row.Content, "application/json");
    }

    private static async Task<Charters.Row> InForceAsync(NationContext nation) =>
        await Charters.InForceAsync(nation.Database) ?? throw PageRefusal.NotFound("this nation has adopted no charter yet");
}
