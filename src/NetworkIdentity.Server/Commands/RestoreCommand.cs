using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid restore FILE</c>: puts a backup into the configured database, which must be empty, and makes safe what an older day would resurrect.</summary>
internal static class RestoreCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "What netid backup wrote; it is left as it is" };
        var log = new Option<string?>("--log") { Description = "A copy of the public log up to its end, kept by netid audit watch: the log goes on there. It begins anew where not given" };
        var verify = new Option<bool>("--verify") { Description = "Audit what was restored" };
        var json = Output.JsonOption();
        var command = new Command("restore", "Restore a backup into an empty database") { file, log, verify, json };
        command.SetAction(async (result, _) =>
        {
            var settings = CommandEnvironment.Settings(CommandEnvironment.Builder()) with { IsDevelopment = false };
            var memory = new LogMemory(settings.LogHeadFile);
            var work = Path.Combine(settings.DataFolder, "restoring");
            Restoring.Report report;
            await using (var target = NationContext.OpenDatabase(settings, TimeProvider.System))
            {
                await Copying.CheckEmptyAsync(target);
                try
                {
                    await using var backup = OpenCopy(result.GetRequiredValue(file), work);
                    report = await Restoring.RunAsync(backup, target, TimeProvider.System, settings.Secret, result.GetValue(log), memory, CopyOutput.Progress());
                }
                catch (CryptographicException)
                {
                    throw new SettingsException(["NETID__Keys__Secret is not the secret this backup's keys are sealed under"]);
                }
                finally
                {
                    if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
                }

                Output.EndProgress();
            }

            await using var nation = await NationContext.OpenAsync(settings, TimeProvider.System, founds: false);
            await nation.Log.SequenceAsync();
            var faults = result.GetValue(verify) ? (await LogAudit.RunAsync(nation.Database, nation.Log)).Faults : [];
            CopyOutput.Print(
                new JsonObject
                {
                    ["log"] = report.Origin,
                    ["log_is_new"] = report.LogIsNew,
                    ["lists_closed"] = report.Closed.Lists,
                    ["offers_void"] = report.Closed.Offers,
                    ["codes_and_tokens_void"] = report.Closed.Grants,
                    ["sign_ins_void"] = report.Closed.SignIns,
                    ["lost_acts"] = new JsonArray([.. report.LostActs.Select(lost => (JsonNode)$"{lost.Key}: {lost.Value}")]),
                    ["revocations_recovered"] = report.Revocations,
                    ["suspensions_recovered"] = report.Suspensions,
                    ["faults"] = result.GetValue(verify) ? new JsonArray([.. faults.Select(fault => (JsonNode)fault)]) : null,
                },
                report.Tables,
                result.GetValue(json));
            return faults.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>A copy to work on: a backup is brought up to date and altered before it is put in.</summary>
    private static Database OpenCopy(string file, string work)
    {
        if (!File.Exists(file)) throw NationRefusal.NotABackup("there is no such file");
        if (File.Exists(file + "-wal") && new FileInfo(file + "-wal").Length > 0) throw NationRefusal.NotABackup("it is a database in use, with a write-ahead log beside it");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        CreatePrivateFolder(work);
        var copy = Path.Combine(work, "netid.db");
        File.Copy(file, copy);
        try
        {
            return Database.OpenFile(copy, TimeProvider.System);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException)
        {
            throw NationRefusal.NotABackup(exception.Message);
        }
    }

    private static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
