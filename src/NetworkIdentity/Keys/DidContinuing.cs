using System.Globalization;
using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Keys;

/// <summary>
/// Goes on with the nation's DID after a restore (F10). Entries may have been published since the backup, and going on from the backup's end would be a fork, which every resolver that saw them refuses. So nothing is
/// appended until somebody says that there were none, or gives the log as it was published.
/// </summary>
public static class DidContinuing
{
    /// <summary>Goes on from the last entry that is stored: the operator knows that it was the last that was published.</summary>
    /// <exception cref="Refusal"><c>did_log_unfit</c>: this machine knows better.</exception>
    public static async Task GoOnAsync(DidLog log)
    {
        var state = await log.SeeAsync();
        if (log.Remembered is { } remembered && state.Rows.All(row => row.VersionId != remembered)) throw NationRefusal.DidLogUnfit($"this machine remembers version {remembered}");
        await log.Database.CommitAsync(DidEntries.Release());
        await log.RenewAsync();
    }

    /// <summary>Puts in the entries that were published since, and goes on from the last.</summary>
    /// <param name="log">The log.</param>
    /// <param name="published">A copy of the log as it was published, to its end.</param>
    /// <returns>How many entries were missing.</returns>
    /// <exception cref="Refusal"><c>did_log_unfit</c>: the copy is broken, is not the continuation of what is stored, or the key that its last entry commits to is lost.</exception>
    public static async Task<int> GoOnAsync(DidLog log, ReadOnlyMemory<byte> published)
    {
        if (published.Length > WebVhLog.MaxLength) throw NationRefusal.DidLogUnfit("it is too long");
        var state = await log.SeeAsync();
        List<DidEntries.Row> rows;
        try
        {
            // 1. Each entry is right.
            rows = [.. RowsOf(published.Span)];
            DidLog.LogOf(rows, log.Time.GetUtcNow());
        }
        catch (Refusal refusal)
        {
            throw NationRefusal.DidLogUnfit(refusal.Description);
        }

        // 2. It goes on where what is stored ends, and as far as this machine remembers.
        if (rows.Count < state.Rows.Count) throw NationRefusal.DidLogUnfit("it ends before what is stored does");
        if (!state.Rows.Select(row => row.VersionId).SequenceEqual(rows.Take(state.Rows.Count).Select(row => row.VersionId))) throw NationRefusal.DidLogUnfit("what is stored is not the beginning of it");
        if (log.Remembered is { } remembered && rows.All(row => row.VersionId != remembered)) throw NationRefusal.DidLogUnfit($"this machine remembers version {remembered}");

        // 3. The key that its last entry commits to is here.
        await log.Keys.LoadAsync();
        var (keys, act) = log.KeysUpTo(rows.Count + DidLog.Ahead, log.Time.GetUtcNow());
        var hashes = StrictJson.ParseObject(rows[^1].Line).RequiredObject("parameters").OptionalStrings("nextKeyHashes") ?? [];
        if (!hashes.Contains(ActiveParameters.HashOf(Multikey.Of(keys[rows.Count + 1].PublicKey)), StringComparer.Ordinal))
            throw NationRefusal.DidLogUnfit("the backup is too old for it: the key that its last entry commits to is not in it");

        // 4. One commit.
        var missing = rows.Skip(state.Rows.Count).ToList();
        if (missing.Count > 0) act.Add(Journal.Write("did-log", "nation", "restore", null, log.Time.GetUtcNow().ToUnixTimeSeconds(), rows[^1].VersionId));
        if (await log.Database.CommitAsync([.. missing.Select(DidEntries.Insert), DidEntries.Release(), .. act]) is { } broken)
            throw new InvalidOperationException($"the entries could not be put in: {broken}");
        await log.RenewAsync();
        return missing.Count;
    }

    /// <summary>The entries of a file, by their form: the log itself says whether they are right.</summary>
    /// <exception cref="Refusal">Malformed or <c>did_log_unfit</c>: not lines of JSON objects with a name and a time.</exception>
    internal static IReadOnlyList<DidEntries.Row> RowsOf(ReadOnlySpan<byte> jsonLines)
    {
        var lines = Encoding.UTF8.GetString(jsonLines).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) throw NationRefusal.DidLogUnfit("it is empty");
        return
        [
            .. lines.Select((line, at) =>
            {
                var entry = StrictJson.ParseObject(line);
                return DateTimeOffset.TryParse(entry.RequiredString("versionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? new DidEntries.Row { Version = at + 1, VersionId = entry.RequiredString("versionId"), At = time.ToUnixTimeSeconds(), Line = line }
                    : throw NationRefusal.DidLogUnfit("an entry has no time");
            }),
        ];
    }
}
