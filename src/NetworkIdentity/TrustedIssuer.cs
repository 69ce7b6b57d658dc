using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;

namespace NetworkIdentity;

/// <summary>An issuer that someone decided to trust who has no database of its nation: by its URL, or by its DID.</summary>
/// <remarks>A URL trusts whoever serves that host: each DID that is written for it. A DID trusts that one alone, which for a did:webvh is the beginning of its log too.</remarks>
public sealed record TrustedIssuer
{
    private TrustedIssuer(Nation nation, string? did) => (Nation, Did) = (nation, did);

    /// <summary>The issuer as a nation whose addresses are known, and nothing else of it.</summary>
    public Nation Nation { get; }

    /// <summary>The DID that is trusted; null where it is whichever is at the URL.</summary>
    public string? Did { get; }

    /// <summary>Where its keys are: the DID, or the did:web of the URL; null where the URL's host is none that a DID has.</summary>
    public string? KeysDid => Did ?? (NationDocument.PlaceOf(Nation) is { } place ? $"did:web:{place}" : null);

    /// <summary>Reads a URL or a DID.</summary>
    /// <param name="text">The issuer.</param>
    /// <param name="local">Whether a DID of this machine means http.</param>
    /// <returns>Null where it is neither.</returns>
    public static TrustedIssuer? Of(string text, bool local)
    {
        if (!text.StartsWith("did:", StringComparison.Ordinal))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url is { Query: "", Fragment: "", UserInfo: "" }
                ? new(new("", text.TrimEnd('/')), null)
                : null;
        }

        try
        {
            var location = text.StartsWith("did:webvh:", StringComparison.Ordinal) ? WebVhDid.Parse(text).Location.FilesUrl
                : text.StartsWith("did:web:", StringComparison.Ordinal) ? DidWeb.DocumentUrl(text).Replace("/.well-known/", "/", StringComparison.Ordinal)[..^"did.json".Length]
                : Standards.Dids.Did.Is(text) ? "https://issuer.invalid/" : null;
            if (location is null) return null;
            if (local && new Uri(location).Host == "localhost") location = "http" + location["https".Length..];
            return new(new("", location.TrimEnd('/')), text);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>The same, and of its DIDs this one alone.</summary>
    public TrustedIssuer With(string did) => new(Nation, did);

    /// <summary>Whether a W3C credential's issuer is this one.</summary>
    public bool Is(string issuer)
    {
        if (Did is not null) return issuer == Did;
        if (NationDocument.PlaceOf(Nation) is not { } place) return false;
        return issuer == $"did:web:{place}" || (issuer.StartsWith("did:webvh:", StringComparison.Ordinal) && issuer.EndsWith($":{place}", StringComparison.Ordinal) && issuer.Split(':', 4) is [_, _, _, var rest] && rest == place);
    }
}
