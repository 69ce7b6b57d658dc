using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Vcalm;

/// <summary>Verifies what the clients of an instance send, against the issuers that it is configured for [VCALM §Verifying].</summary>
/// <param name="database">Where challenges are spent.</param>
/// <param name="keys">What challenges are made with.</param>
/// <param name="verifierOf">The verifier that knows such contexts.</param>
/// <param name="time">The clock.</param>
public sealed class InstanceVerifier(Database database, KeyRing keys, Func<KnownContexts, W3cVerifier> verifierOf, TimeProvider time)
{
    private const string ReturnResults = "returnResults";

    // What begins so was made here, or says that it was. It is never taken as a client's own.
    private const string ChallengePrefix = "netid.";

    // What older clients send. All of it is checked here, whatever is named.
    private const string Checks = "checks";
    private static readonly string[] KnownChecks = ["proof", "credentialStatus", "credentialSchema"];

    /// <summary>An answer.</summary>
    /// <param name="IsVerified">Whether everything held.</param>
    /// <param name="Body">The VerificationResult.</param>
    public sealed record Answer(bool IsVerified, JsonObject Body);

    /// <summary>Verifies one credential.</summary>
    /// <exception cref="Refusal">The request itself is wrong: PARSING_ERROR, MALFORMED_VALUE_ERROR, UNKNOWN_OPTION_PROVIDED.</exception>
    public async Task<Answer> VerifyCredentialAsync(Instance instance, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var request = InstanceRequest.Read(body, "verifiableCredential", ReturnResults, "returnProblemDetails", "returnCredential", Checks);
        request.CheckItems(Checks, KnownChecks);
        var (returnsResults, returnsCredential, _) = (request.Flag(ReturnResults), request.Flag("returnCredential"), request.Flag("returnProblemDetails"));
        var credential = request.Canonical("verifiableCredential");
        var examined = await VerifierOf(instance).VerifyAsync(credential.DeepClone(), instance.Trusts, CredentialTerms.None, null, cancellation);
        return AnswerOf(examined.Verdict, returnsCredential ? ("credential", credential) : null, returnsResults ? InstanceResults.Of(credential, examined.Verdict) : null);
    }

    /// <summary>Verifies a presentation, and every credential in it. Whether these are about its holder is for the client to say.</summary>
    /// <exception cref="Refusal">As with a credential.</exception>
    public async Task<Answer> VerifyPresentationAsync(Instance instance, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var request = InstanceRequest.Read(body, "verifiablePresentation", "challenge", "domain", "returnPresentation", ReturnResults, "returnProblemDetails", Checks);
        request.CheckItems(Checks, KnownChecks);
        var (challenge, domain) = (request.Text("challenge"), request.Text("domain"));
        var (returnsResults, returnsPresentation, _) = (request.Flag(ReturnResults), request.Flag("returnPresentation"), request.Flag("returnProblemDetails"));
        var presentation = request.Canonical("verifiablePresentation");
        var examined = await VerifierOf(instance).VerifyPresentationAsync(
            presentation.DeepClone(), new HolderChallenge(domain, challenge), instance.Trusts, CredentialTerms.None, aboutHolder: false, cancellation);

        // A challenge of this instance's making is spent by the presentation that answers it. One without the prefix is the client's own business.
        var verdict = examined.Verdict;
        if (verdict.Outcome == Outcome.Accepted && challenge is not null && !await SpendAsync(instance, challenge))
        {
            const string words = "the challenge is none of this instance, has expired, or was answered before";
            verdict = Verdict.Refused(VerificationStep.Holder, InstanceResults.ChallengeSpent, words) with { Code = DataIntegrityRefusal.InvalidChallenge().Code };
        }

        return AnswerOf(
            verdict,
            returnsPresentation ? ("verifiablePresentation", presentation) : null,
            returnsResults ? InstanceResults.Of(presentation, examined, challenge, domain, verdict) : null);
    }

    /// <summary>Makes a challenge, to be answered once and within five minutes.</summary>
    public JsonObject MakeChallenge(Instance instance) => new() { ["challenge"] = ChallengePrefix + ChallengesOf(instance).Make() };

    private W3cVerifier VerifierOf(Instance instance) => verifierOf(instance.Contexts);

    private SpendableNonces ChallengesOf(Instance instance) => new(keys.Derive($"challenge/{instance.Options.Name}"), Spent.Challenge, time);

    private async Task<bool> SpendAsync(Instance instance, string challenge)
    {
        if (!challenge.StartsWith(ChallengePrefix, StringComparison.Ordinal)) return true;
        return ChallengesOf(instance).Use(challenge[ChallengePrefix.Length..]) is { } use && await database.CommitAsync(use) is null;
    }

    private static Answer AnswerOf(Verdict verdict, (string Name, JsonObject Document)? returned, JsonObject? results)
    {
        var isVerified = verdict.Outcome == Outcome.Accepted;
        var json = new JsonObject { ["verified"] = isVerified };
        if (returned is var (name, document)) json[name] = document.DeepClone();
        if (!isVerified) json["problemDetails"] = new JsonArray(Problem.Of(verdict));
        if (results is not null) json["results"] = results;
        return new(isVerified, json);
    }
}
