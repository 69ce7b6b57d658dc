using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Ledger;

/// <summary>Watches somebody's log from outside: that it only ever grows. What it has seen lies in a folder, laid out as the log is served.</summary>
/// <param name="url">The log's address, for example <c>https://nation.example/log</c>.</param>
/// <param name="folder">
/// Where the copy is kept: <c>key</c>, <c>checkpoint</c>, the tiles and entries under <c>tile</c>, and under <c>status</c> the status lists that the log names,
/// as they were published last.
/// </param>
/// <param name="fetcher">The way out.</param>
public sealed class LogWatch(string url, string folder, Fetcher fetcher)
{
    /// <summary>Where the status lists lie in the folder.</summary>
    internal const string StatusFolder = "status";

    private const int MaxBundle = Tile.FullWidth * (EntryBundle.MaxEntryLength + 2);

    /// <summary>What one look found.</summary>
    /// <param name="Before">How many leaves were known.</param>
    /// <param name="Size">How many there are.</param>
    /// <param name="NewEntries">The entries that came, in order.</param>
    public sealed record Seen(long Before, long Size, IReadOnlyList<byte[]> NewEntries);

    /// <summary>The log's name: that of the key that is trusted, since a log that was begun anew has another one at the same address.</summary>
    public string Origin => Keys(Key ?? throw new InvalidOperationException("no key is trusted yet"))[0].Name;

    /// <summary>The key in the folder; null where none is known yet.</summary>
    public string? Key => File.Exists(In("key")) ? File.ReadAllText(In("key")) : null;

    /// <summary>Takes a key for the log's: one that came another way, or where null the one that the log itself serves.</summary>
    /// <exception cref="Refusal">It can't be fetched, or is no key.</exception>
    public async Task TrustAsync(string? key)
    {
        key ??= System.Text.Encoding.UTF8.GetString(await GetAsync("key", "text/plain"));
        _ = Keys(key);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(In("key"), key);
    }

    /// <summary>Looks once: fetches the checkpoint and all that is new, and holds it against what was seen before.</summary>
    /// <exception cref="Refusal">It could not be fetched; or <c>log_forked</c>: what the log says now is not a continuation of what it said.</exception>
    public async Task<Seen> LookAsync()
    {
        var origin = Origin;
        var keys = Keys(Key!);
        var known = File.Exists(In("checkpoint")) ? Checkpoint.Open(await File.ReadAllTextAsync(In("checkpoint")), origin, keys) : null;
        var note = System.Text.Encoding.UTF8.GetString(await GetAsync("checkpoint", "text/plain"));
        var now = Checkpoint.Open(note, origin, keys);
        var before = known?.Size ?? 0;
        if (now.Size < before) throw Forked($"it had {before} leaves and says now that it has {now.Size}");

        // The tiles must make the root that is signed, and the tree that was seen must be the beginning of it.
        var tiles = new VerifiedTiles(now.Size, now.Root, async (tile, _) => await GetAsync(tile.Path, Tile.MediaType));
        if (known is not null && !(await MerkleTree.RootOfAsync(before, tiles.ReadAsync)).AsSpan().SequenceEqual(known.Root.Span))
            throw Forked($"its first {before} leaves are not those that it had before");

        var entries = new List<byte[]>();
        for (var bundle = before / Tile.FullWidth; Tile.At(0, bundle, now.Size) is { } tile; bundle++)
        {
            var bytes = await GetAsync(EntryBundle.PathOf(tile), Tile.MediaType);
            var read = await tiles.VerifyEntriesAsync(tile, bytes);
            entries.AddRange(read.Skip((int)Math.Max(0, before - bundle * Tile.FullWidth)));
            Keep(EntryBundle.PathOf(tile), bytes);
        }

        foreach (var tile in Tile.Changed(before, now.Size)) Keep(tile.Path, (await tiles.ReadAsync(tile)).ToArray());
        Keep("checkpoint", System.Text.Encoding.UTF8.GetBytes(note));
        await KeepListsAsync(entries);
        return new Seen(before, now.Size, entries);
    }

    private static List<NoteKey> Keys(string key) => [.. key.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteKey.Parse)];

    private static Refusal Forked(string what) => NationRefusal.LogForked(what);

    /// <summary>
    /// Fetches the status lists that the log has named: who restores the nation from an older backup learns from them what was revoked since. Where one
    /// can't be had, the last stays.
    /// </summary>
    private async Task KeepListsAsync(IEnumerable<byte[]> entries)
    {
        var known = Directory.Exists(In(StatusFolder)) ? Directory.GetFiles(In(StatusFolder)).Select(Path.GetFileName).OfType<string>() : [];
        var ids = known.Concat(entries.Select(OpenedList).OfType<string>()).Where(RandomId.IsOne).Distinct().ToList();
        foreach (var id in ids)
        {
            var result = await fetcher.FetchAsync($"{url[..url.LastIndexOf('/')]}/status/{id}", [TokenStatusList.MediaType], Jws.MaxLength);
            if (result.Fault is null) Keep($"{StatusFolder}/{id}", result.Body.ToArray());
        }
    }

    private static string? OpenedList(byte[] entry)
    {
        try
        {
            var said = StrictJson.ParseObject(entry);
            return said.OptionalString("act") == "open-list" ? said.RequiredObject("record").OptionalString("subject") : null;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private string In(string path) => Path.Combine(folder, path);

    /// <summary>Written whole under another name first, so that no half of a file is taken for all of it.</summary>
    private void Keep(string path, byte[] bytes)
    {
        var file = In(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file + ".draft", bytes);
        File.Move(file + ".draft", file, overwrite: true);
    }

    private async Task<byte[]> GetAsync(string path, string contentType)
    {
        var result = await fetcher.FetchAsync($"{url}/{path}", [contentType], MaxBundle);
        return result.Fault is null ? result.Body.ToArray() : throw NationRefusal.LogUnreachable($"{path}: {result.Detail}");
    }
}
