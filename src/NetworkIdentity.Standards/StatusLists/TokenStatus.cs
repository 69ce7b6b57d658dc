namespace NetworkIdentity.Standards.StatusLists;

/// <summary>A status of a token [TSL §7.1]. Other values are an application's own: whoever meets one must not read it as valid.</summary>
public enum TokenStatus
{
    /// <summary>0x00: valid.</summary>
    Valid = 0,

    /// <summary>0x01: revoked, for good.</summary>
    Invalid = 1,

    /// <summary>0x02: not valid for now.</summary>
    Suspended = 2,
}
