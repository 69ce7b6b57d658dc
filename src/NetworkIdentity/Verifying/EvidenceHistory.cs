using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Verifying;

/// <summary>The history of an issuer's DID, as evidence brings it: which keys it had at a time.</summary>
/// <remarks>Many credentials say the day alone on which they were signed: so a time means the version that stood a day later.</remarks>
internal sealed class EvidenceHistory
{
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    private readonly WebVhDid _did;
    private readonly byte[] _log;
    private readonly byte[]? _witness;
    private readonly WebVhHistory _history;
    private readonly TimeProvider _time;

    private EvidenceHistory(WebVhDid did, byte[] log, byte[]? witness, WebVhHistory history, TimeProvider time) =>
        (_did, _log, _witness, _history, _time) = (did, log, witness, history, time);

    /// <summary>How many versions there are.</summary>
    public int Count => _history.Versions.Count;

    /// <summary>Reads and verifies a log, whole: what is wrong with any entry is wrong with all of it.</summary>
    /// <param name="did">The DID that it must be of.</param>
    /// <param name="log">The text of did.jsonl.</param>
    /// <param name="witness">The witnesses' proofs; null where none were brought.</param>
    /// <param name="time">The clock: the log is no older than it is, whatever day is asked about.</param>
    /// <returns>The history; null where its witnesses' proofs are needed and were not brought.</returns>
    /// <exception cref="Refusal">It is not the DID's log, or not whole.</exception>
    public static EvidenceHistory? Read(string did, string log, JsonNode? witness, TimeProvider time)
    {
        var (bytes, proofs) = (Encoding.UTF8.GetBytes(log), witness is null ? null : StrictJson.Write(witness));
        var read = WebVhLog.Read(bytes, time.GetUtcNow());
        if (read.NeedsWitnessProofs && proofs is null) return null;
        var history = read.Approved(proofs, time.GetUtcNow());
        if (history.Failure is { } failure) throw failure;
        if (history.Versions.All(version => version.Did.ToString() != did)) throw Refusal.Malformed("the log is another DID's");
        return new(WebVhDid.Parse(did), bytes, proofs, history, time);
    }

    /// <summary>Whether the DID was there at a time.</summary>
    public bool StoodAt(DateTimeOffset at) => VersionsAt(at) > 0;

    /// <summary>The certificates that it had at a time.</summary>
    public PublishedCertificates CertificatesAt(string issuer, DateTimeOffset at)
    {
        // Before it was there it had none, which is known; and not merely unsaid.
        if (VersionsAt(at) is > 0 and var count) return PublishedCertificates.Of(issuer, _history.Versions[count - 1].Document);
        return PublishedCertificates.Of(issuer, _history.Versions[0].Document) with { Leaves = [] };
    }

    /// <summary>Resolves the DID, and no other, as it stood at a time. Nothing is called.</summary>
    public DidResolver ResolverAt(DateTimeOffset at)
    {
        var end = 0;
        for (var left = Math.Max(1, VersionsAt(at)); left > 0 && end < _log.Length; left--) end = Array.IndexOf(_log, (byte)'\n', end) is >= 0 and var line ? line + 1 : _log.Length;
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [_did.LogUrl] = _log.AsMemory(0, end) };
        if (_witness is not null) files[_did.WitnessUrl] = _witness;
        var fetcher = new Fetcher(new Fetcher.Options { Files = files }, _time);
        return new(null, new FetchedDids(fetcher, loopback: false, _time, _ => { }), did => did.ToString() == _did.ToString());
    }

    /// <summary>
    /// Whether it has a key as its public log's: an Ed25519 key that may assert nothing. Those that sign credentials may, and sign no log.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="at">In which versions: in the one that stood then, or in the newest; null for any.</param>
    public bool HasLogKey(NoteKey key, DateTimeOffset? at = null)
    {
        var name = Multibase.Base58([0xed, 0x01, .. key.PublicKey.Span]);
        return (at is { } then ? [_history.Versions[Math.Max(1, VersionsAt(then)) - 1], _history.Versions[^1]] : _history.Versions).Any(version => IsLogKey(version.Document));

        bool IsLogKey(JsonObject document)
        {
            var asserting = (document["assertionMethod"] as JsonArray ?? []).Select(node => (node as JsonObject)?["id"]?.ToString() ?? node?.ToString()).ToHashSet(StringComparer.Ordinal);
            return (document["verificationMethod"] as JsonArray ?? []).OfType<JsonObject>()
                .Any(method => (method["publicKeyMultibase"] as JsonValue)?.ToString() == name && !asserting.Contains(method["id"]?.ToString()));
        }
    }

    private int VersionsAt(DateTimeOffset at) => _history.Versions.Count(version => version.Time <= at + Slack);
}
