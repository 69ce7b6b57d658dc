using System.Text.Json.Nodes;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>/recognitions: whom this nation recognises, and who recognises it, for anyone.</summary>
internal static class RecognitionsEndpoint
{
    /// <summary>The page.</summary>
    public const string Path = "/recognitions";

    /// <summary>The same for programs.</summary>
    public const string JsonPath = "/recognitions.json";

    /// <summary>GET /recognitions: in words.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        var now = nation.Time.GetUtcNow();
        var items = (await nation.Recognitions.ReadAsync()).Select(one => new RecognitionItem(one, one.StateAt(now), RecognitionForm.TypesOf(one.Content, nation))).ToList();
        return Page.Of<RecognitionsPage>(new RecognitionsView
        {
            Nation = nation.Keys.Nation.Name,
            Items = items,
            JsonUrl = nation.Keys.Nation.Url(JsonPath),
            VerifyUrl = nation.Keys.Nation.Url("/verify"),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>GET /recognitions.json: each with the nation's own signed word of it.</summary>
    public static async Task<IResult> JsonAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-cache";
        var now = nation.Time.GetUtcNow();
        var all = new JsonArray();
        foreach (var one in await nation.Recognitions.ReadAsync())
        {
            var json = one.ToJson();
            json["state"] = one.StateAt(now);
            json["statement"] = await RecognitionRegister.StatementAsync(nation.Keys, one, now);
            all.Add(json);
        }

        return Results.Json(new JsonObject { ["issuer"] = nation.Keys.Nation.Issuer, ["did"] = nation.DidLog?.Did, ["recognitions"] = all });
    }
}
