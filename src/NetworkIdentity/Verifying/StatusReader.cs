using System.Collections.Concurrent;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Reads the status of a credential from its issuer's signed list [TSL §8.3]. Whatever is wrong with a list makes the status unknown, never valid.</summary>
/// <param name="certificates">Finds the key that signed a list.</param>
/// <param name="read">The compact token behind a list's URI; null where there is none. Today this server's own lists are the only ones read.</param>
/// <param name="time">The clock.</param>
public sealed class StatusReader(IssuerCertificates certificates, Func<string, Task<string?>> read, TimeProvider time)
{
    private const int MaxKept = 64;

    private readonly ConcurrentDictionary<(string Uri, string Issuer), (string Token, TokenStatusList List)> _kept = new();

    /// <summary>The status at an index of an issuer's list.</summary>
    /// <param name="reference">The credential's <c>status.status_list</c>.</param>
    /// <param name="issuer">The credential's issuer, who must have signed the list.</param>
    /// <returns>The status and null; or null and why it is not known.</returns>
    public async Task<(TokenStatus? Status, string? Unknown)> ReadAsync(StatusListReference reference, string issuer)
    {
        var token = await read(reference.Uri);
        if (token is null) return (null, "there is no status list at that URI");
        try
        {
            var list = _kept.TryGetValue((reference.Uri, issuer), out var kept) && kept.Token == token && !(kept.List.ExpiresAt <= time.GetUtcNow())
                ? kept.List
                : Check(token, reference.Uri, issuer);
            return (list.List.Get(reference.Index), null);
        }
        catch (Refusal refusal)
        {
            return (null, refusal.Description);
        }
    }

    private TokenStatusList Check(string token, string uri, string issuer)
    {
        var jws = Jws.Parse(token);
        var now = time.GetUtcNow();
        if (!certificates.TryFind(jws.Header, KeyPurpose.StatusList, issuer, now, out var key, out var reason)) throw Refusal.Malformed(reason);
        if (!jws.IsSignedBy(key!)) throw Refusal.Malformed("the list's signature is not its key's");
        var list = TokenStatusList.Read(jws, uri, now);
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[(uri, issuer)] = (token, list);
        return list;
    }
}
