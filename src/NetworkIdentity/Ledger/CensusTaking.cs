using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Ledger;

/// <summary>Takes the censuses of a nation: each when it is due, and none before, since whoever could ask for one would compare it with the last.</summary>
public sealed class CensusTaking(Database database, KeyRing keys, PublicLog log, IReadOnlyDictionary<string, CredentialType> types, TimeProvider time)
{
    /// <summary>The act, as the public log has it: subject is the number, detail the digest of the statement.</summary>
    public const string Act = "take-census";

    /// <summary>The format of the file for an auditor.</summary>
    public const string OpeningsFormat = "network-identity-census-openings:1";

    private const string Actor = "server";

    /// <summary>No partner's sector is named so: the salt of an older leaf tells no partner's subject.</summary>
    private const string SaltSector = "urn:network-identity:census";

    private const int Batch = 2000;

    /// <summary>The newest census; null before the first.</summary>
    public Task<Censuses.Row?> NewestAsync() => Censuses.NewestAsync(database);

    /// <summary>When the next one is due.</summary>
    public async Task<DateTimeOffset> DueAsync() => DateTimeOffset.FromUnixTimeSeconds((await Censuses.LastAsync(database)).Last) + (await TermsAsync()).Interval;

    /// <summary>Takes one where it is due. Any server may; one of them does.</summary>
    public async Task TakeDueAsync()
    {
        if (await DueAsync() > time.GetUtcNow()) return;
        try
        {
            await TakeAsync();
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.CensusNotDueCode)
        {
            // Another server was first.
        }
    }

    /// <summary>Takes the census that is due.</summary>
    /// <exception cref="Refusal"><c>census_not_due</c>.</exception>
    public async Task<Censuses.Row> TakeAsync()
    {
        // 1. It is due. What is read from here on may be taken by another server meanwhile: then the number is, too.
        var now = time.GetUtcNow();
        var (leaves, last) = await Censuses.LastAsync(database);
        var (k, interval, charter) = await TermsAsync();
        var due = DateTimeOffset.FromUnixTimeSeconds(last) + interval;
        if (due > now || await log.HeadAsync() is not { } head) throw NationRefusal.CensusNotDue(due);

        // 2. What was counted before in this log, and what is counted now.
        var before = await Censuses.AllAsync(database);
        var all = before.Select(row => CensusStatement.Read(row.Statement)).ToList();
        var series = all.Where(one => one.Origin == log.Origin).Select(one => one.Taken).ToList();
        var nodes = (await Node.AllAsync(database)).OrderBy(node => node.Id, StringComparer.Ordinal).ToList();
        var counted = types.Keys.Append(CredentialType.Card.Name).Where(type => type != CredentialType.Exit).Order(StringComparer.Ordinal).ToList();

        // k only grows: whatever a charter says, and in a log that began anew, a number speaks of no fewer people than the last one did.
        var taken = new Census.Taken(head.Size, now.ToUnixTimeSeconds(), all.Select(one => one.Taken.K).Append(k).Max(), counted, [.. nodes.Select(node => node.Id)]);
        var (opened, unopened, uncommitted) = await LeavesAsync(head.Size);
        var statement = new CensusStatement
        {
            Number = leaves + 1,
            Taken = taken,
            EveryDays = (int)interval.TotalDays,
            Charter = charter,
            Checkpoint = head.Checkpoint,
            Root = Convert.ToBase64String(head.Root),
            Nodes = nodes.ToDictionary(node => node.Id, node => node.Name),
            Cells = Census.Count(opened, [.. series, taken])[^1],
            Acts = await Censuses.ActsAsync(database, head.Size),
            Unopened = unopened,
            Uncommitted = uncommitted,
            Before = before is [.., var newest] ? newest.Digest : null,
        };

        // 3. It is signed, and kept with its leaf.
        var jwt = await SignedStatement.SignAsync(keys, CensusStatement.Type, statement.ToJson(), now);
        var row = new Censuses.Row { Number = statement.Number, TakenAt = taken.At, Size = head.Size, Statement = jwt, Digest = DigestOf(jwt) };
        var broken = await database.CommitAsync(Censuses.Insert(row), Journal.Write(Act, $"{row.Number}", Actor, charter, taken.At, row.Digest));
        return broken is null ? row : throw NationRefusal.CensusNotDue(await DueAsync());
    }

    /// <summary>
    /// Writes what an auditor needs to count the newest census again: first a line with every census, then one for each leaf that they rest on, with its record, its salt and what is counted.
    /// </summary>
    /// <param name="to">Where it goes.</param>
    /// <returns>How many leaves it opens.</returns>
    /// <exception cref="Refusal"><c>no_census</c>: none was taken yet.</exception>
    public async Task<long> WriteOpeningsAsync(Stream to)
    {
        var all = await Censuses.AllAsync(database);
        if (all is not [.., var newest]) throw NationRefusal.NoCensus();
        await LineAsync(new() { ["format"] = OpeningsFormat, ["origin"] = log.Origin, ["size"] = newest.Size, ["censuses"] = new JsonArray([.. all.Select(row => (JsonNode)row.Statement)]) });
        var (older, lines) = (await OlderAsync(), 0L);
        for (var from = 0L; from < newest.Size; from += Batch)
        {
            foreach (var row in await Censuses.LeavesAsync(database, from, Math.Min(from + Batch, newest.Size)))
            {
                if (row.Entry is not null) continue;
                var line = new JsonObject { ["index"] = row.Seq, ["record"] = Encoding.UTF8.GetString(LeafRecord.Of(row)), ["salt"] = Base64Url.Encode(row.Salt ?? []) };
                if ((row.Counts ?? older.GetValueOrDefault(row.Subject)?.Text) is { } counts && row.Act == "issue") line["counts"] = counts;
                await LineAsync(line);
                lines++;
            }
        }

        return lines;

        async Task LineAsync(JsonObject line)
        {
            await to.WriteAsync(StrictJson.Write(line));
            to.WriteByte((byte)'\n');
        }
    }

    /// <summary>What the leaf of a census says of its statement.</summary>
    public static string DigestOf(string jwt) => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(jwt)));

    private async Task<(IReadOnlyList<CensusLeaf> Opened, long Unopened, long Uncommitted)> LeavesAsync(long size)
    {
        var (older, opened, unopened, uncommitted) = (await OlderAsync(), new List<CensusLeaf>(), 0L, 0L);
        for (var from = 0L; from < size; from += Batch)
        {
            foreach (var row in await Censuses.LeavesAsync(database, from, Math.Min(from + Batch, size)))
            {
                if (row.Entry is not null)
                {
                    unopened++;
                    continue;
                }

                if (row.Act == "issue" && row.Counts is null) uncommitted++;
                opened.Add(new(row.Seq!.Value, row.Act, row.Subject, row.Counts is { } counts ? Counted.Parse(counts) : older.GetValueOrDefault(row.Subject)));
            }
        }

        return (opened, unopened, uncommitted);
    }

    private async Task<Dictionary<string, Counted>> OlderAsync() =>
        (await Censuses.OlderAsync(database)).ToDictionary(row => row.CredentialId, row => Counted.OfOlder(Subject.For(keys, row.CredentialId, SaltSector), row.MemberId, row.Type, row.ExpiresAt), StringComparer.Ordinal);

    private async Task<(int K, TimeSpan Interval, string? Charter)> TermsAsync() => await Charters.InForceAsync(database) is { } row && Charter.Parse(row.Content).Terms is var terms
        ? (terms.CensusK, terms.CensusInterval, row.Version)
        : (Census.LeastK, Census.Interval, null);
}
