namespace NetworkIdentity.SigningIn;

/// <summary>What the sign-in page shows.</summary>
public enum SignInState
{
    /// <summary>No wallet has come yet.</summary>
    Waiting,

    /// <summary>A wallet fetched the request.</summary>
    Scanned,

    /// <summary>A member proved on another device, and is to choose there the number that this page shows.</summary>
    Confirming,

    /// <summary>A member proved, and the browser goes on.</summary>
    Verified,

    /// <summary>What was shown was refused; a better answer still counts.</summary>
    Failed,

    /// <summary>Nobody proved in time.</summary>
    Expired,

    /// <summary>Someone ended it.</summary>
    Cancelled,
}
