using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /health/live and /health/ready.</summary>
internal static class HealthEndpoint
{
    /// <summary>A database that takes longer is as good as none: who balances the load should ask another server.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The process answers.</summary>
    public static IResult Live() => Results.Text("live");

    /// <summary>The database answers too, in good time, it was not put back while the server ran, and the server is not about to stop.</summary>
    public static async Task<IResult> ReadyAsync(NationContext nation, Draining draining)
    {
        if (draining.IsOn) return Results.Text("the server is stopping", statusCode: StatusCodes.Status503ServiceUnavailable);
        if (nation.Log.WasPutBack) return Results.Text("the database was put back to an earlier state", statusCode: StatusCodes.Status503ServiceUnavailable);
        try
        {
            if (await Nations.FindAsync(nation.Database).WaitAsync(Patience) is not null) return Results.Text("ready");
        }
        catch (Exception exception) when (exception is TimeoutException || DatabaseFault.IsPassing(exception))
        {
            // It is said by the status.
        }

        return Results.Text("the database does not answer in time", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
