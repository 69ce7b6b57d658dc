using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid backup FILE</c>: a copy of a running nation, whole or not there.</summary>
internal static class BackupCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "The SQLite file to write; it must not exist yet" };
        var json = Output.JsonOption();
        var command = new Command("backup", "Back up the database to a SQLite file, beside a running server") { file, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            if (File.Exists(path)) throw NationRefusal.FileExists();

            // Written under another name: a file of the name that was asked for is whole.
            var draft = path + ".draft";
            Delete(draft);
            var made = nation.Time.GetUtcNow().ToUnixTimeSeconds();
            IReadOnlyList<Copying.Copied> tables;
            await using (var target = Database.OpenFile(draft, nation.Time))
            {
                tables = await Copying.RunAsync(nation.Database, target, CopyOutput.Progress());
                await target.CommitAsync(Nations.BackUp(made));
            }

            Output.EndProgress();
            File.Move(draft, path, overwrite: false);
            await nation.Database.CommitAsync(Nations.BackUp(made));
            return CopyOutput.Print(new JsonObject { ["file"] = path, ["made_at"] = Output.Time(made) }, tables, result.GetValue(json));
        }));
        return command;
    }

    private static void Delete(string file)
    {
        foreach (var ending in new[] { "", "-wal", "-shm" }) File.Delete(file + ending);
    }
}
