namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>What holds after an entry: what it sets, and for the rest what held before it, or the defaults [DID-WebVH §did:webvh DID Method Parameters].</summary>
/// <param name="Scid">The self-certifying identifier.</param>
/// <param name="UpdateKeys">The keys that may sign.</param>
/// <param name="NextKeyHashes">What the next entry's keys must be of; empty without pre-rotation.</param>
/// <param name="Witness">Who must approve.</param>
/// <param name="Watchers">Who watches.</param>
/// <param name="Portable">Whether the DID may move.</param>
/// <param name="Deactivated">Whether it was ended.</param>
/// <param name="Ttl">For how many seconds a result may be kept.</param>
public sealed record ActiveParameters(
    string Scid,
    IReadOnlyList<string> UpdateKeys,
    IReadOnlyList<string> NextKeyHashes,
    WitnessRule Witness,
    IReadOnlyList<string> Watchers,
    bool Portable,
    bool Deactivated,
    long Ttl)
{
    /// <summary>The <see cref="Ttl"/> where none is set: an hour.</summary>
    public const long DefaultTtl = 3600;

    /// <summary>Whether the next entry's keys are committed to.</summary>
    public bool IsPreRotating => NextKeyHashes.Count > 0;

    /// <summary>What stands in <see cref="NextKeyHashes"/> for a key [DID-WebVH §Pre-Rotation Key Hash Generation and Verification].</summary>
    /// <param name="multikey">The key as it will stand in <c>updateKeys</c>.</param>
    public static string HashOf(string multikey) => Multihash.Sha256(System.Text.Encoding.UTF8.GetBytes(multikey));

    /// <summary>What the first entry sets.</summary>
    /// <exception cref="Refusal">invalidParameters: method, scid or updateKeys is missing or empty.</exception>
    internal static ActiveParameters First(LogParameters set)
    {
        if (set.Method is null) throw DidRefusal.InvalidParameters("the first entry has no method");
        if (set.UpdateKeys is not { Count: > 0 }) throw DidRefusal.InvalidParameters("the first entry has no updateKeys");
        if (set.Scid is null || !Multihash.IsSha256(set.Scid)) throw DidRefusal.InvalidParameters("the scid of the first entry is not a SHA-256 multihash");
        return new(
            set.Scid, set.UpdateKeys, set.NextKeyHashes ?? [], set.Witness ?? WitnessRule.None, set.Watchers ?? [], set.Portable ?? false, set.Deactivated ?? false, set.Ttl ?? DefaultTtl);
    }

    /// <summary>What a later entry sets.</summary>
    /// <exception cref="Refusal">invalidParameters: scid again, portable that was not from the start, or what pre-rotation forbids.</exception>
    internal ActiveParameters Then(LogParameters set)
    {
        if (set.Scid is not null) throw DidRefusal.InvalidParameters("scid stands in the first entry only");
        if (set.Portable is true) throw DidRefusal.InvalidParameters("portable is set to true in the first entry only");
        if (IsPreRotating)
        {
            // Nothing is inherited while keys are committed to: who has the old ones could else go on with them.
            if (set.UpdateKeys is not { Count: > 0 }) throw DidRefusal.InvalidParameters("with pre-rotation each entry has updateKeys");
            if (set.NextKeyHashes is null) throw DidRefusal.InvalidParameters("with pre-rotation each entry has nextKeyHashes");
            if (!set.UpdateKeys.All(key => NextKeyHashes.Contains(HashOf(key), StringComparer.Ordinal)))
                throw DidRefusal.InvalidParameters("a key of updateKeys was not committed to in nextKeyHashes");
        }

        return this with
        {
            UpdateKeys = set.UpdateKeys ?? UpdateKeys,
            NextKeyHashes = set.NextKeyHashes ?? NextKeyHashes,
            Witness = set.Witness ?? Witness,
            Watchers = set.Watchers ?? Watchers,
            Portable = set.Portable ?? Portable,
            Deactivated = set.Deactivated ?? Deactivated,
            Ttl = set.Ttl ?? Ttl,
        };
    }
}
