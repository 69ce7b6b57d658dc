using NetworkIdentity.Keys;
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
/// as they were published last. The file <c>named</c> says which lists and which keys of lists these are.
/// </param>
/// <param name="fetcher">The way out.</param>
public sealed class LogWatch(string url, string folder, Fetcher fetcher)
{
    /// <summary>Where the status lists lie in the folder.</summary>
    internal const string StatusFolder = "status";

    private const string NamedFile = "named";

    private const int MaxBundle = Tile.FullWidth * (EntryBundle.MaxEntryLength + 2);

    /// <summary>What one look found.</summary>
    /// <param name="Before">How many leaves were known.</param>
    /// <param name="Size">How many there are.</param>
    /// <param name="Acts">How many of each act came; their entries lie in the folder.</param>
    public sealed record Seen(long Before, long Size, IReadOnlyDictionary<string, long> Acts);

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
    /// <remarks>A look that is broken off is gone on with by the next one: what it had fetched lies in the folder, and is believed as little as what is served.</remarks>
    /// <param name="progress">Hears how many leaves are fetched, of how many.</param>
    /// <exception cref="Refusal">It could not be fetched; or <c>log_forked</c>: what the log says now is not a continuation of what it said.</exception>
    public async Task<Seen> LookAsync(IProgress<(long Done, long All)>? progress = null)
    {
        try
        {
            return await LookAsync([], progress, trustsFolder: true);
        }
        catch (Refusal refusal) when (refusal.Code == Refusal.MalformedCode)
        {
            // What lies in the folder may be damaged, or of a log that was served once: then nothing of it is taken.
            return await LookAsync([], progress, trustsFolder: false);
        }
    }

    private async Task<Seen> LookAsync(HashSet<string> fetched, IProgress<(long Done, long All)>? progress, bool trustsFolder)
    {
        var origin = Origin;
        var keys = Keys(Key!);
        var known = File.Exists(In("checkpoint")) ? Checkpoint.Open(await File.ReadAllTextAsync(In("checkpoint")), origin, keys) : null;
        var note = System.Text.Encoding.UTF8.GetString(await GetAsync("checkpoint", "text/plain"));
        var now = Checkpoint.Open(note, origin, keys);
        var before = known?.Size ?? 0;
        if (now.Size < before) throw Forked($"it had {before} leaves and says now that it has {now.Size}");

        // The tiles must make the root that is signed, and the tree that was seen must be the beginning of it.
        var tiles = new VerifiedTiles(now.Size, now.Root, async (tile, _) => await TakeAsync(tile.Path));
        if (known is not null && !(await MerkleTree.RootOfAsync(before, tiles.ReadAsync)).AsSpan().SequenceEqual(known.Root.Span))
            throw Forked($"its first {before} leaves are not those that it had before");

        var acts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var named = Named();

        // Where what was named is not known (a folder of an earlier program), all entries are read for it again.
        for (var bundle = named.Count == 0 ? 0 : before / Tile.FullWidth; Tile.At(0, bundle, now.Size) is { } tile; bundle++)
        {
            var read = await tiles.VerifyEntriesAsync(tile, await TakeAsync(EntryBundle.PathOf(tile)));
            for (var at = 0; at < read.Count; at++)
            {
                var said = LeafRecord.Read(read[at]);
                if (bundle * Tile.FullWidth + at >= before) acts[said.Act] = acts.GetValueOrDefault(said.Act) + 1;
                if (said is { Act: "open-list", Subject: { } list } && IsList(list)) named.Add($"list {list}");
                if (said is { Act: "make-key", Subject: { } kid } && IsThumbprint(kid) && said.Detail?.StartsWith($"{KeyPurpose.StatusList.Name} ", StringComparison.Ordinal) == true) named.Add($"key {kid}");
            }

            progress?.Report((bundle * Tile.FullWidth + tile.Width, now.Size));
        }

        foreach (var tile in Tile.Changed(before, now.Size)) _ = await tiles.ReadAsync(tile);
        Keep(NamedFile, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', named.Order(StringComparer.Ordinal))));
        Keep("checkpoint", System.Text.Encoding.UTF8.GetBytes(note));
        await KeepListsAsync(named);
        return new Seen(before, now.Size, acts);

        // What was fetched is kept at once, for the next look.
        async Task<byte[]> TakeAsync(string path)
        {
            if ((trustsFolder || fetched.Contains(path)) && File.Exists(In(path))) return await File.ReadAllBytesAsync(In(path));
            var bytes = await GetAsync(path, Tile.MediaType);
            Keep(path, bytes);
            fetched.Add(path);
            return bytes;
        }
    }

    private static List<NoteKey> Keys(string key) => [.. key.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteKey.Parse)];

    private static Refusal Forked(string what) => NationRefusal.LogForked(what);

    /// <summary>The lists, and the keys of lists, that the log has named so far. A list's id becomes a file's name: it is one, or is not taken.</summary>
    private HashSet<string> Named() => File.Exists(In(NamedFile))
        ? [.. File.ReadAllLines(In(NamedFile)).Where(name => name.Split(' ') is ["list", var id] ? IsList(id) : name.Split(' ') is ["key", var kid] && IsThumbprint(kid))]
        : [];

    private static bool IsList(string id) => RandomId.IsOne(id);

    private static bool IsThumbprint(string kid) => Base64Url.TryDecode(kid, out var digest) && digest.Length == 32;

    /// <summary>
    /// Fetches the status lists that the log has named: who restores the nation from an older backup learns from them what was revoked since. Where one
    /// can't be had, is signed by no key that the log names, or is older than the last, the last stays.
    /// </summary>
    private async Task KeepListsAsync(HashSet<string> named)
    {
        foreach (var id in named.Where(name => name.StartsWith("list ", StringComparison.Ordinal)).Select(name => name[5..]))
        {
            var file = $"{StatusFolder}/{id}";
            var result = await fetcher.FetchAsync($"{url[..url.LastIndexOf('/')]}/status/{id}", [TokenStatusList.MediaType], Jws.MaxLength);
            if (result.Fault is not null || TimeOf(result.Body.ToArray(), id, named) is not { } time) continue;
            if (File.Exists(In(file)) && TimeOf(await File.ReadAllBytesAsync(In(file)), id, named) is { } last && time < last) continue;
            Keep(file, result.Body.ToArray());
        }
    }

    /// <summary>When a list was signed; null where it is not this list, or none of the keys that the log names signed it.</summary>
    private static DateTimeOffset? TimeOf(byte[] token, string id, HashSet<string> named)
    {
        try
        {
            var jws = Jws.Parse(System.Text.Encoding.ASCII.GetString(token));
            if (IssuerCertificates.ClaimedKey(jws.Header) is not { } claimed || !named.Contains($"key {claimed.Thumbprint()}")) return null;
            using var key = VerificationKey.Import(claimed);
            var claims = jws.Claims();
            var isIt = jws.IsSignedBy(key) && jws.Type == TokenStatusList.Type && claims.RequiredString("sub").EndsWith($"/status/{id}", StringComparison.Ordinal);
            return isIt ? claims.OptionalTime("iat") : null;
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
