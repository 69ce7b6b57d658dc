namespace NetworkIdentity.Server.Practice;

/// <summary>The steps of the tour, in their order.</summary>
public enum TourStep
{
    /// <summary>Apply, be vouched for and admitted, and take the membership credential.</summary>
    Join,

    /// <summary>Sign in to the sample app.</summary>
    SignIn,

    /// <summary>Present falsely, in four ways.</summary>
    Break,

    /// <summary>Arrive at a node.</summary>
    Arrive,

    /// <summary>Be revoked.</summary>
    Revoke,

    /// <summary>Pass at a node while the server is stopped.</summary>
    Offline,
}
