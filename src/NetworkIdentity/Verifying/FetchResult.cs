namespace NetworkIdentity.Verifying;

/// <summary>What came of a fetch. A value, never thrown.</summary>
/// <param name="Fault">Why there is nothing; null where all went well.</param>
/// <param name="Detail">Words for a developer, never what the host sent; null where all went well.</param>
/// <param name="Body">The body, unpacked; empty where there is none.</param>
/// <param name="IsNotModified">Whether the host said that what the caller has under its ETag still holds.</param>
/// <param name="ETag">The answer's <c>ETag</c>, for the next fetch; null where there is none.</param>
/// <param name="MaxAge"><c>max-age</c> of <c>Cache-Control</c>, zero for <c>no-store</c> and <c>no-cache</c>; null where nothing is said.</param>
public sealed record FetchResult(FetchFault? Fault, string? Detail, ReadOnlyMemory<byte> Body, bool IsNotModified, string? ETag, TimeSpan? MaxAge)
{
    /// <summary>Whether the host said plainly that there is no such thing: 404 or 410.</summary>
    public bool IsNotThere { get; init; }

    /// <summary>The status, of an answer that is heard whatever it is; else 0.</summary>
    public int Status { get; init; }

    /// <summary>The headers of such an answer, by name in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the fault is the host's own, so that it counts towards a pause.</summary>
    internal bool IsHostsFault => Fault is FetchFault.Unreachable or FetchFault.TimedOut or FetchFault.TooLarge or FetchFault.HostFailed;

    internal static FetchResult Failed(FetchFault fault, string detail) => new(fault, detail, default, false, null, null);
}
