using System.Collections.Concurrent;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Publishes signed status lists [TSL §8]: what is served always says what was committed before it was asked for.</summary>
/// <remarks>
/// A list is signed again when its version has moved or half of its life is over; else the same bytes are served. The version is read from the
/// database at each request, so a revocation by another process shows at once.
/// </remarks>
public sealed class StatusListPublisher(Database database, KeyRing keys, StatusSlots slots, TimeProvider time) : IDisposable
{
    /// <summary>How long a published list may be relied on.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>How long a reader may keep it before asking again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Published> _published = new();
    private readonly SemaphoreSlim _signing = new(1, 1);

    /// <summary>A list as it is served.</summary>
    /// <param name="Version">The version of the list it says.</param>
    /// <param name="Token">The compact Status List Token.</param>
    /// <param name="SignAgainAt">When it is signed again although nothing has changed.</param>
    public sealed record Published(long Version, string Token, DateTimeOffset SignAgainAt);

    /// <summary>The list as it stands; null where there is no such list.</summary>
    public async Task<Published?> FindAsync(string listId)
    {
        if (await StatusLists.FindAsync(database, listId) is not { } list) return null;
        if (Current(list) is { } current) return current;

        await _signing.WaitAsync();
        try
        {
            // Someone else may have signed it meanwhile; and the list may have moved, so it is read again, version first.
            if (await StatusLists.FindAsync(database, listId) is not { } latest) return null;
            return Current(latest) ?? (_published[listId] = await SignAsync(latest));
        }
        finally
        {
            _signing.Release();
        }
    }

    /// <summary>The compact token behind a list's URI; null where it is not one of this nation's lists.</summary>
    public async Task<string?> ReadAsync(string uri)
    {
        var prefix = slots.UriOf("");
        return uri.StartsWith(prefix, StringComparison.Ordinal) ? (await FindAsync(uri[prefix.Length..]))?.Token : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _signing.Dispose();

    private Published? Current(StatusLists.Row list) =>
        _published.TryGetValue(list.Id, out var published) && published.Version == list.Version && time.GetUtcNow() < published.SignAgainAt
            ? published
            : null;

    private async Task<Published> SignAsync(StatusLists.Row list)
    {
        // The version was read before the slots: the token may say more than its version, never less.
        var statuses = new StatusList((int)list.Bits, list.Size);
        foreach (var slot in await StatusLists.NotValidAsync(database, list.Id)) statuses.Set(slot.Idx, (TokenStatus)slot.Status);

        var now = time.GetUtcNow();
        var claims = TokenStatusList.Claims(slots.UriOf(list.Id), statuses, now, now + Lifetime, TimeToLive, null);
        var token = await Jws.SignAsync(TokenStatusList.Type, claims, keys.Current(KeyPurpose.StatusList));
        return new Published(list.Version, token, now + Lifetime / 2);
    }
}
