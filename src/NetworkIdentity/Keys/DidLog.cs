using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Keys;

/// <summary>The nation's DID, a did:webvh: its log is the history of the nation's public keys [DID-WebVH], and grows whenever they change.</summary>
/// <remarks>
/// Entry n is signed by did-update key n and commits to key n + 1, which was made before. The entry, the keys that it needs made and the leaf of the public log are one commit, whose first statement breaks
/// where another server was first. An entry that witnesses have yet to approve of is pending: it is neither served nor used, and nothing follows it.
/// </remarks>
public sealed class DidLog
{
    /// <summary>How many keys there are ahead of the last entry: a backup holds the keys of so many entries that were made after it.</summary>
    public const int Ahead = 8;

    private const int MaxAttempts = 16;

    private readonly Database _database;
    private readonly KeyRing _keys;
    private readonly TimeProvider _time;
    private readonly LogMemory? _memory;
    private readonly string _place;
    private State? _state;

    private DidLog(Database database, KeyRing keys, TimeProvider time, LogMemory? memory, string place) =>
        (_database, _keys, _time, _memory, _place) = (database, keys, time, memory, place);

    /// <summary>What is known of the log at a moment; it is read and verified once.</summary>
    /// <param name="Rows">All entries.</param>
    /// <param name="Log">All of them, verified.</param>
    /// <param name="Proofs">What the witnesses said.</param>
    /// <param name="ProofCount">How many proofs are stored.</param>
    /// <param name="History">The published versions.</param>
    /// <param name="Held">Why nothing is appended; null where nothing stands against it.</param>
    internal sealed record State(IReadOnlyList<DidEntries.Row> Rows, WebVhLog Log, WitnessProofs Proofs, long ProofCount, WebVhHistory History, string? Held)
    {
        /// <summary>The last published version.</summary>
        public WebVhVersion Published => History.Versions[^1];

        /// <summary>The entry that waits for its witnesses; null where none does.</summary>
        public DidEntries.Row? Pending => History.Versions.Count < Rows.Count ? Rows[^1] : null;

        /// <summary>The <c>versionTime</c> of the last entry.</summary>
        public DateTimeOffset LastAt => DateTimeOffset.FromUnixTimeSeconds(Rows[^1].At);
    }

    /// <summary>The DID.</summary>
    public string Did => Known.Published.Did.ToString();

    /// <summary>The did:web beside it, for who reads no logs.</summary>
    public string DidWeb => Known.Published.Did.ParallelDidWeb;

    /// <summary>The document in force: that of the last published version. A copy.</summary>
    public JsonObject Document => Known.Published.Document.DeepClone().AsObject();

    internal Database Database => _database;

    internal KeyRing Keys => _keys;

    internal TimeProvider Time => _time;

    /// <summary>The last version that this machine remembers; null where it remembers none.</summary>
    internal string? Remembered => _memory?.Read();

    private State Known => _state ?? throw new InvalidOperationException("the DID was not opened");

    /// <summary>Opens the nation's DID, makes it where there is none, and extends its log where the keys say more than it does.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="keys">What it is about.</param>
    /// <param name="time">The clock.</param>
    /// <param name="memory">Remembers outside the database how far the log had come; null where nobody does.</param>
    /// <returns>Null where the issuer's host is none that a DID can have: an IP address, or one label alone.</returns>
    /// <exception cref="LogMismatchException">What is stored is no log, or another DID's.</exception>
    public static async Task<DidLog?> OpenAsync(Database database, KeyRing keys, TimeProvider time, LogMemory? memory = null)
    {
        if (NationDocument.PlaceOf(keys.Nation) is not { } place) return null;
        var log = new DidLog(database, keys, time, memory, place);
        await log.RenewAsync();
        return log;
    }

    /// <summary>How the log stands.</summary>
    /// <param name="Versions">The published versions, first to last.</param>
    /// <param name="Pending">The version that waits for its witnesses; null where none does.</param>
    /// <param name="Held">Why nothing is appended; null where nothing stands against it.</param>
    /// <param name="Witness">Who approves of entries, as the last published one has it.</param>
    public sealed record Status(IReadOnlyList<string> Versions, string? Pending, string? Held, WitnessRule Witness);

    /// <summary>How the log stands now.</summary>
    public async Task<Status> StatusAsync()
    {
        var state = await SeeAsync();
        return new([.. state.History.Versions.Select(version => version.VersionId)], state.Pending?.VersionId, state.Held, state.Published.Active.Witness);
    }

    /// <summary>The DID URL of a key of the nation.</summary>
    public string UrlOf(SigningKey key) => $"{Did}#{key.KeyId}";

    /// <summary>The assertion key that signs now: the newest in its time that the published document has, since one that only a pending entry has is nobody's yet.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <exception cref="InvalidOperationException">None: an entry has been pending, or the log held, for longer than keys overlap.</exception>
    public SigningKey Current(string algorithm)
    {
        var (now, listed) = (_time.GetUtcNow(), Known.Published.Document["assertionMethod"]!.AsArray().Select(id => id!.GetValue<string>()).ToHashSet(StringComparer.Ordinal));
        return _keys.Keys.LastOrDefault(key =>
                key.Purpose == KeyPurpose.Assertion && key.Algorithm == algorithm && key.NotBefore <= now && now < key.RetireAfter && listed.Contains($"{Did}#{key.Kid}"))?.Signing
            ?? throw new InvalidOperationException("no assertion key in its time is in the published DID document: look with netid doctor");
    }

    /// <summary>Reads the log again, and extends it where the published keys give another document than its last. Safe beside other servers.</summary>
    public async Task RenewAsync()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var state = await RefreshAsync();

            // The keys are read after the log, so that none is missed that a server beside this one has put into it.
            await _keys.LoadAsync();
            if (state is not null && (!MayFollow(state) || JsonNode.DeepEquals(DocumentAfter(state), state.Published.Document))) return;
            await AppendAsync(state, null);
        }
    }

    /// <summary>The log as it is served, one entry a line: what is published, by whichever server.</summary>
    public async Task<byte[]> ReadAsync() => Lines(await SeeAsync(), pending: false);

    /// <summary>The witnesses' proofs as they are served; null where the log never had witnesses.</summary>
    public async Task<byte[]?> ReadProofsAsync() => await SeeAsync() is { Log.NeedsWitnessProofs: true } state
        ? state.Proofs.Pruned([.. state.History.Versions.Select(version => version.VersionId)]).Write()
        : null;

    /// <summary>Resolves the nation's own DID, or its did:web, out of what is published.</summary>
    public async Task<DidResolutionResult> ResolveAsync(string did, DidResolutionOptions options)
    {
        var state = await SeeAsync();
        if (did != state.Published.Did.ParallelDidWeb) return DidResolutionResult.Of(() => state.History.Resolve(did, options));
        if (options.NamesVersion) return DidResolutionResult.Failed(DidResolver.NoVersions());
        var document = DidDocument.Parse(ParallelOf(state));
        return DidResolutionResult.Found(options.ExpandRelativeUrls ? document.Expanded() : document.Json, new());
    }

    /// <summary>The did:web document, of the last published version.</summary>
    public async Task<JsonObject> ReadDidWebAsync() => ParallelOf(await SeeAsync());

    private static JsonObject ParallelOf(State state) => DidWebVh.ParallelDocument(state.Published.Did, state.Published.Document);

    /// <summary>What is known now, by whichever server.</summary>
    internal async Task<State> SeeAsync() => await RefreshAsync() ?? throw new InvalidOperationException("the log of the nation's DID is gone from the database");

    /// <summary>The lines of the log.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="pending">Whether the pending entry is among them.</param>
    internal static byte[] Lines(State state, bool pending) =>
        System.Text.Encoding.UTF8.GetBytes(string.Concat(state.Rows.Take(pending ? state.Rows.Count : state.History.Versions.Count).Select(row => row.Line + "\n")));

    /// <summary>Whether an entry may follow now: not where the log is held, an entry waits, or the clock was put back so far that it would be of a time to come.</summary>
    internal bool MayFollow(State state) =>
        state.Held is null && state.Pending is null && state.LastAt.AddSeconds(1) <= _time.GetUtcNow() + WebVhLog.Tolerance;

    /// <summary>Appends an entry with the document that the keys give.</summary>
    /// <param name="state">What it follows; null for the first.</param>
    /// <param name="witness">Who must approve from now on; null where that doesn't change.</param>
    /// <returns>Whether it was this server that appended it.</returns>
    internal async Task<bool> AppendAsync(State? state, WitnessRule? witness)
    {
        var version = (state?.Rows.Count ?? 0) + 1;
        var now = _time.GetUtcNow();
        var at = state is null ? now : Later(now, state.LastAt.AddSeconds(1));
        var (keys, act) = KeysUpTo(version + Ahead, at);
        var key = keys.GetValueOrDefault(version) ?? throw new InvalidOperationException($"the key of entry {version} of the DID's log is missing");
        var set = new LogParameters
        {
            UpdateKeys = [Multikey.Of(key.PublicKey)],
            NextKeyHashes = [ActiveParameters.HashOf(Multikey.Of(keys[version + 1].PublicKey))],
            Witness = witness,
        };
        var written = state is null
            ? await WebVhWriter.CreateAsync(NationDocument.Of(_keys, $"did:webvh:{WebVhLog.Placeholder}:{_place}", _place, at), set, key, at)
            : await WebVhWriter.UpdateAsync(state.Log, DocumentAfter(state), set, key, at);
        var broken = await _database.CommitAsync(
        [
            DidEntries.Insert(new() { Version = version, VersionId = written.VersionId, At = at.ToUnixTimeSeconds(), Line = written.Line }),
            .. act,
            Journal.Write("did-log", "nation", "server", null, now.ToUnixTimeSeconds(), written.VersionId),
        ]);

        // Broken means that another server was first: what it wrote is read next.
        await _keys.LoadAsync();
        return broken is null;
    }

    /// <summary>The keys that sign entries, by the entry's number, and the act that makes those that are missing up to one.</summary>
    internal (Dictionary<long, SigningKey> Keys, List<Statement> Act) KeysUpTo(long version, DateTimeOffset now)
    {
        var keys = _keys.Keys.Where(key => key.Purpose == KeyPurpose.DidUpdate).ToDictionary(key => key.Generation, key => key.Signing!);
        var act = new List<Statement>();
        for (var missing = keys.Count == 0 ? 1 : keys.Keys.Max() + 1; missing <= version; missing++)
        {
            var (row, statements) = _keys.Make(KeyPurpose.DidUpdate, JoseAlgorithm.EdDSA, missing, now);
            keys.Add(missing, HeldKey.Open(row, _keys.Sealing).Signing!);
            act.AddRange(statements);
        }

        return (keys, act);
    }

    /// <summary>The document that the keys give now. A clock that was put back takes no key out of it that was put in, and puts in none that was taken out.</summary>
    private JsonObject DocumentAfter(State state) => NationDocument.Of(_keys, state.Published.Did.ToString(), _place, Later(_time.GetUtcNow(), state.LastAt));

    /// <summary>Looks whether the log is as it was when it was read last, and reads and verifies it where it isn't.</summary>
    /// <returns>Null where there is none yet.</returns>
    private async Task<State?> RefreshAsync()
    {
        var known = _state;
        if (await DidEntries.HeadAsync(_database) is not { } head)
        {
            // A second log would be a second DID at the place of the first, and nobody who knows the first would believe it.
            if (known is not null) throw new LogMismatchException("the log of the nation's DID is gone from the database");
            return _memory?.Read() is not { } remembered ? null : throw new LogMismatchException(
                $"this machine remembers version {remembered} of the log of the nation's DID, and the database has no entry of it: restore a backup that has, or, to begin with a new DID, remove what it remembers (.did-head)");
        }

        if (known is null || known.Rows[^1].VersionId != head.VersionId || known.Rows[^1].RestoredAt != head.RestoredAt || known.ProofCount != head.Proofs)
            known = Verify(await DidEntries.AllAsync(_database), await DidEntries.ProofsAsync(_database));
        var held = HeldBy(known.Rows);
        if (held is null && _memory?.Read() != known.Rows[^1].VersionId) _memory?.Keep(known.Rows[^1].VersionId);
        return _state = known with { Held = held };
    }

    private State Verify(IReadOnlyList<DidEntries.Row> rows, IReadOnlyList<DidEntries.ProofRow> stored)
    {
        // The entries' own times are believed: a clock that was put back makes none of them wrong.
        var now = Later(_time.GetUtcNow(), DateTimeOffset.FromUnixTimeSeconds(rows[^1].At));
        try
        {
            var proofs = stored.Aggregate(WitnessProofs.None, (all, row) => all.With(row.VersionId, StrictJson.ParseObject(row.Proof)));
            var log = LogOf(rows, now);
            var history = log.Approved(proofs.Write(), now);
            if (history.Versions.Count < rows.Count) history = LogOf(rows.Take(history.Versions.Count), now).Approved(proofs.Write(), now);
            return new(rows, log, proofs, stored.Count, history, null);
        }
        catch (Refusal refusal)
        {
            throw new LogMismatchException($"the log of the nation's DID: {refusal.Description}", refusal);
        }
    }

    /// <summary>The log of entries of which each must stand.</summary>
    internal static WebVhLog LogOf(IEnumerable<DidEntries.Row> rows, DateTimeOffset now) =>
        rows.Aggregate((WebVhLog?)null, (log, row) => System.Text.Encoding.UTF8.GetBytes(row.Line) is var line && log is null ? WebVhLog.Read(line, now) : log.With(line, now))!;

    private string? HeldBy(IReadOnlyList<DidEntries.Row> rows)
    {
        // Whatever this machine remembers: another may have been ahead of it.
        if (rows[^1].RestoredAt is not null) return "it was restored from a backup, and what was published since is not known";
        var remembered = _memory?.Read();
        return remembered is null || rows.Any(row => row.VersionId == remembered)
            ? null
            : $"this machine remembers version {remembered}, which is not in the database";
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
