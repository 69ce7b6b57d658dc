using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>A log whose entries were verified, all of them and each time [DID-WebVH §Read (Resolve)]; what its witnesses say is not looked at yet.</summary>
/// <remarks>
/// What is refused is refused from there on: the entries before it stand, and can be asked for by their names. <see cref="Approved"/> is the one way from here to an
/// answer, so that no caller can forget the witnesses.
/// </remarks>
public sealed class WebVhLog
{
    /// <summary>The longest log, in bytes.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>How far ahead of this clock an entry's may be: as far as elsewhere in this project [DID-WebVH §Read (Resolve)].</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <summary>What stands in a first entry for the SCID, before there is one.</summary>
    public const string Placeholder = "{SCID}";

    private readonly ImmutableList<WebVhVersion> _versions;

    private readonly Refusal? _failure;

    private WebVhLog(ImmutableList<WebVhVersion> versions, Refusal? failure)
    {
        _versions = versions;
        _failure = failure;
    }

    /// <summary>Whether the witnesses' proofs are to be fetched, from <see cref="WebVhDid.WitnessUrl"/>.</summary>
    public bool NeedsWitnessProofs => _versions.Any(version => version.MustApprove.IsActive);

    /// <summary>The SCID of the DID, which is the same wherever it moves.</summary>
    public string Scid => _versions[0].Active.Scid;

    /// <summary>The versions that were verified.</summary>
    internal IReadOnlyList<WebVhVersion> Versions => _versions;

    /// <summary>The last version that was verified; of a log that is being written, the one that the next entry follows.</summary>
    internal WebVhVersion Last => _versions[^1];

    /// <summary>Reads and verifies a log.</summary>
    /// <param name="jsonLines">The log, one entry a line.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Refusal">invalidDid, invalidParameters or invalidProof: too long, or what is wrong with its first entry. What is wrong with a later one is told by what is asked.</exception>
    public static WebVhLog Read(ReadOnlySpan<byte> jsonLines, DateTimeOffset now)
    {
        if (jsonLines.Length > MaxLength) throw DidRefusal.InvalidDid("the log is too long");
        var versions = ImmutableList.CreateBuilder<WebVhVersion>();
        try
        {
            var rest = jsonLines;
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)'\n');
                versions.Add(Verify(versions.Count == 0 ? null : versions[^1], LogEntry.Parse(end < 0 ? rest : rest[..end]), now));
                rest = end < 0 ? [] : rest[(end + 1)..];
            }
        }
        catch (Refusal refusal) when (versions.Count > 0)
        {
            return new(versions.ToImmutable(), refusal);
        }

        return versions.Count > 0 ? new(versions.ToImmutable(), null) : throw DidRefusal.InvalidDid("the log is empty");
    }

    /// <summary>The log with an entry behind it that was verified as any other: what a witness does before approving, and a writer before publishing.</summary>
    /// <param name="line">The entry.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Refusal">As <see cref="Read"/> does, of this entry; or the log has a broken entry already.</exception>
    public WebVhLog With(ReadOnlySpan<byte> line, DateTimeOffset now) =>
        _failure is null ? new(_versions.Add(Verify(Last, LogEntry.Parse(line), now)), null) : throw _failure;

    /// <summary>A log of one entry, verified.</summary>
    internal static WebVhLog Of(ReadOnlySpan<byte> line, DateTimeOffset now) => new([Verify(null, LogEntry.Parse(line), now)], null);

    /// <summary>What is known of the DID, after the witnesses were heard [DID-WebVH §Verifying Witness Proofs During Resolution].</summary>
    /// <param name="witnessProofs">What was fetched from <see cref="WebVhDid.WitnessUrl"/>; null where nothing was, which is right where <see cref="NeedsWitnessProofs"/> says no.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Refusal">invalidDid: the file is not one, or already the first entry was not approved by enough of its witnesses.</exception>
    public WebVhHistory Approved(byte[]? witnessProofs, DateTimeOffset now)
    {
        if (!NeedsWitnessProofs) return new(_versions, _failure);
        var proofs = witnessProofs is null ? WitnessProofs.None : WitnessProofs.Read(witnessProofs);
        var approved = proofs.Approve(_versions, now);
        if (approved == _versions.Count) return new(_versions, _failure);
        var missing = DidRefusal.InvalidDid("an entry was not approved by enough of its witnesses");
        return approved > 0 ? new(_versions.GetRange(0, approved), missing) : throw missing;
    }

    /// <summary>The hash of an entry [DID-WebVH §Entry Hash Generation and Verification].</summary>
    internal static string HashOf(JsonObject preliminary) => Multihash.Sha256(Jcs.Canonicalize(preliminary));

    private static WebVhVersion Verify(WebVhVersion? before, LogEntry entry, DateTimeOffset now)
    {
        // The order is not the specification's: what is cheap comes first, and the signature last. All of it is done for every entry.
        if (before is { Active.Deactivated: true }) throw DidRefusal.InvalidDid("an entry follows the one that ended the DID");

        // Step 1 and 7: the parameters, pre-rotation among them.
        var active = before is null ? ActiveParameters.First(entry.Parameters) : before.Active.Then(entry.Parameters);

        // Step 3.1: the number; 3.2 and 3.3: its form, when the entry was read.
        if (entry.Number != (before?.Number ?? 0) + 1) throw DidRefusal.InvalidDid("the versions are not numbered one by one");

        // Step 4: the time.
        if (before is not null && entry.Time <= before.Time) throw DidRefusal.InvalidDid("versionTime is not later than that of the entry before");
        if (entry.Time > now + Tolerance) throw DidRefusal.InvalidDid("versionTime is in the future");

        // Step 6: the document is this DID's, and it moves only if it may.
        var did = Refusal.Recode(DidRefusal.InvalidDidCode, () => WebVhDid.Parse(entry.State.RequiredString("id")));
        if (did.Scid != active.Scid) throw DidRefusal.InvalidDid("the SCID of the document's id is not that of the log");
        if (before is not null && did != before.Did) CheckMove(before, entry.State);

        // Step 5: the SCID is the hash of the first entry, with the placeholder wherever it stands.
        if (before is null && ScidOf(entry) != active.Scid) throw DidRefusal.InvalidDid("the SCID is not the hash of the first entry");

        // Step 3.3: the hash, over the entry and the one before.
        if (HashOf(entry.Preliminary(before?.VersionId ?? active.Scid)) != entry.Hash) throw DidRefusal.InvalidDid("the hash of an entry is not its own");

        // Step 2: every proof is by a key that may sign this entry: with pre-rotation the entry's own, which were committed to, and without it the ones before.
        var keys = before is null || before.Active.IsPreRotating ? active.UpdateKeys : before.Active.UpdateKeys;
        LogProof.Verify(entry.Json, keys, now);

        // A first list of witnesses holds at once; a new one, or none any more, is approved by the old [DID-WebVH §Witness Lists].
        return new(entry.VersionId, entry.Number, entry.Time, did, entry.State, active, before is { Active.Witness.IsActive: true } ? before.Active.Witness : active.Witness);
    }

    private static string ScidOf(LogEntry entry)
    {
        var text = System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(entry.Preliminary(Placeholder)));
        return Refusal.Recode(DidRefusal.InvalidDidCode, () => HashOf(StrictJson.ParseObject(text.Replace(entry.Parameters.Scid!, Placeholder, StringComparison.Ordinal))));
    }

    private static void CheckMove(WebVhVersion before, JsonObject state)
    {
        if (!before.Active.Portable) throw DidRefusal.InvalidDid("the DID moved and is not portable");
        var names = Refusal.Recode(DidRefusal.InvalidDidCode, () => state.OptionalStrings("alsoKnownAs"));
        if (names?.Contains(before.Did.ToString(), StringComparer.Ordinal) != true) throw DidRefusal.InvalidDid("the DID moved without its name before in alsoKnownAs");
    }
}
