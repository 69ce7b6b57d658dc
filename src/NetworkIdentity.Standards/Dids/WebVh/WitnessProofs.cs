using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>What witnesses say about a log: the file <c>did-witness.json</c> [DID-WebVH §The Witness Proofs File].</summary>
/// <remarks>A proof of a version is one of all versions before it, since each entry's hash is over the one before.</remarks>
public sealed class WitnessProofs
{
    /// <summary>The longest file, in bytes.</summary>
    public const int MaxLength = 1 << 20;

    private readonly List<(string VersionId, JsonObject Proof)> _proofs;

    private WitnessProofs(List<(string VersionId, JsonObject Proof)> proofs) => _proofs = proofs;

    /// <summary>No proofs.</summary>
    public static WitnessProofs None { get; } = new([]);

    /// <summary>Reads the file by its form; which proofs count is seen beside the log.</summary>
    /// <exception cref="Refusal">invalidDid: too long, or not of the form.</exception>
    public static WitnessProofs Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength) throw DidRefusal.InvalidDid("the witnesses' proofs are too long");
        try
        {
            var proofs = new List<(string, JsonObject)>();
            foreach (var item in StrictJson.Parse(utf8) as JsonArray ?? throw Refusal.Malformed("not an array"))
            {
                var entry = item as JsonObject ?? throw Refusal.Malformed("an item is not an object");
                var versionId = entry.RequiredString("versionId");
                foreach (var proof in entry.OptionalArray("proof") ?? [])
                    proofs.Add((versionId, proof as JsonObject ?? throw Refusal.Malformed("a proof is not an object")));
            }

            return new(proofs);
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidDid("the witnesses' proofs are malformed: " + refusal.Description);
        }
    }

    /// <summary>These proofs and a witness's proof of a version.</summary>
    public WitnessProofs With(string versionId, JsonObject proof) => new([.. _proofs, (versionId, proof)]);

    /// <summary>The proofs that are good: each of a version of the log, by one of the witnesses that the log names, and verified.</summary>
    /// <param name="log">The log, with the entry that waits for approval.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<(string VersionId, string Witness, JsonObject Proof)> Of(WebVhLog log, DateTimeOffset now)
    {
        var versions = log.Versions.Select(version => version.VersionId).ToHashSet(StringComparer.Ordinal);
        var witnesses = log.Versions.SelectMany(version => version.MustApprove.Witnesses).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _proofs.Select(one => (one.VersionId, Witness: KeyOf(one.Proof) ?? "", one.Proof))
                .Where(one => versions.Contains(one.VersionId) && witnesses.Contains(one.Witness) && IsBy(one.VersionId, one.Proof, one.Witness, now)),
        ];
    }

    /// <summary>The proofs that a published log still needs: the last of each witness.</summary>
    /// <param name="versionIds">The log's versions in their order; proofs of others are of entries that are not published yet, and stay.</param>
    public WitnessProofs Pruned(IReadOnlyList<string> versionIds)
    {
        var at = versionIds.Select((versionId, index) => (versionId, index)).ToDictionary(one => one.versionId, one => one.index, StringComparer.Ordinal);
        var last = _proofs.Where(one => at.ContainsKey(one.VersionId)).GroupBy(one => KeyOf(one.Proof))
            .Select(witness => witness.MaxBy(one => at[one.VersionId]).Proof).ToHashSet();
        return new([.. _proofs.Where(one => !at.ContainsKey(one.VersionId) || last.Contains(one.Proof))]);
    }

    /// <summary>The file.</summary>
    public byte[] Write() => StrictJson.Write(new JsonArray([.. _proofs.GroupBy(one => one.VersionId).Select(version => new JsonObject
    {
        ["versionId"] = version.Key,
        ["proof"] = new JsonArray([.. version.Select(one => one.Proof.DeepClone())]),
    })]));

    /// <summary>A witness's proof of a version. Who makes it has verified the entry as any resolver does, see <see cref="WebVhLog.With"/>, and approves of it.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="key">The witness's key, Ed25519.</param>
    /// <param name="now">The time, which becomes <c>created</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<JsonObject> SignAsync(string versionId, SigningKey key, DateTimeOffset now, CancellationToken cancellation = default) =>
        (await LogProof.SignAsync(new() { ["versionId"] = versionId }, key, now, cancellation))["proof"]![0]!.DeepClone().AsObject();

    /// <summary>How many versions, from the first on, were approved by as many of their witnesses as they need.</summary>
    internal int Approve(IReadOnlyList<WebVhVersion> versions, DateTimeOffset now)
    {
        // 1. Proofs of what is not in this log say nothing: of entries to come, or of another DID that has the same witness.
        var at = versions.Select((version, index) => (version.VersionId, index)).ToDictionary(one => one.VersionId, one => one.index, StringComparer.Ordinal);
        var witnesses = versions.SelectMany(version => version.MustApprove.Witnesses).ToHashSet(StringComparer.Ordinal);

        // 2. For each witness the last version that it proves: it stands for all before. A witness counts once, however often it is in the file.
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (versionId, proof) in _proofs.Where(one => at.ContainsKey(one.VersionId)).OrderByDescending(one => at[one.VersionId]))
        {
            if (KeyOf(proof) is { } key && witnesses.Contains(key) && !last.ContainsKey(key) && IsBy(versionId, proof, key, now)) last[key] = at[versionId];
        }

        // 3. Each version has its threshold of witnesses.
        for (var index = 0; index < versions.Count; index++)
        {
            if (versions[index].MustApprove.Witnesses.Count(key => last.TryGetValue(key, out var upTo) && upTo >= index) < versions[index].MustApprove.Threshold) return index;
        }

        return versions.Count;
    }

    private static bool IsBy(string versionId, JsonObject proof, string key, DateTimeOffset now)
    {
        try
        {
            LogProof.Verify(new() { ["versionId"] = versionId, ["proof"] = proof.DeepClone() }, [key], now);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private static string? KeyOf(JsonObject proof)
    {
        try
        {
            return DidKey.BodyOf(proof.RequiredString("verificationMethod"));
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
