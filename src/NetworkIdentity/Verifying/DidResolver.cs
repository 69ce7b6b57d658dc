using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;

namespace NetworkIdentity.Verifying;

/// <summary>Resolves DIDs.</summary>
public sealed class DidResolver(DidLog? own, Fetcher fetcher, TimeProvider time)
{
    /// <summary>Resolves a DID.</summary>
    public async Task<DidResolutionResult> ResolveAsync(string did, DidResolutionOptions? options = null, CancellationToken cancellation = default)
    {
        _ = (fetcher, time);
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        if (own is not null && (did == own.Did || did == own.DidWeb)) return await own.ResolveAsync(did, options ?? DidResolutionOptions.None);
        return DidResolutionResult.Of(() => DidResolutionResult.Found(did.StartsWith("did:key:", StringComparison.Ordinal) ? DidKey.Document(did) : DidJwk.Document(did), new()));
    }
}
