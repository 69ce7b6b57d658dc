using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>Who may see a member by the same subject: whoever owns the host says so, in a list of redirect URIs [OIDC §8.1] [OIDC-DCR §5].</summary>
internal static class SectorIdentifier
{
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] ContentTypes = ["application/json"];

    /// <summary>Checks that the list behind a sector identifier names every redirect URI. It is read once, when the client registers.</summary>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>: it can't be read, or a redirect URI is not in it.</exception>
    public static async Task CheckAsync(Fetcher fetcher, string sectorIdentifierUri, IEnumerable<string> redirectUris)
    {
        var fetched = await fetcher.FetchAsync(sectorIdentifierUri, ContentTypes, MaxBytes);
        if (fetched.Fault is not null) throw OAuthRefusal.InvalidClientMetadata($"sector_identifier_uri could not be read: {fetched.Detail}");
        var listed = Refusal.Recode("invalid_client_metadata", () => StrictJson.Parse(fetched.Body.Span)) as JsonArray
            ?? throw OAuthRefusal.InvalidClientMetadata("what lies at sector_identifier_uri must be a JSON array");
        var known = listed.Where(item => item?.GetValueKind() == JsonValueKind.String).Select(item => item!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        if (!redirectUris.All(known.Contains)) throw OAuthRefusal.InvalidClientMetadata("what lies at sector_identifier_uri must hold every redirect URI");
    }
}
