using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Vcalm;

/// <summary>What was wrong, as a ProblemDetails object [RFC9457 §3] [VCALM §Error Handling].</summary>
public static class Problem
{
    private const string Nameless = "about:blank";

    /// <summary>The problem that a refusal is.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="detail">Its words.</param>
    /// <param name="status">The status of the answer; null where the problem is a part of one.</param>
    public static JsonObject Of(string code, string detail, int? status = null)
    {
        var problem = new JsonObject { ["type"] = TypeOf(code), ["title"] = code };
        if (status is { } number) problem["status"] = number;
        problem["detail"] = detail;
        return problem;
    }

    /// <summary>The problem that a verdict found.</summary>
    public static JsonObject Of(Verdict verdict) => Of(verdict.Code ?? CodeOf(verdict), verdict.Detail!);

    private static string CodeOf(Verdict verdict) => verdict.Step switch
    {
        VerificationStep.Validity => CredentialRefusal.RangeCode,
        VerificationStep.Proof or VerificationStep.Holder => CredentialRefusal.CryptographicSecurityCode,
        _ => verdict.Reason!,
    };

    private static string TypeOf(string code)
    {
        var refusal = new Refusal(code, "");
        return code switch
        {
            CredentialRefusal.ParsingCode or CredentialRefusal.MalformedValueCode or CredentialRefusal.RangeCode or CredentialRefusal.CryptographicSecurityCode => CredentialRefusal.TypeOf(refusal),
            VcalmRefusal.UnknownOptionCode => $"https://www.w3.org/TR/vcalm#{code}",
            _ when code.StartsWith("STATUS_", StringComparison.Ordinal) => BitstringRefusal.TypeOf(refusal),
            _ when code.StartsWith("PROOF_", StringComparison.Ordinal) || code.StartsWith("INVALID_", StringComparison.Ordinal) => DataIntegrityRefusal.TypeOf(refusal),

            // What no specification has a type for is named by its title alone.
            _ => Nameless,
        };
    }
}
