using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Verifying;

namespace NetworkIdentity;

/// <summary>
/// Makes a backup fit to go on with (F10). What happened since it was made is not in it, so nothing that it has open is believed: no slot of its status
/// lists is given again, and its codes, tokens, offers and sign-ins are void, as are the nonces of before.
/// </summary>
/// <remarks>
/// The public log goes on where a copy of it ends; without a copy it begins anew, under another name, since going on from the backup's end would be a fork.
/// Records of what was issued since can't be got back: the log says how many there were, and no more.
/// </remarks>
public static class Restoring
{
    /// <summary>What was done.</summary>
    /// <param name="Closed">What the backup had open, and is closed now.</param>
    /// <param name="Origin">The public log's name from now on.</param>
    /// <param name="LogIsNew">Whether the log begins anew.</param>
    /// <param name="LostActs">The acts that the log has and the backup doesn't know, and how many of each.</param>
    /// <param name="Revocations">How many revocations were taken from the published lists beside the copy of the log.</param>
    /// <param name="Suspensions">How many suspensions.</param>
    /// <param name="Tables">What was put in.</param>
    public sealed record Report(
        Restores.Open Closed,
        string Origin,
        bool LogIsNew,
        IReadOnlyDictionary<string, long> LostActs,
        long Revocations,
        long Suspensions,
        IReadOnlyList<Copying.Copied> Tables);

    /// <summary>Prepares a backup, and puts it into an empty database.</summary>
    /// <param name="backup">A copy of the backup, which is altered; nobody else may use it.</param>
    /// <param name="target">The empty database; nobody else may use it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secret">The secret that its keys are sealed under.</param>
    /// <param name="logFolder">A copy of the public log; null where there is none.</param>
    /// <param name="memory">What this machine remembers of the log; it is forgotten where the log begins anew.</param>
    /// <param name="progress">Hears of each table how many rows are copied.</param>
    /// <exception cref="Refusal"><c>not_a_backup</c>, <c>log_copy_unfit</c>, <c>database_not_empty</c>, <c>copy_differs</c>.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The secret is another.</exception>
    public static async Task<Report> RunAsync(
        Database backup, Database target, TimeProvider time, string secret, string? logFolder, LogMemory memory, IProgress<(string Table, long Rows)>? progress = null)
    {
        await Copying.CheckEmptyAsync(target);
        var report = await PrepareAsync(backup, time, secret, logFolder, memory);

        // Before the copy is committed: whoever is killed in between has an empty database and runs this again, rather than one that is refused at the start.
        if (report.LogIsNew) memory.Forget();
        return report with { Tables = await Copying.RunAsync(backup, target, progress) };
    }

    private static async Task<Report> PrepareAsync(Database backup, TimeProvider time, string secret, string? logFolder, LogMemory memory)
    {
        var keys = await Founding.OpenAsync(backup, time, secret) ?? throw NationRefusal.NotABackup("no nation is founded in it");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var closed = await Restores.OpenAsync(backup, now);
        var epoch = RandomId.New();
        var act = new List<Statement>(Restores.Close(epoch, now));
        var lost = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var (revocations, revoked, suspended) = (0L, new HashSet<string>(), new HashSet<string>());
        if (logFolder is null)
        {
            act.AddRange(Restores.BeginLogAnew(epoch));
        }
        else
        {
            using var log = await PublicLog.OpenAsync(backup, keys);
            var copy = LogCopy.Open(logFolder, log.Origin, log.Keys);
            await CheckMemoryAsync(memory, log, copy);
            act.AddRange(await GoOnAsync(backup, log, copy, lost, now));
            var lists = PublishedIn(copy, keys).ToList();
            foreach (var (list, idx) in lists.SelectMany(list => list.Of(TokenStatus.Invalid)))
            {
                var record = await Credentials.FindBySlotAsync(backup, list.Id, idx);
                if (record?.RevokedAt is not null || (record is not null && !revoked.Add(record.OfferId))) continue;
                if (record is null)
                {
                    act.Add(Restores.RecoverSlot(list.Id, idx));
                    revocations++;
                    continue;
                }

                // Every copy from the offer, as when it was revoked: another list, on which the others stand, may not have been kept.
                var copies = (await Credentials.OfOfferAsync(backup, record.OfferId)).Where(copy => copy.RevokedAt is null).ToList();
                act.AddRange(Restores.RecoverRevocation(record.OfferId, now));
                act.AddRange(copies.Select(copy => Journal.Write("revoke", copy.Id, "restore", null, now, copy.ToBeSignedDigest)));
                revocations += copies.Count;
            }

            // A suspension is taken back by its end: so it counts alone from a list that is newer than what the backup knew was published.
            foreach (var (list, idx) in lists.SelectMany(list => list.Of(TokenStatus.Suspended)))
            {
                var head = await StatusPublications.HeadAsync(backup, list.Id, StatusListPublisher.TokenFormat);
                if (head is null || list.PublishedAt <= head.PublishedAt) continue;
                if (await Credentials.FindBySlotAsync(backup, list.Id, idx) is not { RevokedAt: null } record || record.IsSuspended(now)) continue;
                if (suspended.Add(record.OfferId)) act.AddRange(Restores.RecoverSuspension(record.OfferId, now + (long)Suspensions.Longest.TotalSeconds, now));
                act.Add(Journal.Write("suspend", record.Id, "restore", null, now, record.ToBeSignedDigest));
            }
        }

        // Behind what the lists say: it has the last word on each of these.
        act.AddRange(Restores.EndAccounts(now));
        act.AddRange((await Credentials.NotRevokedAsync(backup, CredentialType.Account)).Where(one => !revoked.Contains(one.OfferId)).Select(one => Journal.Write("revoke", one.Id, "restore", null, now, one.Digest)));
        var made = (await Nations.FindAsync(backup))!.BackedUpAt;
        act.Add(Journal.Write(
            "restore", "nation", "operator", null, now, $"backup {made?.ToString() ?? "of an unknown time"}; the log {(logFolder is null ? "begins anew" : "goes on")}"));
        if (await backup.CommitAsync([.. act]) is { } broken) throw new InvalidOperationException($"the restore broke: {broken}");
        var origin = logFolder is null ? (keys.Nation with { LogGeneration = epoch }).LogOrigin : keys.Nation.LogOrigin;
        return new Report(closed, origin, logFolder is null, lost, revocations, suspended.Count, []);
    }

    private static async Task CheckMemoryAsync(LogMemory memory, PublicLog log, LogCopy copy)
    {
        try
        {
            if (memory.Read() is { } remembered) await LogMemory.CheckAsync(remembered, log.Origin, log.Keys, copy.Checkpoint.Size, copy.ReadTileAsync);
        }
        catch (Refusal)
        {
            throw NationRefusal.LogCopyUnfit("this machine remembers that the log had come further, or was another one");
        }
    }

    /// <summary>The leaves behind the backup's end: those that wait in it get the places they had, the others are known by their entries alone.</summary>
    private static async Task<IReadOnlyList<Statement>> GoOnAsync(Database backup, PublicLog log, LogCopy copy, SortedDictionary<string, long> lost, long now)
    {
        var head = await log.HeadAsync();
        var (size, root) = (head?.Size ?? 0, head?.Root ?? MerkleTree.EmptyRoot);
        IReadOnlyList<byte[]> entries;
        try
        {
            if (copy.Checkpoint.Size < size) throw Refusal.Malformed("it ends before the backup does");
            if (!(await MerkleTree.RootOfAsync(size, copy.ReadTileAsync)).AsSpan().SequenceEqual(root)) throw Refusal.Malformed("the backup's log is not the beginning of it");
            entries = await copy.EntriesFromAsync(size);
        }
        catch (Exception exception) when (exception is IOException or Refusal { Code: Refusal.MalformedCode })
        {
            throw NationRefusal.LogCopyUnfit(exception is Refusal refusal ? refusal.Description : exception.Message);
        }

        if (entries.Count == 0) return [];
        var tree = await GrowingTree.LoadAsync(size, root, async (tile, _) => await log.TileAsync(tile) ?? throw Refusal.Malformed($"{tile.Path} is missing"));
        var waiting = (await Journal.WaitingAsync(backup, long.MaxValue)).ToLookup(row => Base64Url.Encode(LeafRecord.HashOf(row)));
        var act = new List<Statement>();
        foreach (var entry in entries)
        {
            var hash = MerkleTree.HashLeaf(entry);
            if (waiting[Base64Url.Encode(hash)].FirstOrDefault() is { } row)
            {
                act.Add(Journal.Sequence(row.Id, tree.Size));
            }
            else
            {
                var said = LeafRecord.Read(entry);
                var name = said.Act;
                lost[name] = lost.GetValueOrDefault(name) + 1;
                var ended = name == Act.EndRecognition ? said.Subject : null;
                act.Add(Restores.RecoverLeaf(name, ended, entry, tree.Size, now));
                if (name == Rules.EndFoundingAct) act.Add(Restores.EndFounding());
                if (ended is not null) act.Add(Restores.EndRecognition(ended, now));
            }

            tree.Append(hash);
        }

        var next = new LogHeads.Row { Size = tree.Size, Root = tree.Root, Checkpoint = copy.Note };
        act.Add(head is null ? LogHeads.Begin(next) : LogHeads.Move(size, root, next));
        act.AddRange(tree.TakeChanges().Select(change => LogTiles.Put(change.Tile.Level, change.Tile.Index, change.Hashes.ToArray())));
        return act;
    }

    /// <summary>The published lists: those alone that a key of the nation's own root signed, which may be one that was made since the backup.</summary>
    private static IEnumerable<Published> PublishedIn(LogCopy copy, KeyRing keys)
    {
        var certificates = new IssuerCertificates(issuer => issuer == keys.Nation.Issuer ? keys.Roots : []);
        var prefix = keys.Nation.Url("/status/");
        foreach (var token in copy.StatusLists)
        {
            Published published;
            try
            {
                var claims = Jws.Parse(token).Claims();
                var uri = claims.RequiredString("sub");
                if (!uri.StartsWith(prefix, StringComparison.Ordinal)) throw Refusal.Malformed("it is not this nation's");

                // It may have ended since: what it revoked stays revoked.
                var publishedAt = claims.OptionalTime("iat") ?? throw Refusal.Malformed("it has no iat");
                published = new Published(
                    uri[prefix.Length..], publishedAt.ToUnixTimeSeconds(), StatusReader.Check(certificates, token, uri, keys.Nation.Issuer, publishedAt).List);
            }
            catch (Refusal refusal)
            {
                throw NationRefusal.LogCopyUnfit($"a status list beside it: {refusal.Description}");
            }

            yield return published;
        }
    }

    /// <summary>A list as it was published.</summary>
    private sealed record Published(string Id, long PublishedAt, StatusList List)
    {
        public IEnumerable<(Published List, long Idx)> Of(TokenStatus status)
        {
            for (var idx = 0L; idx < List.Size; idx++)
                if (List.Get(idx) == status) yield return (this, idx);
        }
    }
}
