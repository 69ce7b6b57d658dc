using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Publishes status lists, in both standards' formats [TSL §8.1] [BSL §3.1]: a version is a row, made once for all servers, and never changes.</summary>
/// <remarks>
/// What changed is published at once where the last version is an <see cref="Interval"/> old, else when it is: by the first that asks, or by the server's
/// timer. So every list that is fetched says what was committed an interval before. A version is published in the act that writes its leaf, by
/// whichever server commits first; the others serve that one.
/// </remarks>
public sealed class StatusListPublisher(Database database, KeyRing keys, DidLog? did, StatusSlots slots, TimeProvider time, bool keepsHistory = false) : IDisposable
{
    /// <summary>How long a published list may be relied on. It is published again when half of that is over.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>How long a reader may keep it before asking again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(60);

    /// <summary>How far apart two versions are, and so how late a change may be published.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The format of the Token Status List.</summary>
    public const string TokenFormat = "token";

    /// <summary>The formats of the Bitstring Status List, which has a list for each purpose, by purpose.</summary>
    public static readonly IReadOnlyDictionary<string, string> BitstringFormats = new Dictionary<string, string>
    {
        [StatusPurpose.Revocation] = "bitstring-revocation",
        [StatusPurpose.Suspension] = "bitstring-suspension",
    };

    /// <summary>How long a version that stands no more is kept for whoever is reading it, where no history is.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string ListId, string Format), StatusPublications.Row> _newest = new();
    private readonly SemaphoreSlim _signing = new(1, 1);

    /// <summary>Whether every version is kept, to be asked for by its time [TSL §8.4].</summary>
    public bool KeepsHistory => keepsHistory;

    /// <summary>Where all lists are named [TSL §9].</summary>
    public string AggregationUri => keys.Nation.Url("/status");

    /// <summary>The URIs of all lists.</summary>
    public async Task<IReadOnlyList<string>> UrisAsync() => [.. (await StatusLists.IdsAsync(database)).Select(slots.UriOf)];

    /// <summary>The lists in which something may be that was given at a time or since: their URIs and compact tokens, as they stand.</summary>
    public async Task<IReadOnlyList<(string Uri, string Token)>> GivingSinceAsync(DateTimeOffset since)
    {
        var found = new List<(string, string)>();
        foreach (var id in await StatusLists.GivingSinceAsync(database, since.ToUnixTimeSeconds()))
            if (await FindAsync(id) is { } version) found.Add((slots.UriOf(id), version.Token));
        return found;
    }

    /// <summary>The version that stands, which is published first where it is due; null where there is no such list.</summary>
    public async Task<StatusPublications.Row?> FindAsync(string listId, string format = TokenFormat)
    {
        if (format != TokenFormat && did is null) return null;
        if (await StatusPublications.HeadAsync(database, listId, format) is not { } head) return null;
        return IsDue(head) ? await PublishAsync(head) : await ReadAsync(head);
    }

    /// <summary>The version that stood at a time [TSL §8.4]; null where none did, it is kept no more, or the time has not come.</summary>
    public async Task<StatusPublications.Row?> StoodAtAsync(string listId, DateTimeOffset at, string format = TokenFormat) =>
        at > time.GetUtcNow() ? null : await StatusPublications.StoodAtAsync(database, listId, format, at.ToUnixTimeSeconds());

    /// <summary>The compact token behind a list's URI; null where it is not one of this nation's lists.</summary>
    public async Task<string?> ReadAsync(string uri)
    {
        var prefix = slots.UriOf("");
        return uri.StartsWith(prefix, StringComparison.Ordinal) ? (await FindAsync(uri[prefix.Length..]))?.Token : null;
    }

    /// <summary>The id of the list that a URL of a Bitstring Status List names; null where it is none of this nation's.</summary>
    public string? ListIdOf(string url, string purpose)
    {
        var prefix = slots.UriOf("");
        return url.StartsWith(prefix, StringComparison.Ordinal) && url.EndsWith("/" + purpose, StringComparison.Ordinal) && BitstringFormats.ContainsKey(purpose) && url.Length > prefix.Length + purpose.Length + 1
            ? url[prefix.Length..^(purpose.Length + 1)]
            : null;
    }

    /// <summary>How long a cache may keep a version, in seconds, so that what it gives out is never later than the interval.</summary>
    public long KeptFor(StatusPublications.Row version)
    {
        var (interval, age) = ((long)Interval.TotalSeconds, Now() - version.PublishedAt);
        return age > 0 && age < interval ? interval - age : interval;
    }

    /// <summary>Publishes what is due of the lists that were published before.</summary>
    public async Task PublishDueAsync()
    {
        foreach (var head in await StatusPublications.StaleAsync(database, Now() - (long)(Lifetime / 2).TotalSeconds))
            if (IsDue(head)) await PublishAsync(head);
    }

    /// <summary>Deletes the versions that nobody asks for any more.</summary>
    public async Task SweepAsync()
    {
        if (!keepsHistory) await database.CommitAsync(StatusPublications.Sweep(Now() - (long)Grace.TotalSeconds));
    }

    /// <inheritdoc/>
    public void Dispose() => _signing.Dispose();

    /// <summary>Whether a version is to be published now. A clock that was put back makes no one wait for it to come forward again.</summary>
    private bool IsDue(StatusPublications.Head head)
    {
        var age = TimeSpan.FromSeconds(Now() - head.PublishedAt);
        return head.Version == 0 || age >= Lifetime / 2 || IsAstray(age) || (head.Shows < head.ListVersion && (age >= Interval || age < TimeSpan.Zero));
    }

    /// <summary>Whether a version was dated by a clock that was wrong by days: nobody believes it, and the next one is not dated behind it.</summary>
    private static bool IsAstray(TimeSpan age) => age < -Lifetime;

    private async Task<StatusPublications.Row> PublishAsync(StatusPublications.Head due)
    {
        await _signing.WaitAsync();
        try
        {
            for (var attempt = 0; attempt < 16; attempt++)
            {
                // Someone else of this server, or another server, may have done it meanwhile.
                var head = await StatusPublications.HeadAsync(database, due.ListId, due.Format) ?? throw new InvalidOperationException("the status list is gone");
                if (!IsDue(head)) return await ReadAsync(head);
                var version = await SignAsync(head);
                var broken = await database.CommitAsync(
                    StatusPublications.Insert(version),
                    Journal.Write("publish-list", head.ListId, "server", null, Now(), $"{version.Format} {version.Version} {version.TokenDigest}"));
                if (broken is null) return Keep(version);
            }

            throw new InvalidOperationException("16 versions of the status list were published while one was signed");
        }
        finally
        {
            _signing.Release();
        }
    }

    private async Task<StatusPublications.Row> SignAsync(StatusPublications.Head head)
    {
        // The time and the list's version were read before the slots: a version may say more than it claims to, never less.
        var now = Now();
        var at = DateTimeOffset.FromUnixTimeSeconds(IsAstray(TimeSpan.FromSeconds(now - head.PublishedAt)) ? now : Math.Max(now, head.PublishedAt + 1));
        var set = await SetAsync(head);
        var token = head.Format == TokenFormat
            ? await Jws.SignAsync(
                TokenStatusList.Type,
                TokenStatusList.Claims(
                    slots.UriOf(head.ListId),
                    StatusList.Of((int)head.Bits, head.Size, set.Select(slot => (slot.Idx, (TokenStatus)slot.Status))),
                    at, at + Lifetime, TimeToLive, AggregationUri),
                keys.Current(KeyPurpose.StatusList))
            : await SecureAsync(Bitstring(head, set, at), at);
        return new StatusPublications.Row
        {
            ListId = head.ListId,
            Format = head.Format,
            // The next of what was seen, so that of two servers one breaks; a restore moves the list ahead by leaps, and so what is published of it.
            Version = Math.Max(head.Version, head.ListVersion / Restores.VersionLeap * Restores.VersionLeap) + 1,
            Shows = head.ListVersion,
            Token = token,
            TokenDigest = StatusPublications.DigestOf(token),
            PublishedAt = at.ToUnixTimeSeconds(),
            ExpiresAt = (at + Lifetime).ToUnixTimeSeconds(),
        };
    }

    /// <summary>The slots that are not valid. Of a list that was put back, those that nobody is known to have are among them: what was issued on them since the backup is lost.</summary>
    private async Task<IReadOnlyList<StatusLists.Slot>> SetAsync(StatusPublications.Head head)
    {
        var known = await StatusLists.NotValidAsync(database, head.ListId);
        if (head.RestoredAt is null) return known;
        var taken = (await StatusLists.TakenAsync(database, head.ListId)).ToHashSet();
        var lost = new List<StatusLists.Slot>(known);
        for (long idx = 0; idx < head.Size; idx++)
            if (!taken.Contains(idx)) lost.Add(new StatusLists.Slot { Idx = idx, Status = (long)TokenStatus.Invalid });
        return lost;
    }

    /// <summary>One text, read in two ways: a token, whose payload is a document with a proof of its own. So who reads either format of credential reads its list.</summary>
    private async Task<string> SecureAsync(JsonObject content, DateTimeOffset at)
    {
        var (inside, around) = (did!.Current(JoseAlgorithm.EdDSA), did.Current(JoseAlgorithm.ES256));
        var options = new ProofOptions(EddsaJcs2022.Cryptosuite, did.UrlOf(inside), ControlledIdentifierDocument.AssertionMethod) { Created = at };
        var document = await SecuredDocument.AddProofAsync(content, options, inside);
        return await Jws.SignAsync(EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, document, around, did.UrlOf(around)), around);
    }

    private JsonObject Bitstring(StatusPublications.Head head, IReadOnlyList<StatusLists.Slot> set, DateTimeOffset at)
    {
        var purpose = BitstringFormats.Single(pair => pair.Value == head.Format).Key;
        var status = (long)(purpose == StatusPurpose.Revocation ? TokenStatus.Invalid : TokenStatus.Suspended);
        var bits = StatusList.Of(1, head.Size, set.Where(slot => slot.Status == status).Select(slot => (slot.Idx, (TokenStatus)1)), StatusListFormat.Bitstring);
        return BitstringStatusListCredential.Content(
            slots.UriOf(head.ListId, purpose), did!.Did, [purpose], bits, at, at + Lifetime, TimeToLive);
    }

    private async Task<StatusPublications.Row> ReadAsync(StatusPublications.Head head)
    {
        if (_newest.TryGetValue((head.ListId, head.Format), out var kept) && kept.Version == head.Version) return kept;

        return Keep(await StatusPublications.FindAsync(database, head.ListId, head.Format, head.Version)
            ?? throw new InvalidOperationException("the version of the status list is gone"));
    }

    private StatusPublications.Row Keep(StatusPublications.Row row) => _newest.AddOrUpdate(
        (row.ListId, row.Format), row, (_, kept) => kept.Version > row.Version ? kept : row);

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
