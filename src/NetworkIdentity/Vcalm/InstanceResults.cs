using System.Text.Json.Nodes;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Vcalm;

/// <summary>Which steps of a verification held, as VCALM writes it: by the property that each looked at. A step that was not come to did not hold.</summary>
internal static class InstanceResults
{
    /// <summary>The reason of a presentation whose challenge is not to be answered, or not any more.</summary>
    internal const string ChallengeSpent = "challenge_spent";

    /// <summary>The results of a credential.</summary>
    public static JsonObject Of(JsonObject credential, Verdict verdict)
    {
        var json = new JsonObject();
        foreach (var name in (string[])["validFrom", "validUntil"])
            if (credential[name] is { } time) json[name] = Result(Held(verdict, VerificationStep.Validity), time);
        Add("credentialSchema", VerificationStep.Type);
        Add("credentialStatus", VerificationStep.Status);
        Add("proof", VerificationStep.Proof);
        return json;

        void Add(string name, VerificationStep step)
        {
            if (Several(credential[name]) is { Count: > 0 } items) json[name] = new JsonArray([.. items.Select(item => Result(Held(verdict, step), item))]);
        }
    }

    /// <summary>The results of a presentation and of each credential in it.</summary>
    /// <param name="presentation">As it came.</param>
    /// <param name="examined">What came of looking at it.</param>
    /// <param name="challenge">What it had to answer; null where nothing was asked.</param>
    /// <param name="domain">Where it had to be meant for; null where anywhere would do.</param>
    /// <param name="whole">The verdict of the whole.</param>
    public static JsonObject Of(JsonObject presentation, PresentationExamination examined, string? challenge, string? domain, Verdict whole)
    {
        var isProven = examined.Holder is not null;
        var itself = new JsonObject();
        if (challenge is not null) itself["challenge"] = Result(isProven && whole.Reason != ChallengeSpent, challenge);
        if (domain is not null) itself["domain"] = Result(isProven, domain);
        if (presentation["holder"] is { } holder) itself["holder"] = Result(isProven, holder);
        itself["proof"] = new JsonArray([.. Several(presentation["proof"]).Select(proof => Result(isProven, proof))]);
        var credentials = Several(presentation["verifiableCredential"]).OfType<JsonObject>().Zip(examined.Credentials, (credential, one) =>
        {
            var result = new JsonObject { ["verified"] = one.Verdict.Outcome == Outcome.Accepted, ["results"] = Of(credential, one.Verdict) };
            if (one.Verdict.Outcome != Outcome.Accepted) result["problemDetails"] = new JsonArray(Problem.Of(one.Verdict));
            return (JsonNode)result;
        });
        return new() { ["presentation"] = itself, ["credentials"] = new JsonArray([.. credentials]) };
    }

    private static bool Held(Verdict verdict, VerificationStep step) => verdict.Outcome == Outcome.Accepted || verdict.Held.Contains(step);

    private static JsonObject Result(bool isVerified, JsonNode? input) => new() { ["verified"] = isVerified, ["input"] = input?.DeepClone() };

    private static IReadOnlyList<JsonNode?> Several(JsonNode? node) => node switch
    {
        null => [],
        JsonArray many => [.. many],
        _ => [node],
    };
}
