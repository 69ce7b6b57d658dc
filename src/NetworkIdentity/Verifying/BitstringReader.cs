using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Reads the status of a W3C credential from its issuer's Bitstring Status List [BSL §3.2]. Whatever is wrong with a list makes the status unknown, never valid.</summary>
/// <param name="did">This nation's DID, whose lists are read here and never fetched; null where it has none.</param>
/// <param name="publisher">This nation's lists; null where there are none.</param>
/// <param name="dids">Where the keys are that signed a list.</param>
/// <param name="here">The list at a URL that is kept here for another issuer, as those of VCALM instances are; null where none is.</param>
/// <param name="others">The lists of other issuers; null where none is fetched.</param>
/// <param name="time">The clock.</param>
public sealed class BitstringReader(
    DidLog? did, StatusListPublisher? publisher, DidResolver dids, Func<string, Task<JsonObject?>> here, FetchedBitstrings? others, TimeProvider time)
{
    private const int MaxKept = 64;

    /// <summary>How far this nation's clock may have been put back since a list of its own was signed, whose time does not go back with it.</summary>
    private static readonly TimeSpan PutBack = TimeSpan.FromDays(1);

    private readonly IssuerProofs _proofs = new(dids, time);
    private readonly ConcurrentDictionary<string, (string Text, BitstringStatusListCredential List)> _kept = new();

    /// <summary>The id of this nation's list that an entry names; null where it names none of them.</summary>
    public string? OwnListOf(BitstringStatusListEntry entry) => publisher?.ListIdOf(entry.ListCredential, entry.Purpose);

    /// <summary>The status of an entry of an issuer's credential.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="issuer">Who issued the credential, and must have signed the list.</param>
    /// <param name="read">Told from when the list is that was read, where it says so; null where nobody asks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The status and null; or null and why it is not known.</returns>
    public async Task<(BitstringStatus? Status, string? Unknown)> ReadAsync(
        BitstringStatusListEntry entry, string issuer, Action<DateTimeOffset>? read = null, CancellationToken cancellation = default)
    {
        try
        {
            var (list, unknown) = issuer == did?.Did ? await ReadOwnAsync(entry)
                : await here(entry.ListCredential) is { } kept ? (await CheckHereAsync(kept, entry.ListCredential, issuer, cancellation), null)
                : others is null ? (null, "lists of other issuers are not fetched here")
                : await others.FindAsync(entry.ListCredential, issuer).WaitAsync(cancellation);
            if (list?.ValidFrom is { } from) read?.Invoke(from);
            return list is null ? (null, unknown) : (list.StatusOf(entry), null);
        }
        catch (Refusal refusal)
        {
            return (null, refusal.Description);
        }
    }

    private async Task<(BitstringStatusListCredential? List, string? Unknown)> ReadOwnAsync(BitstringStatusListEntry entry)
    {
        if (OwnListOf(entry) is not { } listId || await publisher!.FindAsync(listId, StatusListPublisher.BitstringFormats[entry.Purpose]) is not { } version)
            return (null, "there is no status list at that URL");
        if (_kept.TryGetValue(entry.ListCredential, out var kept) && kept.Text == version.Token && !(kept.List.ValidUntil < time.GetUtcNow())) return (kept.List, null);
        var (list, _) = await CheckAsync(_proofs, version.Token, entry.ListCredential, did!.Did, time.GetUtcNow(), PutBack);
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[entry.ListCredential] = (version.Token, list);
        return (list, null);
    }

    private async Task<BitstringStatusListCredential> CheckHereAsync(JsonObject secured, string url, string issuer, CancellationToken cancellation) =>
        (await CheckAsync(_proofs, secured, url, issuer, time.GetUtcNow(), HolderChallenge.Skew, cancellation)).List;

    /// <summary>The list that a credential holds, which must be of the issuer of what it is about; and when it was signed, as it says.</summary>
    /// <exception cref="Refusal">It is not the issuer's list of this URL, or it can't be relied on now.</exception>
    internal static async Task<(BitstringStatusListCredential List, DateTimeOffset? SignedAt)> CheckAsync(
        IssuerProofs proofs, JsonNode secured, string url, string issuer, DateTimeOffset now, TimeSpan skew, CancellationToken cancellation = default)
    {
        var read = SecuredCredential.Read(secured);
        if (read.Credential.Issuer != issuer) throw BitstringRefusal.Verification("the status list is of another issuer than the credential");
        var proven = await proofs.VerifyAsync(read, cancellation);
        return (BitstringStatusListCredential.Read(proven.Credential.Json, url, now, skew), proven.SignedAt);
    }
}
