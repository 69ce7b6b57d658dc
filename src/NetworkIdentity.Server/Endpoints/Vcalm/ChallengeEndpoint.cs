namespace NetworkIdentity.Server.Endpoints.Vcalm;

/// <summary>POST /instances/{instance}/challenges: a challenge for a presentation [VCALM §Create Challenge].</summary>
internal static class ChallengeEndpoint
{
    /// <summary>Where it is below the instance.</summary>
    public const string Path = "/challenges";

    /// <summary>Writes nothing; the body is empty, and what it holds does not matter.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, string instance, NationContext nation) =>
        Results.Json(nation.InstanceVerifier.MakeChallenge(await InstanceCall.OpenAsync(context, nation, instance, Path)));
}
