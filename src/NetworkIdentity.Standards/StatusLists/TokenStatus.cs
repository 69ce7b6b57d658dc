namespace NetworkIdentity.Standards.StatusLists;

/// <summary>A status of a token [TSL §7.1]. Values that are not named here are an application's own (0x0C to 0x0F) or not given out: whoever meets one must not read it as valid.</summary>
public enum TokenStatus
{
    /// <summary>0x00: valid.</summary>
    Valid = 0,

    /// <summary>0x01: revoked, for good.</summary>
    Invalid = 1,

    /// <summary>0x02: not valid for now.</summary>
    Suspended = 2,

    /// <summary>0x03: what an application makes of it.</summary>
    ApplicationSpecific = 3,
}
