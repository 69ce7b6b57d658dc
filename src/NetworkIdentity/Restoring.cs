using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;

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
    public sealed record Report(Restores.Open Closed, string Origin, bool LogIsNew, IReadOnlyDictionary<string, long> LostActs, long Revocations);

    /// <summary>Prepares a backup.</summary>
    /// <param name="backup">A copy of the backup, which is altered; nobody else may use it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secret">The secret that its keys are sealed under.</param>
    /// <param name="logFolder">A copy of the public log; null where there is none.</param>
    /// <param name="memory">What this machine remembers of the log; null where it remembers nothing.</param>
    /// <exception cref="Refusal"><c>not_a_backup</c>, <c>log_copy_unfit</c>.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The secret is another.</exception>
    public static async Task<Report> PrepareAsync(Database backup, TimeProvider time, string secret, string? logFolder, LogMemory? memory)
    {
        var keys = await Founding.OpenAsync(backup, time, secret) ?? throw NationRefusal.NotABackup("no nation is founded in it");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var closed = await Restores.OpenAsync(backup, now);
        var epoch = RandomId.New();
        var act = new List<Statement>(Restores.Close(epoch, now));
        var lost = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var revocations = 0L;
        if (logFolder is null)
        {
            act.AddRange(Restores.BeginLogAnew(epoch));
        }
        else
        {
            using var log = await PublicLog.OpenAsync(backup, keys);
            var copy = LogCopy.Open(logFolder, log.Origin, log.Keys);
            if (memory is not null) await CheckMemoryAsync(memory, log, copy);
            act.AddRange(await GoOnAsync(backup, log, copy, lost, now));
            foreach (var (listId, idx) in RevokedIn(copy, keys))
            {
                var record = await Credentials.FindBySlotAsync(backup, listId, idx);
                if (record?.RevokedAt is not null) continue;
                act.AddRange(Restores.RecoverRevocation(listId, idx, now));
                if (record is not null) act.Add(Journal.Write("revoke", record.Id, "restore", null, now, record.ToBeSignedDigest));
                revocations++;
            }
        }

        var made = (await Nations.FindAsync(backup))!.BackedUpAt;
        act.Add(Journal.Write(
            "restore", "nation", "operator", null, now, $"backup {made?.ToString() ?? "of an unknown time"}; the log {(logFolder is null ? "begins anew" : "goes on")}"));
        if (await backup.CommitAsync([.. act]) is { } broken) throw new InvalidOperationException($"the restore broke: {broken}");
        var origin = logFolder is null ? (keys.Nation with { LogGeneration = epoch }).LogOrigin : keys.Nation.LogOrigin;
        return new Report(closed, origin, logFolder is null, lost, revocations);
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
                var name = ActOf(entry);
                lost[name] = lost.GetValueOrDefault(name) + 1;
                act.Add(Restores.RecoverLeaf(name, entry, tree.Size, now));
            }

            tree.Append(hash);
        }

        var next = new LogHeads.Row { Size = tree.Size, Root = tree.Root, Checkpoint = copy.Note };
        act.Add(head is null ? LogHeads.Begin(next) : LogHeads.Move(size, root, next));
        act.AddRange(tree.TakeChanges().Select(change => LogTiles.Put(change.Tile.Level, change.Tile.Index, change.Hashes.ToArray())));
        return act;
    }

    private static string ActOf(byte[] entry)
    {
        try
        {
            return StrictJson.ParseObject(entry).RequiredString("act");
        }
        catch (Refusal)
        {
            return "unknown";
        }
    }

    /// <summary>What the published lists say is revoked: those alone that one of the nation's own keys signed.</summary>
    private static IEnumerable<(string ListId, long Idx)> RevokedIn(LogCopy copy, KeyRing keys)
    {
        var signers = keys.Keys.Where(key => key.Purpose == KeyPurpose.StatusList).Select(key => key.Signing!.PublicKey).ToList();
        var prefix = keys.Nation.Url("/status/");
        foreach (var token in copy.StatusLists)
        {
            var jws = Jws.Parse(token);
            if (!signers.Any(signer => IsSignedBy(jws, signer))) throw NationRefusal.LogCopyUnfit("a status list beside it is not signed by this nation");
            var claims = jws.Claims();
            var uri = claims.RequiredString("sub");
            if (!uri.StartsWith(prefix, StringComparison.Ordinal)) throw NationRefusal.LogCopyUnfit("a status list beside it is not this nation's");

            // It may have ended since: what it revoked stays revoked.
            var list = TokenStatusList.Read(jws, uri, claims.OptionalTime("iat") ?? DateTimeOffset.MinValue).List;
            for (var idx = 0L; idx < list.Size; idx++)
                if (list.Get(idx) == TokenStatus.Invalid) yield return (uri[prefix.Length..], idx);
        }
    }

    private static bool IsSignedBy(Jws jws, Jwk signer)
    {
        using var key = VerificationKey.Import(signer);
        return jws.IsSignedBy(key);
    }
}
