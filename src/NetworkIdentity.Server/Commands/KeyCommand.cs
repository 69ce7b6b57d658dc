using System.CommandLine;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid key list|export-root</c>.</summary>
internal static class KeyCommand
{
    public static Command Build() => new("key", "The nation's keys") { List(), ExportRoot() };

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the keys: what each is for, and when it signs") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(nation => Task.FromResult(Output.Print(
            [
                .. nation.Keys.Keys.Select(key => new JsonObject
                {
                    ["kid"] = key.Kid,
                    ["purpose"] = key.Purpose.Name,
                    ["algorithm"] = key.Algorithm,
                    ["not_before"] = Output.Time(key.NotBefore.ToUnixTimeSeconds()),
                    ["retire_after"] = Output.Time(key.RetireAfter.ToUnixTimeSeconds()),
                }),
            ], result.GetValue(json)))));
        return command;
    }

    private static Command ExportRoot()
    {
        var json = Output.JsonOption();
        var command = new Command("export-root", "Print the nation's root certificates as PEM: what everyone else trusts") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(nation =>
        {
            var pem = string.Join('\n', nation.Keys.Roots.Select(root => root.ExportCertificatePem()));
            if (result.GetValue(json)) Output.Print(new JsonObject { ["pem"] = pem }, json: true);
            else Console.Out.WriteLine(pem);
            return Task.FromResult(0);
        }));
        return command;
    }
}
