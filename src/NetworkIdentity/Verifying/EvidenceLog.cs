using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Verifying;

/// <summary>What evidence proves by the public log: that the issue, and each list, are leaves of the one tree that its checkpoint signs.</summary>
internal sealed class EvidenceLog
{
    /// <summary>By how much the time of a leaf may be later than what it is of says of itself. Whoever has a key can write an earlier time; the log's leaf is written when it is.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>What is wrong, or missing.</summary>
    public List<Verdict> Faults { get; } = [];

    /// <summary>When the credential was issued, as its leaf says; null where that was not proven.</summary>
    public DateTimeOffset? IssuedAt { get; private set; }

    /// <summary>How many leaves the log had.</summary>
    public long Size { get; private set; }

    /// <summary>Looks at the member <c>log</c>.</summary>
    /// <param name="log">The member; null where there is none.</param>
    /// <param name="origin">The name of the issuer's log.</param>
    /// <param name="history">The history of the issuer's DID, which has the log's key.</param>
    /// <param name="digest">What the leaf of the issue must have; null where it is not known.</param>
    /// <param name="signedAt">When the credential says that it was signed.</param>
    /// <param name="lists">The lists: their digests, and when they say that they were signed.</param>
    /// <exception cref="Refusal">Malformed: a member is not of its type.</exception>
    public static EvidenceLog Check(JsonObject? log, string origin, EvidenceHistory history, string? digest, DateTimeOffset signedAt, IEnumerable<(string Digest, DateTimeOffset From)> lists)
    {
        var found = new EvidenceLog();
        if (log is null || log.OptionalString("key") is not { } vkey || log.OptionalString("checkpoint") is not { } note)
        {
            found.Missing("the key of the public log, or its checkpoint");
            return found;
        }

        var (issue, proofs) = (log.OptionalString("issue"), log.OptionalStrings("lists") ?? []);
        NoteKey key;
        try
        {
            key = NoteKey.Parse(vkey);
            if (key.Name != origin && !key.Name.StartsWith($"{origin}/", StringComparison.Ordinal)) throw Refusal.Malformed("it is of another log");
            if (!history.HasLogKey(key)) throw Refusal.Malformed("the issuer's DID never had it as its log's");
        }
        catch (Refusal refusal)
        {
            found.Wrong("log_key_not_trusted", $"the key of the public log is not the issuer's: {refusal.Description}");
            return found;
        }

        try
        {
            found.Size = Checkpoint.Open(note, key.Name, [key]).Size;
        }
        catch (Refusal refusal)
        {
            found.Wrong("checkpoint_invalid", refusal.Description);
            return found;
        }

        var issued = issue is null ? null : found.Open(issue, note, key);
        if (issue is null) found.Missing("the proof that the issue is in the public log");
        else if (issued is not null) found.HoldIssue(issued, digest, signedAt);
        var published = proofs.Select(proof => found.Open(proof, note, key)).ToList();

        // The checkpoint is no older than the leaves below it.
        if (published.Append(issued).Max(leaf => leaf?.At) is { } newest && !history.HasLogKey(key, newest)) found.Wrong("log_key_not_trusted", "the key of the public log is not the issuer's: its DID had it at another time");
        if (!published.Contains(null)) foreach (var (list, from) in lists) found.HoldList(published, list, from);
        return found;
    }

    private void HoldIssue(Leaf leaf, string? digest, DateTimeOffset signedAt)
    {
        if (leaf.Act != "issue" || (digest is not null && leaf.Detail != digest)) Wrong("log_entry_mismatch", "the leaf of the public log is not that of this credential's issue");
        else if (digest is null) Missing("a credential whose proof holds, to be compared with the leaf of its issue");
        else if (leaf.At > signedAt + Slack + (signedAt.TimeOfDay == TimeSpan.Zero ? Slack : TimeSpan.Zero)) Wrong("backdated", "the credential says that it was signed more than a day before its leaf was written");
        else IssuedAt = leaf.At;
    }

    private void HoldList(IReadOnlyList<Leaf?> published, string list, DateTimeOffset from)
    {
        if (published.FirstOrDefault(one => one is { Act: "publish-list", Detail: { } detail } && detail.EndsWith(" " + list, StringComparison.Ordinal)) is not { } leaf)
            Faults.Add(Verdict.Undetermined(VerificationStep.Log, "list_not_in_log", "it is not proven that a status list is in the public log"));
        else if (leaf.At > from + Slack)
            Wrong("backdated", "a status list says that it was signed more than a day before its leaf was written");
    }

    /// <summary>What a leaf says that is in the tree; null where it is not, or is not told.</summary>
    private Leaf? Open(string text, string note, NoteKey key)
    {
        try
        {
            var proof = TlogProof.Parse(text);
            if (proof.Note != note) throw Refusal.Malformed("the proof is of another checkpoint");
            if (proof.Extra is not { } opening) throw Refusal.Malformed("the proof does not say what the leaf is");
            var (entry, record) = LeafRecord.Open(opening.ToArray());
            proof.Verify(MerkleTree.HashLeaf(entry), key.Name, [key]);
            return new(record.RequiredString("act"), record.OptionalString("detail"), record.OptionalTime("at") ?? throw Refusal.Malformed("the leaf does not say when it was written"));
        }
        catch (Refusal refusal)
        {
            Wrong("log_proof_invalid", refusal.Description);
            return null;
        }
    }

    private void Wrong(string reason, string words) => Faults.Add(Verdict.Refused(VerificationStep.Log, reason, words));

    private void Missing(string what) => Faults.Add(Verdict.Undetermined(VerificationStep.Log, "evidence_incomplete", $"it is not there: {what}"));

    private sealed record Leaf(string Act, string? Detail, DateTimeOffset At);
}
