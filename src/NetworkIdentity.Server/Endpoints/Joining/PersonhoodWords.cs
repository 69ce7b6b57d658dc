using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Pages.Joining;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>How it stands with a proof of personhood, for the person who makes it.</summary>
internal static class PersonhoodWords
{
    /// <summary>The code of a request that nobody answered in time.</summary>
    private const string Late = "late";

    /// <summary>How it stands.</summary>
    /// <param name="standing">What is known.</param>
    /// <param name="now">Unix seconds.</param>
    public static PersonhoodState StateOf(Personhood.Standing standing, long now) => standing switch
    {
        { IsProven: true } => PersonhoodState.Proven,
        { Request: null or { Stage: PersonhoodRequests.Proven or PersonhoodRequests.Lapsed } } => PersonhoodState.Needed,
        { Request.ExpiresAt: var ends } when ends <= now => PersonhoodState.Needed,
        { Request.Stage: PersonhoodRequests.Answered } => PersonhoodState.Confirming,
        { Request.Refused: not null } => PersonhoodState.Failed,
        { Request.FetchedAt: not null } => PersonhoodState.Scanned,
        _ => PersonhoodState.Waiting,
    };

    /// <summary>Why the last try did not count; empty where there was none, or nothing is wrong with it.</summary>
    /// <param name="request">The newest request.</param>
    /// <param name="now">Unix seconds.</param>
    public static string CodeOf(PersonhoodRequests.Row? request, long now) => request switch
    {
        null => "",
        { Refused: { } reason } => reason,
        { Stage: PersonhoodRequests.Asked or PersonhoodRequests.Answered } when request.ExpiresAt <= now => Late,
        _ => "",
    };

    /// <summary>The same in words, and what the person can do; null where nothing is wrong.</summary>
    public static (string Reason, string Mend)? Of(string code) => code switch
    {
        "" => null,
        Personhood.PersonKnown => ("This person belongs already, or asks to join by another application.", "Go on with that application, or withdraw it; then ask anew here."),
        Personhood.WrongNumber => ("On your wallet’s device another number was chosen than stood here.", "Ask anew, and choose the number that this page shows then."),
        Late => ("It took too long.", "Ask anew."),
        "status_unknown" or "not_understood" => ("Your credential could not be checked just now: its issuer did not answer.", "Nothing is wrong with it, as far as anyone knows. Try again in a minute."),
        "issuer_not_trusted" or "issuer_key_not_trusted" or "issuer_key_retired" or "signature_invalid" => ("Your wallet showed what none of these issued.", "Choose a credential of one of them."),
        "expired" or "not_yet_valid" => ("The credential that your wallet showed is not valid now.", "Get a new one from its issuer."),
        "revoked" or "suspended" => ("Its issuer has taken the credential back, or suspended it.", "Ask its issuer why."),
        "wallet_access_denied" => ("Your wallet said that you did not agree, or that it doesn’t hold what is asked for.", "Nothing was shown. Ask anew when you hold it."),
        _ => ("What your wallet sent is not what was asked for, or not proven to be yours.", "Ask anew, with the wallet that received the credential."),
    };
}
