namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>What can go wrong in a sign-in. Each has a page of its own.</summary>
internal enum Fault
{
    /// <summary>The provider can't be reached, or says that it is out of order. Nothing was checked.</summary>
    NoAnswer,

    /// <summary>The provider's documents are not what a provider's must be. Nothing was checked.</summary>
    NotAProvider,

    /// <summary><c>state</c> is missing, was changed, or was made before a restart.</summary>
    UnknownState,

    /// <summary>The cookie of this sign-in did not come back.</summary>
    NoCookie,

    /// <summary>The cookie of this sign-in has run out.</summary>
    TooLate,

    /// <summary><c>iss</c> names another than the one that was asked [RFC9207 §2.4].</summary>
    WrongIssuer,

    /// <summary>The provider answered with an error.</summary>
    Refused,

    /// <summary>The code was not exchanged.</summary>
    NoTokens,

    /// <summary>The ID token does not hold [OIDC §3.1.3.7].</summary>
    BadIdToken,
}
