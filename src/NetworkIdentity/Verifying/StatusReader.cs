using System.Collections.Concurrent;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Reads the status of a credential from its issuer's signed list [TSL §8.3]. Whatever is wrong with a list makes the status unknown, never valid.</summary>
/// <param name="issuer">This nation's issuer: its lists are read here and never fetched.</param>
/// <param name="read">The compact token behind a URI of this nation's lists; null where there is none.</param>
/// <param name="others">The lists of other issuers.</param>
/// <param name="certificates">Finds the key that signed a list.</param>
/// <param name="time">The clock.</param>
public sealed class StatusReader(
    string issuer, Func<string, Task<string?>> read, FetchedLists others, IssuerCertificates certificates, TimeProvider time)
{
    private const int MaxKept = 64;

    /// <summary>How far this nation's clock may have been put back since a list of its own was signed, whose time does not go back with it.</summary>
    private static readonly TimeSpan PutBack = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, (string Token, TokenStatusList List)> _kept = new();

    /// <summary>The status at an index of an issuer's list.</summary>
    /// <param name="reference">The credential's <c>status.status_list</c>.</param>
    /// <param name="issuerOfCredential">The credential's issuer, who must have signed the list.</param>
    /// <param name="read">Told when the list was signed that was read; null where nobody asks.</param>
    /// <returns>The status and null; or null and why it is not known.</returns>
    public async Task<(TokenStatus? Status, string? Unknown)> ReadAsync(StatusListReference reference, string issuerOfCredential, Action<DateTimeOffset>? read = null)
    {
        try
        {
            var (list, unknown) = issuerOfCredential == issuer ? await ReadOwnAsync(reference.Uri) : await others.FindAsync(reference.Uri, issuerOfCredential);
            if (list is null) return (null, unknown);
            read?.Invoke(list.IssuedAt);
            return (list.List.Get(reference.Index), null);
        }
        catch (Refusal refusal)
        {
            return (null, refusal.Description);
        }
    }

    /// <summary>The list that a token holds.</summary>
    /// <exception cref="Refusal">Malformed: it is not the issuer's list of this URI, or it can't be relied on now.</exception>
    internal static TokenStatusList Check(IssuerCertificates certificates, string token, string uri, string issuer, DateTimeOffset now, TimeSpan skew = default)
    {
        var jws = Jws.Parse(token);
        if (!certificates.TryFind(jws.Header, KeyPurpose.StatusList, issuer, now, out var key, out var reason)) throw Refusal.Malformed(reason);
        if (!jws.IsSignedBy(key!.Key)) throw Refusal.Malformed("the list's signature is not its key's");
        return TokenStatusList.Read(jws, uri, now, skew);
    }

    private async Task<(TokenStatusList? List, string? Unknown)> ReadOwnAsync(string uri)
    {
        if (await read(uri) is not { } token) return (null, "there is no status list at that URI");
        var now = time.GetUtcNow();
        if (_kept.TryGetValue(uri, out var kept) && kept.Token == token && !(kept.List.ExpiresAt <= now)) return (kept.List, null);

        var list = Check(certificates, token, uri, issuer, now, PutBack);
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[uri] = (token, list);
        return (list, null);
    }
}
