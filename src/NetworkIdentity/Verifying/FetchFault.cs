namespace NetworkIdentity.Verifying;

/// <summary>Why nothing was fetched.</summary>
public enum FetchFault
{
    /// <summary>The URL is not one that is fetched. Nothing was looked up and nobody called.</summary>
    UrlNotAllowed,

    /// <summary>The host's name leads to an address that is not public. Nobody was called.</summary>
    AddressNotPublic,

    /// <summary>The host has failed again and again, and is left alone for a while. Nobody was called.</summary>
    Paused,

    /// <summary>Too much is being fetched, from this host or at all. Nobody was called.</summary>
    Busy,

    /// <summary>No such name, no connection, TLS that is not right, or one that broke off.</summary>
    Unreachable,

    /// <summary>It took longer than <see cref="Fetcher.Deadline"/>.</summary>
    TimedOut,

    /// <summary>More bytes than the caller allows, as sent or as unpacked.</summary>
    TooLarge,

    /// <summary>The host said that it lies elsewhere, which is not followed.</summary>
    Redirected,

    /// <summary>The host said that it can't answer now: 429, or 500 and above.</summary>
    HostFailed,

    /// <summary>Another status than 200; or 304 where nothing was kept.</summary>
    WrongStatus,

    /// <summary>Another content type or encoding than was asked for.</summary>
    WrongType,
}
