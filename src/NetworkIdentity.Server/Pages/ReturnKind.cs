namespace NetworkIdentity.Server.Pages;

/// <summary>What the wallet's device is told after it presented.</summary>
public enum ReturnKind
{
    /// <summary>The sign-in began on another screen: which number stands there.</summary>
    ChooseNumber,

    /// <summary>The right number was chosen: the other screen goes on.</summary>
    Confirmed,

    /// <summary>Another number was chosen: the sign-in is over.</summary>
    WrongNumber,

    /// <summary>The wallet came back in another browser than the one that began on this device.</summary>
    WrongBrowser,

    /// <summary>The way back was taken before.</summary>
    AlreadyUsed,

    /// <summary>There is no such sign-in, or no longer.</summary>
    Gone,
}
