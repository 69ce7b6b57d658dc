using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Census;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>/census: how many members there are, by type and node, and how far the log has come; for anyone.</summary>
internal static class CensusEndpoint
{
    /// <summary>The page.</summary>
    public const string Path = "/census";

    /// <summary>The same as it was signed.</summary>
    public const string JsonPath = "/census.json";

    /// <summary>GET /census: in words.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        var (row, head) = (await nation.Census.NewestAsync(), await nation.Log.HeadAsync());
        var names = nation.Types.Values.Append(CredentialType.Card).ToDictionary(type => type.Name, type => type.Metadata.Display is [{ Name: var name }, ..] ? name : type.Name);
        return Page.Of<CensusPage>(new CensusView
        {
            Nation = nation.Keys.Nation.Name,
            Census = row is null ? null : CensusStatement.Read(row.Statement),
            Types = names,
            DueAt = await nation.Census.DueAsync(),
            LogSize = head?.Size ?? 0,
            LogAt = await Censuses.LastPlacedAsync(nation.Database) is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
            CheckpointUrl = nation.Keys.Nation.Url("/log/checkpoint"),
            JsonUrl = nation.Keys.Nation.Url(JsonPath),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>GET /census.json: the newest, or that of <c>number</c>, with what was signed and its content.</summary>
    public static async Task<IResult> JsonAsync(HttpContext context, NationContext nation)
    {
        var row = RequestReading.Query(context.Request).Optional("number") is { } asked
            ? long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? await Censuses.FindAsync(nation.Database, number) : null
            : await nation.Census.NewestAsync();
        if (row is null) throw PageRefusal.NotFound("there is no such census");
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(
            StrictJson.Write(new JsonObject { ["census"] = Jws.Parse(row.Statement).Claims(), ["jwt"] = row.Statement }), "application/json", entityTag: new EntityTagHeaderValue($"\"{row.Digest}\""));
    }
}
