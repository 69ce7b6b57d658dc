namespace NetworkIdentity.Server.Pages;

/// <summary>The state that the sign-in page shows. In JSON and in the markup each is its name in lower case.</summary>
public enum SignInPageState
{
    /// <summary>No wallet has fetched the request yet.</summary>
    Waiting,

    /// <summary>A wallet has fetched the request and has not answered.</summary>
    Scanned,

    /// <summary>The answer was accepted; the browser goes on to the app.</summary>
    Verified,

    /// <summary>An answer was refused. A later, valid one still counts.</summary>
    Failed,

    /// <summary>The time is over.</summary>
    Expired,

    /// <summary>The person, or their wallet, stopped it.</summary>
    Cancelled,
}
