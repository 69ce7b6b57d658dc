using System.Collections.Concurrent;
using NetworkIdentity.Keys;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Verifying;

/// <summary>The register as it stands, and what trust follows from it: in other nations' issuers, for some types, while they are recognised by this one. Not in whom those recognise.</summary>
/// <remarks>
/// It is read again for every check (<see cref="ReadAsync"/>), so that what has ended counts no more, whichever server ended it; between, it is in memory. The day on which one ends is looked at each
/// time that it is asked. Nobody is called for an issuer that is not recognised for the type that a credential says it is of.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="dids">Where the keys of those who are recognised are.</param>
/// <param name="time">The clock.</param>
public sealed class RecognitionRegister(Database database, DidResolver dids, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, PublishedCertificates> _certificates = new(StringComparer.Ordinal);

    private IReadOnlyList<RegisteredRecognition> _known = [];
    private long _asked;
    private long _read;

    /// <summary>Reads it: all that were decided, oldest first.</summary>
    public async Task<IReadOnlyList<RegisteredRecognition>> ReadAsync()
    {
        // Of two that read at once the one who asked later has seen no less.
        var turn = Interlocked.Increment(ref _asked);
        List<RegisteredRecognition> read = [.. (await Recognitions.AllAsync(database)).Select(RegisteredRecognition.Of).OfType<RegisteredRecognition>()];
        lock (_lock)
        {
            if (turn > _read) (_known, _read) = (read, turn);
        }

        return read;
    }

    /// <summary>Those by which this nation accepts an issuer's credentials now, as they were read last.</summary>
    /// <param name="issuer">Its URL or its DID.</param>
    public IReadOnlyList<RegisteredRecognition> Of(string issuer) =>
        [.. InForce().Where(one => one.Content.Direction == Recognition.ByUs && (one.Content.Issuer == issuer || one.Content.Did == issuer))];

    /// <summary>Those in force of a direction, as they were read last.</summary>
    public IReadOnlyList<RegisteredRecognition> InForce(string direction) => [.. InForce().Where(one => one.Content.Direction == direction)];

    /// <summary>The nation's own signed word of one, as it stands at a time: it can be carried along, and checked later.</summary>
    public static ValueTask<string> StatementAsync(KeyRing keys, RegisteredRecognition one, DateTimeOffset at)
    {
        var content = one.ToJson();
        content["state"] = one.StateAt(at);
        return SignedStatement.SignAsync(keys, RegisteredRecognition.StatementType, content, at);
    }

    /// <summary>The certificates of an issuer that is recognised, and for which types: of those that were fetched for it (<see cref="PrepareAsync"/>); null where it is not recognised now.</summary>
    /// <param name="issuer">Its URL.</param>
    public PublishedCertificates? CertificatesOf(string issuer)
    {
        var recognised = InForce().Where(one => one.Content.Direction == Recognition.ByUs && one.Content.Issuer == issuer).ToList();
        if (recognised is not [var first, ..]) return null;
        var found = _certificates.GetValueOrDefault(first.Content.Did!) ?? PublishedCertificates.None(issuer, "the issuer's certificates were not looked up");
        return found with { Types = recognised.Where(one => one.Content.Did == first.Content.Did).SelectMany(one => one.Content.Types).ToHashSet(StringComparer.Ordinal) };
    }

    /// <summary>Looks up the keys of an issuer where it is recognised for a type; where it is not, nobody is called.</summary>
    /// <param name="issuer">Its URL.</param>
    /// <param name="type">The type's name; null for whatever it is recognised for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task PrepareAsync(string? issuer, string? type, CancellationToken cancellation = default)
    {
        if (issuer is null || Of(issuer) is not [var first, ..] || first.Content.Issuer != issuer || (type is not null && CertificatesOf(issuer)?.Speaks(type) != true)) return;
        var resolved = await dids.ResolveAsync(first.Content.Did!, cancellation: cancellation);
        _certificates[first.Content.Did!] = resolved.Document is { } document
            ? PublishedCertificates.Of(issuer, document)
            : PublishedCertificates.None(issuer, $"the issuer's certificates could not be found: {resolved.Error?.Description ?? "its DID was ended"}");
    }

    private IEnumerable<RegisteredRecognition> InForce()
    {
        var now = time.GetUtcNow();
        lock (_lock) return _known.Where(one => one.IsInForce(now));
    }
}
