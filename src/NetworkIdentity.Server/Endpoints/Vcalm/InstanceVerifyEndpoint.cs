using NetworkIdentity.Vcalm;

namespace NetworkIdentity.Server.Endpoints.Vcalm;

/// <summary>POST /instances/{instance}/credentials/verify and /presentations/verify [VCALM §Verifying].</summary>
internal static class InstanceVerifyEndpoint
{
    /// <summary>Where credentials are verified, below the instance.</summary>
    public const string CredentialPath = "/credentials/verify";

    /// <summary>Where presentations are verified, below the instance.</summary>
    public const string PresentationPath = "/presentations/verify";

    /// <summary>Verifies a credential.</summary>
    public static async Task<IResult> CredentialAsync(HttpContext context, string instance, NationContext nation)
    {
        var called = await InstanceCall.OpenAsync(context, nation, instance, CredentialPath);
        return Answer(await nation.InstanceVerifier.VerifyCredentialAsync(called, await InstanceCall.BodyAsync(context), context.RequestAborted));
    }

    /// <summary>Verifies a presentation.</summary>
    public static async Task<IResult> PresentationAsync(HttpContext context, string instance, NationContext nation)
    {
        var called = await InstanceCall.OpenAsync(context, nation, instance, PresentationPath);
        return Answer(await nation.InstanceVerifier.VerifyPresentationAsync(called, await InstanceCall.BodyAsync(context), context.RequestAborted));
    }

    /// <summary>A client that looks at the status alone must not take what was not verified for what was.</summary>
    private static IResult Answer(InstanceVerifier.Answer answer) =>
        Results.Json(answer.Body, statusCode: answer.IsVerified ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
