namespace NetworkIdentity.Standards.StatusLists;

/// <summary>What a status says of a credential. The default is that nothing is known, so that what was forgotten is never valid.</summary>
public enum StatusMeaning
{
    /// <summary>Nothing: no list, a wrong one, or a status that its reader gives no meaning. Not to be relied on, and not the same as revoked.</summary>
    Unknown,

    /// <summary>Its issuer stands by it.</summary>
    Valid,

    /// <summary>Taken back for good.</summary>
    Revoked,

    /// <summary>Not valid for now.</summary>
    Suspended,
}
