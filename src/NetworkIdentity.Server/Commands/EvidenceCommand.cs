using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid evidence</c>: keeps of a credential what its nation publishes, so that it can be checked when the nation is gone. It needs no account, and with <c>--issuer</c> no database.</summary>
internal static class EvidenceCommand
{
    private const int Incomplete = 3;
    private const int MaxFile = 4 * 1024 * 1024;
    private const string DraftEnding = ".draft";

    public static Command Build()
    {
        var file = new Argument<string>("CREDENTIAL") { Description = "A credential, in any format; - for what comes in" };
        var issuer = new Option<string?>("--issuer") { Description = "The issuer: its URL, or better its DID. Where not given, the nation of this server's database" };
        var notification = new Option<string?>("--notification-id") { Description = "The notification_id that came with the credential: its holder's wallet has it. The nation of this server's database knows it by itself" };
        var receipt = new Option<string?>("--receipt") { Description = "The receipt of its issue as a file, in place of --notification-id" };
        var on = MomentOption.Build("--on", "The time that the status lists are to speak of, where the nation keeps those of the past");
        var to = new Option<string>("--out") { Description = "The file to write", DefaultValueFactory = _ => "evidence.json" };
        var local = new Option<bool>("--local") { Description = "Allow an issuer on this machine, by http" };
        var json = Output.JsonOption();
        var command = new Command("evidence", "Keep what proves a credential when its nation is gone; 0 written, 3 incomplete") { file, issuer, notification, receipt, on, to, local, json };
        command.SetAction(async (result, _) =>
        {
            var text = await VerifyCommand.TextAsync(result.GetRequiredValue(file));
            var id = result.GetValue(notification);
            var given = new Given(_ => Task.FromResult(id), result.GetValue(receipt) is { } path ? Encoding.UTF8.GetString(await CommandEnvironment.ReadAsync(path, MaxFile)) : null, result.GetValue(on), result.GetRequiredValue(to), result.GetValue(json));
            if (result.GetValue(issuer) is { } named) return await MakeAsync(TrustedIssuer.Of(named, result.GetValue(local)) ?? throw new SettingsException(["--issuer must be the issuer's URL or its DID"]), text, given, result.GetValue(local));
            try
            {
                return await CommandEnvironment.WithNationAsync(nation => MakeAsync(
                    TrustedIssuer.Of(nation.Keys.Nation.Issuer, local: true)!,
                    text,
                    id is null ? given with { NotificationOf = async digest => (await Credentials.FindByDigestAsync(nation.Database, digest))?.NotificationId } : given,
                    nation.Keys.Nation.IsOnThisMachineAlone));
            }
            catch (SettingsException none)
            {
                throw new SettingsException([.. none.Faults, "Without a nation's database, say whose it is: --issuer"]);
            }
        });
        return command;
    }

    private sealed record Given(Func<string, Task<string?>> NotificationOf, string? Receipt, DateTimeOffset? On, string To, bool Json);

    /// <summary>
    /// Writes it anew, its owner's alone from the first byte on: the whole credential is in it. What lay there stays until all of it is on the disk, since it may be of a day that nobody can prove any more.
    /// What one left behind that was killed before it could move it is deleted; nobody writes to it any more.
    /// </summary>
    private static async Task KeepAsync(string path, byte[] evidence)
    {
        path = Path.GetFullPath(path);
        foreach (var left in Directory.GetFiles(Path.GetDirectoryName(path)!).Where(file => IsDraftOf(path, file) && IsLeft(file))) File.Delete(left);
        var draft = $"{path}.{RandomId.New()}{DraftEnding}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            // Open until it is moved: that it is open tells another who writes the same file now that it is not left behind.
            await using var stream = new FileStream(draft, options);
            await stream.WriteAsync(evidence);
            stream.Flush(flushToDisk: true);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static bool IsDraftOf(string path, string file) =>
        file.StartsWith($"{path}.", StringComparison.Ordinal) && file.EndsWith(DraftEnding, StringComparison.Ordinal)
        && file.Length > path.Length + DraftEnding.Length && RandomId.IsOne(file[(path.Length + 1)..^DraftEnding.Length]);

    /// <summary>Whether nobody has it open: the system lets go of what a process had that was killed.</summary>
    private static bool IsLeft(string file)
    {
        try
        {
            using var alone = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<int> MakeAsync(TrustedIssuer trusted, string text, Given given, bool local)
    {
        using var fetcher = new Fetcher(new Fetcher.Options { Loopback = local }, TimeProvider.System);
        var made = await new EvidenceCollector(fetcher, trusted, local, TimeProvider.System, Output.Progress).MakeAsync(text, given.NotificationOf, given.Receipt, given.On);
        Output.EndProgress();

        // Whom one trusts has served the DID: it is the one that the file is held to here, and that whoever reads it later must name.
        var did = made.Evidence?["did"]?.GetValue<string>();
        var report = made.Evidence is null ? null : await EvidenceVerifier.VerifyAsync(made.Evidence, did, given.On ?? TimeProvider.System.GetUtcNow(), TimeProvider.System);

        // What is not the issuer's word now is not written: it never will be. What has ended, or was revoked, is: it was true before.
        var isKept = report is not null && (report.Verdict.Outcome != Outcome.Refused || report.Verdict.Step is VerificationStep.Validity or VerificationStep.Status);
        if (isKept) await KeepAsync(given.To, StrictJson.Write(made.Evidence!));
        var missing = made.Missing.Concat(isKept || report is null ? [] : [$"a credential that holds: {report.Verdict.Detail}"]).ToList();
        Output.Print(
            new JsonObject
            {
                ["written"] = isKept ? given.To : null,
                ["did"] = did,
                ["verdict"] = report?.Verdict.Outcome.ToString().ToLowerInvariant(),
                ["reason"] = report?.Verdict.Reason,
                ["lists"] = report?.Facts.FirstOrDefault(fact => fact.Name == "lists")?.Words,
                ["missing"] = Output.Texts(missing),
                ["notes"] = Output.Texts(made.Notes),
            },
            given.Json);
        return isKept ? 0 : Incomplete;
    }
}
