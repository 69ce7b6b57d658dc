namespace NetworkIdentity.Standards.StatusLists;

/// <summary>The purposes that the specification names; any other text may be one too [BSL §2.1].</summary>
public static class StatusPurpose
{
    /// <summary>Taken back for good.</summary>
    public const string Revocation = "revocation";

    /// <summary>Not valid for now.</summary>
    public const string Suspension = "suspension";

    /// <summary>Says something about the credential, in words that the entry holds.</summary>
    public const string Message = "message";

    /// <summary>A newer credential is there to be fetched; this one stays valid.</summary>
    public const string Refresh = "refresh";
}
