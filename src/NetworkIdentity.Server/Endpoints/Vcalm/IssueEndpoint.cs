namespace NetworkIdentity.Server.Endpoints.Vcalm;

/// <summary>POST /instances/{instance}/credentials/issue: a credential in the instance's name [VCALM §Issue Credential].</summary>
internal static class IssueEndpoint
{
    /// <summary>Where it is below the instance.</summary>
    public const string Path = "/credentials/issue";

    /// <summary>Answers 201 with the credential.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, string instance, NationContext nation)
    {
        var called = await InstanceCall.OpenAsync(context, nation, instance, Path);
        return Results.Json(await nation.InstanceIssuer.IssueAsync(called, await InstanceCall.BodyAsync(context)), statusCode: StatusCodes.Status201Created);
    }
}
