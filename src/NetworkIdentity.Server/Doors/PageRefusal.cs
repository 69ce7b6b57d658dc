using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Doors;

/// <summary>What the nation's own pages refuse, and what a person can do about it.</summary>
public static class PageRefusal
{
    /// <summary>There is nothing of that name, or not for this browser.</summary>
    public const string NotFoundCode = "not_found";

    /// <summary>The page is not there, or not for this browser; which of both is not said.</summary>
    public static Refusal NotFound(string description = "there is nothing here, or it belongs to another browser") => new(NotFoundCode, description);

    /// <summary>The next step for a person who meets a refusal.</summary>
    public static string MendFor(string code) => code switch
    {
        NotFoundCode => "Go back to the app you came from and start again there.",
        "invalid_client" or "invalid_redirect_uri" =>
            "The app you came from is not set up rightly. Tell its makers; nothing about you was sent to it.",
        _ => "Go back to the app you came from and try again. If it happens again, tell its makers the code below.",
    };
}
