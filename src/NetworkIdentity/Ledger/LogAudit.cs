using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>Builds the log again from the rows it was made of, and compares: every leaf, every tile, the head, and what the records say.</summary>
public static class LogAudit
{
    /// <summary>What an audit found.</summary>
    /// <param name="Leaves">How many leaves were built again.</param>
    /// <param name="Records">How many records of credentials were held against their leaves.</param>
    /// <param name="Waiting">How many rows have no place in the log yet.</param>
    /// <param name="Faults">What does not fit, in words; empty where all does.</param>
    public sealed record Report(long Leaves, long Records, long Waiting, IReadOnlyList<string> Faults);

    /// <summary>Audits.</summary>
    /// <param name="database">The database.</param>
    /// <param name="log">The log in it.</param>
    /// <param name="progress">Hears how many leaves are done, of how many.</param>
    public static async Task<Report> RunAsync(Database database, PublicLog log, IProgress<(long Done, long All)>? progress = null)
    {
        var faults = new List<string>();
        var head = await log.HeadAsync();
        var size = head?.Size ?? 0;

        var tree = await GrowingTree.LoadAsync(0, MerkleTree.EmptyRoot, (_, _) => throw new InvalidOperationException("an empty tree has no tiles"));
        for (var from = 0L; from < size && faults.Count == 0; from += Tile.FullWidth)
        {
            var until = Math.Min(from + Tile.FullWidth, size);
            var rows = await Journal.SequencedAsync(database, from, until);
            if (rows.Count < until - from) faults.Add($"leaves {from} to {until - 1}: {until - from - rows.Count} rows are missing");
            foreach (var row in rows) tree.Append(LeafRecord.HashOf(row));

            foreach (var change in tree.TakeChanges())
            {
                if (change.Tile.Width < Tile.FullWidth && until < size) continue;
                if (await log.TileAsync(change.Tile) is not { } kept || !kept.Span.SequenceEqual(change.Hashes.Span))
                    faults.Add($"{change.Tile.Path}: the tile is not the one that the rows of the journal make (leaves {from} to {until - 1})");
            }

            progress?.Report((until, size));
        }

        if (faults.Count == 0 && head is not null && !tree.Root.AsSpan().SequenceEqual(head.Root)) faults.Add("the head's root is not that of the rows");
        Add(faults, "no leaf speaks of the record, or of other bytes", await AuditQueries.IssuedWithoutLeafAsync(database));
        Add(faults, "a leaf speaks of the record, and it is gone", await AuditQueries.LeavesWithoutRecordAsync(database));
        Add(faults, "record and leaf differ on whether it is revoked", await AuditQueries.RevocationsThatDifferAsync(database));
        Add(faults, "record and leaves differ on whether it is suspended", await AuditQueries.SuspensionsThatDifferAsync(database));
        Add(faults, "the status slot is not what the record says", await AuditQueries.SlotsThatDifferAsync(database));
        Add(faults, "no leaf speaks of a version of the list that was published", await AuditQueries.PublishedWithoutLeafAsync(database));
        Add(faults, "no leaf speaks of the key", await AuditQueries.KeysWithoutLeafAsync(database));

        // What was decided, and by whom.
        foreach (var (what, ids) in await GovernanceAudit.RunAsync(database)) Add(faults, what, ids);
        Add(faults, "the leaf speaks of another mandate", [.. (await Stewards.WithLeavesAsync(database)).Where(one => one.Detail is { } detail && detail != Stewards.DigestOf(one.Row)).Select(one => one.Row.Id)]);
        Add(faults, "the charter's words are not those of its digest", [.. (await Charters.AllAsync(database)).Where(row => !IsItself(row)).Select(row => row.Version)]);

        var records = 0L;
        for (var after = ""; await Credentials.SignedAfterAsync(database, after, 500) is { Count: > 0 } portion; after = portion[^1].Id)
        {
            records += portion.Count;
            foreach (var (id, toBeSigned, digest) in portion)
                if (Base64Url.Encode(SHA256.HashData(toBeSigned)) != digest) faults.Add($"{id}: the bytes that were signed are not those of its digest");
        }

        foreach (var (listId, format, version) in await StatusPublications.AllAsync(database))
        {
            if (await StatusPublications.FindAsync(database, listId, format, version) is { } published && StatusPublications.DigestOf(published.Token) != published.TokenDigest)
                faults.Add($"{listId}: the {format} version {version} that is served is not that of its digest");
        }

        return new Report(size, records, await Journal.CountWaitingAsync(database), faults);
    }

    private static bool IsItself(Charters.Row row)
    {
        try
        {
            return Charter.Parse(row.Content).Digest == row.Digest;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private static void Add(List<string> faults, string what, IReadOnlyList<string> ids) => faults.AddRange(ids.Select(id => $"{id}: {what}"));
}
