namespace NetworkIdentity.Server.Pages.Joining;

/// <summary>How it stands with who must prove to be one person.</summary>
public enum PersonhoodState
{
    /// <summary>It is still to be proven, and no wallet is asked now.</summary>
    Needed,

    /// <summary>A wallet is awaited.</summary>
    Waiting,

    /// <summary>A wallet has the request.</summary>
    Scanned,

    /// <summary>A wallet has answered, perhaps on another device.</summary>
    Confirming,

    /// <summary>An answer was not taken; the request is still open.</summary>
    Failed,

    /// <summary>It is proven.</summary>
    Proven,
}
