using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid migrate --to CONNECTION</c>: from SQLite to PostgreSQL, or back.</summary>
internal static class MigrateCommand
{
    public static Command Build()
    {
        var to = new Option<string>("--to") { Description = "The connection string of an empty database: Host=... or Data Source=FILE", Required = true };
        var json = Output.JsonOption();
        var command = new Command("migrate", "Copy the nation into another database; stop its servers first") { to, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            await using var target = Open(result.GetRequiredValue(to), nation.Time);
            var tables = await Copying.RunAsync(nation.Database, target, CopyOutput.Progress());
            Output.EndProgress();
            return CopyOutput.Print(new JsonObject { ["from"] = nation.Database.Engine, ["to"] = target.Engine }, tables, result.GetValue(json));
        }));
        return command;
    }

    private static Database Open(string connectionString, TimeProvider time)
    {
        try
        {
            return Database.Open(connectionString, time);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new SettingsException([$"--to: {exception.Message}"]);
        }
    }
}
