using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /health/live and /health/ready.</summary>
internal static class HealthEndpoint
{
    /// <summary>The process answers.</summary>
    public static IResult Live() => Results.Text("live");

    /// <summary>The database answers too, and the server is not about to stop.</summary>
    public static async Task<IResult> ReadyAsync(NationContext nation, Draining draining) =>
        !draining.IsOn && await Nations.FindAsync(nation.Database) is not null ? Results.Text("ready") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
}
