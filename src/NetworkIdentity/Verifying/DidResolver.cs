using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;

namespace NetworkIdentity.Verifying;

/// <summary>Resolves DIDs [DID-Resolution §DID Resolution]: did:key and did:jwk are computed, the nation's own is read, others are fetched where trust was decided first.</summary>
/// <param name="own">The nation's own DID; null where it has none.</param>
/// <param name="fetched">Those of others.</param>
/// <param name="trusts">Whether a did:web or did:webvh may be fetched: asked before anything is looked up or called.</param>
public sealed class DidResolver(DidLog? own, FetchedDids fetched, Func<Did, bool> trusts)
{
    /// <summary>Trust by host, in small letters and without its port; <c>*</c> is any.</summary>
    public static Func<Did, bool> OfHosts(IReadOnlyList<string> hosts) => did => hosts.Contains("*") || hosts.Contains(HostOf(did), StringComparer.Ordinal);

    /// <summary>Resolves a DID.</summary>
    /// <param name="did">The DID: no path, query or fragment.</param>
    /// <param name="options">Which version, and how; the newest where null.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A document, an ended DID, or an error: nothing is thrown for what a stranger sent. <c>internalError</c> and <c>notFetched</c> say that nothing is known.</returns>
    public async Task<DidResolutionResult> ResolveAsync(string did, DidResolutionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= DidResolutionOptions.None;
        try
        {
            // 1. It is a DID. 2. Of a method that is resolved here.
            var parsed = Did.Parse(did);
            switch (parsed.Method)
            {
                case "key" or "jwk":
                    // 3. One that is its own key has one version and nothing to fetch.
                    if (options.NamesVersion) throw NoVersions();
                    var document = DidDocument.Parse(parsed.Method == "key" ? DidKey.Document(did) : DidJwk.Document(did));
                    return DidResolutionResult.Found(options.ExpandRelativeUrls ? document.Expanded() : document.Json, new());
                case "web" or "webvh":
                    // 3. The own one is here.
                    if (own is not null && (did == own.Did || did == own.DidWeb)) return await own.ResolveAsync(did, options);

                    // 4. Its form, which says where it would be fetched; 5. trust; 6. only then the fetch.
                    _ = HostOf(parsed);
                    if (!trusts(parsed)) throw DidRefusal.NotFetched();
                    return await fetched.ResolveAsync(did, options, cancellation);
                default:
                    throw DidRefusal.MethodNotSupported();
            }
        }
        catch (Refusal refusal)
        {
            return DidResolutionResult.Failed(refusal);
        }
    }

    /// <summary>A version was asked for where there is one alone.</summary>
    internal static Refusal NoVersions() => DidRefusal.FeatureNotSupported("DIDs of this method have no versions");

    private static string HostOf(Did did) =>
        new Uri(did.Method == "webvh" ? WebVhDid.Parse(did.ToString()).LogUrl : DidWeb.DocumentUrl(did.ToString())).Host;
}
