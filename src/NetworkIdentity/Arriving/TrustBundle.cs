using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Arriving;

/// <summary>All that a station at a door has to know of the nation to verify without a network, in one statement that the nation signs (decision 0051).</summary>
/// <remarks>It is the same for whoever fetches it, so that fetching it says of nobody that they are at a door. It is kept, and made anew when something in it has changed, or it is <see cref="Renewed"/> old.</remarks>
/// <param name="database">Where the nation is.</param>
/// <param name="keys">Its keys.</param>
/// <param name="did">Its DID; null where it has none.</param>
/// <param name="types">The types of its credentials, by name.</param>
/// <param name="lists">Its status lists.</param>
/// <param name="log">Its public log.</param>
/// <param name="recognised">Whom it recognises; null where nobody asks.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told what an operator should look at.</param>
public sealed class TrustBundle(
    Database database, KeyRing keys, DidLog? did, IReadOnlyDictionary<string, CredentialType> types, StatusListPublisher lists, PublicLog log,
    RecognisedNations? recognised, TimeProvider time, Action<string> alarm) : IDisposable
{
    /// <summary>The <c>typ</c> of the statement.</summary>
    public const string Type = "trust-bundle+jwt";

    /// <summary>Its media type.</summary>
    public const string MediaType = "application/jwt";

    /// <summary>Where a nation serves it.</summary>
    public const string Path = "/station/bundle";

    /// <summary>The most characters of one.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>What its header, its signature, its times and the checkpoint take at most, in characters.</summary>
    private const int Beside = 20_000;

    /// <summary>How old one may be that is served: its checkpoint is as old, and its <c>iat</c>, from which the charter's limit counts.</summary>
    public static readonly TimeSpan Renewed = TimeSpan.FromMinutes(5);

    /// <summary>How long nobody looks whether something in it has changed: lists are published no more often.</summary>
    public static readonly TimeSpan Looked = StatusListPublisher.Interval;

    /// <summary>A list gives its last slots some moments after it was closed.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Made? _made;

    /// <summary>The bundle as it is served.</summary>
    /// <param name="Text">The statement, in its compact form.</param>
    /// <param name="Digest">Its SHA-256 as base64url.</param>
    public sealed record Row(string Text, string Digest);

    /// <summary>What was made last.</summary>
    /// <param name="Of">Digest of what is in it.</param>
    /// <param name="At">When it was signed.</param>
    /// <param name="SeenAt">When it was last looked whether something has changed.</param>
    /// <param name="Row">The bundle; null where it was too large.</param>
    /// <param name="Length">How long it is.</param>
    private sealed record Made(string Of, DateTimeOffset At, DateTimeOffset SeenAt, Row? Row, int Length);

    /// <summary>The bundle as it stands.</summary>
    /// <exception cref="Refusal"><c>bundle_too_large</c>: it is longer than stations take.</exception>
    public async Task<Row> ReadAsync()
    {
        var made = _made;
        if (made is null || !IsWithin(made.SeenAt, Looked)) made = await LookAsync();
        return made.Row ?? throw ArrivalRefusal.BundleTooLarge(made.Length, MaxLength);
    }

    /// <summary>Finds out beside what is in it of other nations. Until that is done it is served without them.</summary>
    public Task RenewAsync() => recognised?.RenewAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        recognised?.Dispose();
    }

    private async Task<Made> LookAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_made is { } kept && IsWithin(kept.SeenAt, Looked)) return kept;
            var now = time.GetUtcNow();
            var (content, limit) = await ContentAsync(now);
            var leftOut = recognised is null ? [] : AddOthers(content, await recognised.ReadAsync());
            var of = Base64Url.Encode(SHA256.HashData(StrictJson.Write(content)));
            if (_made is { } before && before.Of == of && IsWithin(before.At, Renewed)) return _made = before with { SeenAt = now };
            if (leftOut.Count > 0) alarm($"the trust bundle has no room for all of what stations should know of {string.Join(", ", leftOut)}: they ask where they would admit or refuse. docs/operating.md says what to do");
            return _made = await SignAsync(content, limit, of, now);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Made> SignAsync(JsonObject content, TimeSpan limit, string of, DateTimeOffset now)
    {
        var claims = new JsonObject { ["exp"] = (now + limit).ToUnixTimeSeconds() };
        foreach (var (name, value) in content) claims.Add(name, value?.DeepClone());

        // The newest checkpoint alone is no reason to sign another: a log that is busy would have one each second.
        if (await log.HeadAsync() is { } head)
        {
            claims["checkpoint"] = head.Checkpoint;
            claims["log_key"] = NoteKey.Of(log.Origin, keys.Current(KeyPurpose.Log)).ToString();
        }

        var text = await SignedStatement.SignAsync(keys, Type, claims, now);
        if (text.Length <= MaxLength) return new(of, now, now, new(text, Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)))), text.Length);
        alarm($"the trust bundle has {text.Length} characters, and stations take {MaxLength}: it is not served, and they go on with what they have until its time is over. docs/operating.md says what to do");
        return new(of, now, now, null, text.Length);
    }

    /// <summary>What is in it but for its times and the log's checkpoint.</summary>
    private async Task<(JsonObject Content, TimeSpan Limit)> ContentAsync(DateTimeOffset now)
    {
        var charter = await Charters.InForceAsync(database);
        var arrival = charter is null ? Arrival.Usual : Charter.Parse(charter.Content).Arrival;
        IReadOnlyList<CredentialType> all = [.. types.Values, CredentialType.Card];
        var (didLog, proofs) = did is null ? default : (await did.ReadAsync(), await did.ReadProofsAsync());

        // A root that only an entry has which waits for its witnesses is nobody's yet.
        var listed = did is null ? null : PublishedCertificates.Of(keys.Nation.Issuer, did.Document).Roots;
        var roots = listed is null ? keys.Roots : [.. keys.Roots.Where(root => listed.Any(one => one.RawDataMemory.Span.SequenceEqual(root.RawDataMemory.Span)))];
        var own = new BundledIssuer(keys.Nation.Issuer, did?.Did, roots, [.. all.Select(type => type.Vct)], keys.Nation.Name, null);
        var content = new JsonObject
        {
            ["limit_hours"] = (long)arrival.BundleLimit.TotalHours,
            ["when_old"] = arrival.WhenOld,
            ["nation"] = new JsonObject { ["name"] = keys.Nation.Name, ["did"] = did?.Did },
            ["roots"] = BundledIssuer.RootsOf(roots),
            ["issuers"] = new JsonArray(own.ToJson()),
            ["types"] = new JsonObject(all.Select(type => KeyValuePair.Create(type.Vct, (JsonNode?)new JsonObject
            {
                ["name"] = type.Name,
                ["metadata"] = StrictJson.ParseObject(type.MetadataFile),
                ["schema"] = StrictJson.ParseObject(type.SchemaFile),
            }))),
            ["nodes"] = new JsonArray([.. (await Node.AllAsync(database)).Select(node => OfNode(node, arrival.DoorOf(node.Name)))]),
            ["lists"] = new JsonArray([.. (await lists.GivingSinceAsync(now - all.Max(type => type.Rules.Validity) - Margin)).Select(list => new JsonObject { ["uri"] = list.Uri, ["token"] = list.Token })]),
            ["charter"] = charter is null ? null : new JsonObject { ["version"] = charter.Version, ["digest"] = charter.Digest },
        };
        if (didLog is not null) content["did_log"] = Encoding.UTF8.GetString(didLog);
        if (proofs is not null) content["did_witness"] = StrictJson.Parse(proofs);
        return (content, arrival.BundleLimit);
    }

    /// <summary>Puts in what is known of others. It has the room that this nation leaves, each an equal share of that: none of them can keep the bundle, or another, from a station; nor can one take the place of another's list.</summary>
    /// <returns>The issuers of whom not all fits.</returns>
    private static List<string> AddOthers(JsonObject content, IReadOnlyList<BundledIssuer> others)
    {
        var (issuers, lists, leftOut) = (content["issuers"]!.AsArray(), content["lists"]!.AsArray(), new List<string>());
        string[] known = [.. issuers.Select(one => (string)one!["issuer"]!), .. others.Select(other => other.Issuer)];
        var taken = lists.Select(list => (string)list!["uri"]!).ToHashSet(StringComparer.Ordinal);
        var (room, left) = (((MaxLength - Beside) / 4 * 3) - StrictJson.Write(content).Length, others.Count);
        foreach (var other in others.OrderBy(other => other.Lists.Sum(list => list.Token.Length)).ThenBy(other => other.Issuer, StringComparer.Ordinal))
        {
            var share = room / left--;
            var isWhole = Fits(issuers, other.ToJson());
            if (isWhole)
                foreach (var (uri, token) in other.Lists.Where(list => IsOf(other.Issuer, list.Uri) && taken.Add(list.Uri))) isWhole &= Fits(lists, new() { ["uri"] = uri, ["token"] = token });
            if (!isWhole) leftOut.Add(other.Issuer);

            bool Fits(JsonArray array, JsonObject one)
            {
                if (StrictJson.Write(one).Length + 1 is var length && length > share) return false;
                (share, room) = (share - length, room - length);
                array.Add(one);
                return true;
            }
        }

        return leftOut;

        // Of two at one host, one below the other, a list is the nearer one's.
        bool IsOf(string issuer, string uri) => !known.Any(one => one.Length > issuer.Length && uri.StartsWith(new Nation("", one).Url("/"), StringComparison.Ordinal));
    }

    private static JsonObject OfNode(Node node, DoorPolicy door) => new()
    {
        ["name"] = node.Name,
        ["region"] = node.Region,
        ["policy"] = new JsonObject { ["asks"] = door.Asks, ["other_nodes"] = door.OtherNodes },
    };

    /// <summary>Whether a time is so close behind. A clock that was put back makes nothing last longer.</summary>
    private bool IsWithin(DateTimeOffset at, TimeSpan span) => time.GetUtcNow() - at is var age && age >= TimeSpan.Zero && age < span;
}
