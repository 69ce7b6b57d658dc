using System.Text.Json.Nodes;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Doors;

/// <summary>What the desk's calls answer where they refuse: a problem [RFC9457 §3], whose type is the code as docs/errors.md explains it.</summary>
internal static class DeskProblem
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The name before each code in a <c>type</c>: a name, and no place that anybody would have to serve.</summary>
    public const string TypePrefix = "urn:network-identity:error:";

    /// <summary>The problem.</summary>
    public static JsonObject Of(string code, string detail, int status) =>
        new() { ["type"] = TypePrefix + code, ["title"] = code, ["status"] = status, ["detail"] = detail };

    /// <summary>The status of a refusal that elsewhere has another, or is 400: who may not decide is told what they are told of what isn't there (A91).</summary>
    public static int StatusOf(string code, int status) => code switch
    {
        NationRefusal.UnknownDecisionCode or NationRefusal.NotEligibleCode => StatusCodes.Status404NotFound,
        NationRefusal.StewardCredentialMissingCode or OAuthRefusal.UnauthorizedClientCode => StatusCodes.Status403Forbidden,
        NationRefusal.DecisionMovedCode => StatusCodes.Status412PreconditionFailed,
        NationRefusal.DecisionEndedCode or NationRefusal.AlreadyApprovedCode or NationRefusal.NotApprovedCode or NationRefusal.AlreadyProposedCode => StatusCodes.Status409Conflict,
        NationRefusal.IdempotencyKeyReusedCode => StatusCodes.Status422UnprocessableEntity,
        NationRefusal.PreconditionRequiredCode => StatusCodes.Status428PreconditionRequired,
        _ => status,
    };
}
