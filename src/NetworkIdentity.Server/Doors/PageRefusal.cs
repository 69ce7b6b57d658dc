using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Doors;

/// <summary>What the nation's own pages refuse, and what a person can do about it.</summary>
public static class PageRefusal
{
    /// <summary>There is nothing of that name, or not for this browser.</summary>
    public const string NotFoundCode = "not_found";

    /// <summary>The page is not there, or not for this browser; which of both is not said.</summary>
    public static Refusal NotFound(string description = "there is nothing here, or it belongs to another browser") => new(NotFoundCode, description);

    /// <summary>A sign-in's page, without the cookie of the browser that asked.</summary>
    public const string SignInNotHereCode = "sign_in_not_here";

    /// <summary>
    /// The sign-in is not this browser's, or there is none: the same words for both, so that an id can't be tried. Mostly it is a browser that keeps no
    /// cookies, and its person has to learn that.
    /// </summary>
    public static Refusal SignInNotHere() => new(
        SignInNotHereCode, "This sign-in belongs to another browser, or your browser keeps no cookies, or it is long over.");

    /// <summary>A logout request that could not be checked.</summary>
    public const string NotLoggedOutCode = "not_logged_out";

    /// <summary>An app sent a logout request that is not right, so nothing was ended.</summary>
    public static Refusal NotLoggedOut(Refusal why) => new(NotLoggedOutCode, $"The app asked to sign you out in a way that can't be trusted: {why.Description}.", why);

    /// <summary>Evidence that a member asked for could not be made.</summary>
    public const string EvidenceNotMadeCode = "evidence_not_made";

    /// <summary>Something is missing of the evidence that a member asked for.</summary>
    public static Refusal EvidenceNotMade(IEnumerable<string> missing) => new(EvidenceNotMadeCode, $"the evidence could not be made; this is missing: {string.Join("; ", missing)}");

    /// <summary>A credential that its member's wallet has, and the nation can't give again.</summary>
    public const string CredentialNotHereCode = "credential_not_here";

    /// <summary>The key that signed a credential signs nothing any more, so what its wallet was given can't be made again.</summary>
    public static Refusal CredentialNotHere() => new(CredentialNotHereCode, "the key that signed this credential signs nothing any more, so your wallet alone has it");

    /// <summary>More requests came than one address, or one app, may make in a minute.</summary>
    public const string TooManyRequestsCode = "too_many_requests";

    /// <summary>This server, or its database, has too much to do.</summary>
    public const string UnavailableCode = "temporarily_unavailable";

    /// <summary>The code of a fault that is this server's own.</summary>
    public const string ServerErrorCode = "server_error";

    /// <summary>The heading of a refusal's page.</summary>
    public static string TitleFor(string code) => code switch
    {
        SignInNotHereCode => "This sign-in is not open here",
        NotLoggedOutCode => "You are not signed out yet",
        UnavailableCode => "Not just now",
        EvidenceNotMadeCode => "The evidence was not made",
        CredentialNotHereCode => "Only your wallet has this credential",
        ServerErrorCode => "Something went wrong here",
        _ => "This can't go on",
    };

    /// <summary>The next step for a person who meets a refusal.</summary>
    /// <param name="code">The code.</param>
    /// <param name="status">The status.</param>
    /// <param name="isSent">Whether the person sent a form of the nation's own, and no app sent the person.</param>
    public static string MendFor(string code, int status, bool isSent) => code switch
    {
        EvidenceNotMadeCode => "Try again in a minute: what was issued just now may not be in the public log yet. If it stays so, tell who runs this nation; netid evidence makes it on any machine, from the file of all that is held about you.",
        CredentialNotHereCode => "Renew it at your account and have the evidence of the new one made here; or take this one out of your wallet, and netid evidence makes it on any machine.",
        _ when status >= 500 => "Try again in a moment.",
        _ when status == StatusCodes.Status413PayloadTooLarge && isSent => $"Go back and send less: {Endpoints.RequestReading.MaxBody / 1024} KiB are taken here.",
        TooManyRequestsCode => "Wait a minute, then load this page again. Somebody else in your network may have made them.",
        NotFoundCode => "Go back to the app you came from and start again there.",
        SignInNotHereCode => "Go back to the app you came from and start again there, in this browser. If you land here again at once, let this browser keep "
            + "cookies for this site: one is needed, to know you again on this page, and it goes when you close the browser.",
        NotLoggedOutCode => "To sign out here, open this address without what stands behind its question mark. Tell the makers of the app the code below.",
        "invalid_client" or "invalid_redirect_uri" =>
            "The app you came from is not set up rightly. Tell its makers; nothing about you was sent to it.",
        _ when isSent => "Go back, mend that, and send it again.",
        _ => "Go back to the app you came from and try again. If it happens again, tell its makers the code below.",
    };
}
