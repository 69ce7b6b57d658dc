using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid doctor</c>: is all well, and what should be looked at?</summary>
internal static class DoctorCommand
{
    private const string Well = "well";
    private const string Look = "look";
    private const string Wrong = "wrong";

    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OldBackup = TimeSpan.FromDays(7);
    private static readonly TimeSpan SoonOutOfReach = TimeSpan.FromDays(30);

    /// <summary>A finding.</summary>
    private sealed record Finding(string Check, string State, string Said);

    public static Command Build()
    {
        var json = Output.JsonOption();
        var command = new Command("doctor", "Check the database, the log, the lists, the keys and the backup; 1 where something is wrong") { json };
        command.SetAction((result, _) =>
        {
            var settings = CommandEnvironment.Settings(CommandEnvironment.Builder());
            return CommandEnvironment.WithNationAsync(async nation =>
            {
                var findings = await FindAsync(nation, settings);
                Output.Print([.. findings.Select(finding => new JsonObject { ["check"] = finding.Check, ["state"] = finding.State, ["said"] = finding.Said })], result.GetValue(json));
                return findings.Any(finding => finding.State == Wrong) ? 1 : 0;
            });
        });
        return command;
    }

    /// <summary>What was recorded before this, in Unix seconds, can't be asked for again: its access token has ended.</summary>
    public static long Settled(NationContext nation) => (nation.Time.GetUtcNow() - Offering.AccessTokenLifetime).ToUnixTimeSeconds();

    private static async Task<List<Finding>> FindAsync(NationContext nation, Settings settings)
    {
        var now = nation.Time.GetUtcNow();
        var migrations = await DoctorQueries.MigrationsAsync(nation.Database);
        List<Finding> findings =
        [
            new("database", Well, nation.Database.Engine),
            new("durability", Well, await nation.Database.DurabilityAsync()),
            new("migrations", Well, $"{migrations.Count}, the last is {migrations[^1]}"),
        ];

        // That it fits together was looked at when the nation was opened.
        var waits = await DoctorQueries.WaitingSinceAsync(nation.Database) is { } since && DateTimeOffset.FromUnixTimeSeconds(since) < now - LongWait;
        findings.Add(new("log", waits ? Look : Well, $"{(await nation.Log.HeadAsync())?.Size ?? 0} leaves, {await Journal.CountWaitingAsync(nation.Database)} wait for their place"));

        foreach (var (id, size, taken) in await DoctorQueries.ListsAsync(nation.Database))
            findings.Add(new("list", Well, $"{id}: {taken} of {size} slots are given"));

        foreach (var purpose in KeyPurpose.All)
        {
            foreach (var algorithm in purpose.Algorithms)
            {
                var key = nation.Keys.Keys.LastOrDefault(key => key.Purpose == purpose && key.Algorithm == algorithm && key.NotBefore <= now && now < key.RetireAfter);
                findings.Add(key is null
                    ? new("key", Wrong, $"{purpose.Name} {algorithm}: none is in its time")
                    : new("key", Well, $"{purpose.Name} {algorithm}: signs until {key.RetireAfter:yyyy-MM-dd}"));
            }
        }

        if (nation.DidLog is { } did)
        {
            var status = await did.StatusAsync();
            findings.Add(status switch
            {
                { Held: { } why } => new("did", Wrong, $"{did.Did} is held: {why}: netid did continue"),
                { Pending: { } pending } => new("did", Look, $"{did.Did}: version {pending} waits for its witnesses: netid did pending"),
                _ => new("did", Well, $"{did.Did}: {status.Versions.Count} versions"),
            });
        }

        foreach (var (id, member, recordedAt) in await Undelivered.OlderThanAsync(nation.Database, Settled(nation)))
            findings.Add(new("undelivered", Look, $"{id} of {member}, recorded {Output.Time(recordedAt)}: perhaps no wallet has it. Ask the member, or revoke it"));

        foreach (var (clientId, count, oldest, fault) in await Sessions.UntoldAsync(nation.Database))
            findings.Add(new("logout", Look, $"app {clientId} was not told that {count} of its sessions ended, the first {Output.Time(oldest)}: {fault}"));

        foreach (var (channel, fault, count, waiting, oldest) in await Notices.UnsentAsync(nation.Database))
            findings.Add(new("notices", Look, $"by {channel}, {count} could not be sent, of which {waiting} are tried again; the first was due {Output.Time(oldest)}: {fault}"));

        if (await Charters.InForceAsync(nation.Database) is { } charter) findings.Add(await QuorumAsync(nation, Charter.Parse(charter.Content)));
        var backup = (await Nations.FindAsync(nation.Database))!.BackedUpAt;
        findings.Add(backup is { } at
            ? new("backup", DateTimeOffset.FromUnixTimeSeconds(at) < now - OldBackup ? Look : Well, $"netid backup was last done {Output.Time(at)}")
            : new("backup", Look, "none by netid backup yet"));
        if (settings.DatabaseFile is { } file) findings.Add(Disk(file));
        return findings;
    }

    /// <summary>Mandates and memberships end by their day: where nobody renews them, nobody can decide.</summary>
    private static async Task<Finding> QuorumAsync(NationContext nation, Charter charter)
    {
        foreach (var (day, when) in ((DateTimeOffset, string)[])[(nation.Time.GetUtcNow(), "now"), (nation.Time.GetUtcNow() + SoonOutOfReach, $"in {(int)SoonOutOfReach.TotalDays} days, as mandates and memberships end")])
            if (await Rules.OutOfReachAsync(nation.Database, charter, day) is { Count: > 0 } acts) return new("quorum", Look, $"too few people could decide {when}: {string.Join(", ", acts)}");
        return new("quorum", Well, $"charter {charter.Version}: there are people enough to decide each act");
    }

    /// <summary>The write-ahead log and a backup beside the file need as much again.</summary>
    private static Finding Disk(string file)
    {
        var (size, free) = (new FileInfo(file).Length, new DriveInfo(Path.GetDirectoryName(file)!).AvailableFreeSpace);
        return new("disk", free < 2 * size ? Look : Well, $"the file has {size / 1024 / 1024} MiB, and {free / 1024 / 1024} MiB are free beside it");
    }
}
