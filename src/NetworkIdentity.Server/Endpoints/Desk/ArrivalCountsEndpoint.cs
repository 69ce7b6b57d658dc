using NetworkIdentity.Arriving;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>POST /station/counts: what a station counted in a shift, sent by the browser of a steward of that node who is signed in at the desk.</summary>
internal static class ArrivalCountsEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = "/station/counts";

    /// <summary>204, also for what was sent before.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        // A station is a page of this origin, and works where there was no network to give it a form: browsers say with each POST where it comes from.
        if (context.Request.Headers.Origin != nation.Keys.Nation.Origin || !RequestReading.IsJson(context.Request)) throw ArrivalRefusal.InvalidCounts("counts are sent by the station's own page, as JSON");
        if (await MemberSession.FindAsync(context, nation) is not { } own) throw ArrivalRefusal.NotSignedIn();
        await nation.Counting.KeepAsync(own.MemberId, Shift.Read(await RequestReading.BodyAsync(context.Request)));
        return Results.NoContent();
    }
}
