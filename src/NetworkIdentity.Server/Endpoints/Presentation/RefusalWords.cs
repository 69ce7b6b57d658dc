using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.Presentation;

/// <summary>Why a presentation was refused, in words for the person who made it, and what they can do.</summary>
internal static class RefusalWords
{
    /// <summary>Words for a person.</summary>
    /// <param name="Title">One line.</param>
    /// <param name="Reason">What was wrong.</param>
    /// <param name="Mend">The next step.</param>
    public sealed record Words(string Title, string Reason, string Mend);

    /// <summary>The machine-readable reason, for the page, the app and docs/errors.md.</summary>
    public static string CodeOf(SignIns.Row row) => row.RefusedStep == PresentationExchange.WalletStep ? $"wallet_{row.RefusedReason}" : row.RefusedReason ?? "";

    /// <summary>The words for what was refused last.</summary>
    /// <param name="row">The sign-in.</param>
    /// <param name="asked">What people call the credentials that are asked for.</param>
    public static Words Of(SignIns.Row row, IReadOnlyList<string> asked) => CodeOf(row) switch
    {
        "revoked" => new(
            "This credential was revoked",
            "The nation has revoked the credential that your wallet showed. It can't be used to sign in any more.",
            "The nation’s page /case says why, and you can appeal there. If you hold a newer credential, try again with that one."),
        "suspended" => new(
            "This credential is suspended",
            "The nation has suspended the credential that your wallet showed, for a time.",
            "The nation’s page /case says why and until when, and you can appeal there."),
        "expired" => new(
            "This credential has expired",
            "The credential that your wallet showed is past its last day.",
            "Get a new one from the nation, then try again."),
        "not_yet_valid" => new(
            "This credential is not valid yet",
            "The credential that your wallet showed begins later. Or a clock is wrong.",
            "Check the date and time of your device, then try again."),
        "issuer_not_trusted" or "issuer_key_not_trusted" or "unknown_type" => new(
            "This credential is from someone else",
            "The credential that your wallet showed was not issued by this nation, or is of another kind.",
            "Choose the credential of this nation in your wallet, then try again."),
        "issuer_not_accepted" => new(
            "The app doesn’t take credentials of this issuer",
            "The credential that your wallet showed is good, but the app takes those of other issuers only.",
            "Choose a credential of an issuer that the app names, then try again; or go back to the app."),
        "too_old" => new(
            "This credential is too old for the app",
            "The credential that your wallet showed is good, but the app asks for one that was issued more lately.",
            "Get a new one from the nation, then try again."),
        "ends_too_soon" => new(
            "This credential ends too soon for the app",
            "The credential that your wallet showed is good, but the app asks for one that is valid for longer.",
            "Get a new one from the nation, then try again."),
        "replaced" => new(
            "You have a newer credential",
            "The credential that your wallet showed has ended, and the nation gave you another one since.",
            "Use the wallet that holds the newer one, then try again."),
        "different_holders" => new(
            "These credentials belong to different members",
            "Your wallet showed credentials together that the nation gave to more than one member. The app asks for those of one.",
            "Try again and choose credentials that were all given to you. If your wallet holds another person’s, use one that holds yours alone."),
        "holder_invalid" or "no_holder_key" => new(
            "Your wallet could not show that this is yours",
            "The proof that you hold this credential was missing, wrong, or made for something else.",
            "Start again and use the wallet that received the credential."),
        "other_member" => new(
            "This is another member's credential",
            "The app expects the member who was signed in before, and your wallet showed the credential of another.",
            "Try again with the credential of that member, or go back to the app and sign out there first."),
        "other_context" => new(
            "The app wants it proven on the other device",
            "The app says on which device the wallet must be: on this one, or on another.",
            "Try again with a wallet on the other device."),
        "query_not_satisfied" => new(
            "Something that was asked for is missing",
            "Your wallet did not show everything that the app needs.",
            asked.Count > 1
                ? $"The app asks for {Together(asked)}, together. Try again, show each of them and agree to what is asked. What your wallet lacks, ask the nation for; or go back to the app."
                : "Try again and agree to what is asked, or go back to the app."),
        "status_unknown" => new(
            "It could not be checked",
            "Whether this credential is still good could not be checked just now.",
            "Try again in a minute."),
        "wallet_access_denied" => new(
            "Your wallet declined",
            "Your wallet said that you did not agree, or that it doesn’t hold what is asked for. Nothing was shown.",
            asked.Count > 1
                ? $"The app asks for {Together(asked)}, together. Make sure that your wallet holds each of them and try again, or go back to the app."
                : "Try again, or go back to the app."),
        var code when code.StartsWith("wallet_", StringComparison.Ordinal) => new(
            "Your wallet could not answer",
            "Your wallet said that it can't answer this request.",
            asked.Count > 1
                ? $"Make sure that your wallet holds {Together(asked)} of this nation, or try another wallet."
                : "Make sure that your wallet holds a credential of this nation, or try another wallet."),
        _ => new(
            "That was not accepted",
            "What your wallet sent is damaged, was altered, or is of a form this nation doesn't know.",
            "Try again. If it happens again, get a new credential from the nation."),
    };

    /// <summary>Names as a sentence has them: Membership, Residency and Reputation.</summary>
    private static string Together(IReadOnlyList<string> names) => $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
