using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Server.Endpoints.Vcalm;

/// <summary>POST /instances/{instance}/credentials/status, and the lists that say what was set [VCALM §Update Status] [VCALM §Get Status List].</summary>
internal static class StatusEndpoint
{
    /// <summary>Where it is below the instance.</summary>
    public const string Path = "/credentials/status";

    /// <summary>Sets a status.</summary>
    public static async Task<IResult> SetAsync(HttpContext context, string instance, NationContext nation)
    {
        var called = await InstanceCall.OpenAsync(context, nation, instance, Path);
        await nation.InstanceStatuses.SetAsync(called, await InstanceCall.BodyAsync(context));
        return Results.Ok();
    }

    /// <summary>A list, for anyone: as VCALM has it, or by its own media type to who asks for that.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, string instance, string list, NationContext nation)
    {
        var called = nation.Instances.Find(instance) ?? throw VcalmRefusal.NotFound("no instance of that name is configured here");
        var signed = await nation.InstanceStatuses.FindAsync($"{called.Url}/status-lists/{list}") ?? throw VcalmRefusal.NotFound("the instance has no such status list");
        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.Headers.Vary = "Accept";
        if (!context.Request.Headers.Accept.ToString().Contains(called.Options.MediaType, StringComparison.OrdinalIgnoreCase)) return Results.Json(signed);
        return Results.Text(Envelope.IsOne(signed) ? Envelope.Read(signed).Content : signed.ToJsonString(), called.Options.MediaType);
    }
}
