using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>Witnesses of the nation's DID: who must approve of each entry before it is published [DID-WebVH §DID Witnesses]. What they are asked, what they answer, and what a witness does.</summary>
public static class DidWitnesses
{
    /// <summary>Names the witnesses from now on, by an entry of the log: the first approve of it themselves, later ones are approved by those before.</summary>
    /// <exception cref="Refusal"><c>did_held</c>, <c>did_pending</c>: no entry may follow now.</exception>
    public static async Task SetAsync(DidLog log, WitnessRule rule)
    {
        DidLog.State state;
        do
        {
            state = await log.SeeAsync();
            await log.Keys.LoadAsync();
            CheckFollows(log, state);
        }
        while (!await log.AppendAsync(state, rule));
    }

    /// <summary>What the witnesses look at: the log, and behind it the entry that waits for them; null where none does.</summary>
    public static async Task<(string VersionId, byte[] Log)?> PendingAsync(DidLog log) =>
        await log.SeeAsync() is { Pending: { } pending } state ? (pending.VersionId, DidLog.Lines(state, pending: true)) : null;

    /// <summary>Takes in what witnesses answered: what is none of theirs, or not of this log, is left out.</summary>
    /// <param name="log">The log.</param>
    /// <param name="utf8">Of the form of did-witness.json.</param>
    /// <returns>How many proofs are good, and whether an entry still waits.</returns>
    /// <exception cref="Refusal">invalidDid: not of the form.</exception>
    public static async Task<(int Good, bool Waits)> TakeAsync(DidLog log, ReadOnlyMemory<byte> utf8)
    {
        var state = await log.SeeAsync();
        var good = WitnessProofs.Read(utf8.Span).Of(state.Log, log.Time.GetUtcNow());
        if (good.Count > 0)
        {
            await log.Database.CommitAsync(
                [.. good.Select(proof => DidEntries.InsertProof(new() { VersionId = proof.VersionId, Witness = proof.Witness, Proof = StrictJson.WriteText(proof.Proof) }))]);
        }

        return (good.Count, (await log.SeeAsync()).Pending is not null);
    }

    /// <summary>The witness's side: verifies each entry of a log as any resolver does, the last among them, and approves of the last.</summary>
    /// <param name="jsonLines">The log with the entry that waits, as <see cref="PendingAsync"/> has it.</param>
    /// <param name="key">The witness's key, Ed25519.</param>
    /// <param name="memory">What this witness approved before: on the disk before the proof is given.</param>
    /// <param name="now">The time.</param>
    /// <returns>The proof, of the form of did-witness.json.</returns>
    /// <exception cref="Refusal">What is wrong with an entry; or <c>not_a_witness</c>: the log doesn't name this key; or <c>did_log_branched</c>: it is not the one that was approved before, gone on.</exception>
    public static async Task<byte[]> AttestAsync(ReadOnlyMemory<byte> jsonLines, SigningKey key, WitnessMemory memory, DateTimeOffset now)
    {
        if (jsonLines.Length > WebVhLog.MaxLength) throw NationRefusal.DidLogUnfit("it is too long");
        var rows = DidContinuing.RowsOf(jsonLines.Span);
        var log = DidLog.LogOf(rows, now);
        var proofs = WitnessProofs.None.With(rows[^1].VersionId, await WitnessProofs.SignAsync(rows[^1].VersionId, key, now));
        if (proofs.Of(log, now).Count != 1) throw NationRefusal.NotAWitness();
        memory.Approve(log.Scid, [.. rows.Select(row => row.VersionId)]);
        return proofs.Write();
    }

    /// <summary>Refuses where nothing may follow the last entry.</summary>
    private static void CheckFollows(DidLog log, DidLog.State state)
    {
        if (state.Held is { } why) throw NationRefusal.DidHeld(why);
        if (state.Pending is { } pending) throw NationRefusal.DidPending(pending.VersionId);
        if (!log.MayFollow(state)) throw NationRefusal.DidHeld("the clock is before the last entry's time");
    }
}
