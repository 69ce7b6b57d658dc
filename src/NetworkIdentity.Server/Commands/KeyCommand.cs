using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid key list|rotate|export-root</c>.</summary>
internal static class KeyCommand
{
    public static Command Build() => new("key", "The nation's keys") { List(), Rotate(), ExportRoot() };

    private static Command List()
    {
        var json = Output.JsonOption();
        var command = new Command("list", "List the keys: what each is for, and when it signs") { json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(nation => Task.FromResult(Output.Print(
            [
                .. nation.Keys.Keys.Select(Shown),
            ], result.GetValue(json)))));
        return command;
    }

    private static Command Rotate()
    {
        var purpose = new Argument<string>("PURPOSE") { Description = $"What the keys are for: {string.Join(", ", KeyRotation.Purposes.Select(purpose => purpose.Name))}" };
        var atOnce = new Option<bool>("--at-once") { Description = "Their successors sign within a minute: somebody may have them who should not. Else in a week, when everybody knows them" };
        var json = Output.JsonOption();
        var command = new Command("rotate", "Replace keys before the clock does, while the founding phase lasts; after it, members decide that at the desk") { purpose, atOnce, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var made = await new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(KeyRotation.Purpose(result.GetRequiredValue(purpose)), result.GetValue(atOnce));
            return Output.Print([.. made.Select(Shown)], result.GetValue(json));
        }));
        return command;
    }

    private static JsonObject Shown(HeldKey key) => new()
    {
        ["kid"] = key.Kid,
        ["purpose"] = key.Purpose.Name,
        ["algorithm"] = key.Algorithm,
        ["not_before"] = Output.Time(key.NotBefore.ToUnixTimeSeconds()),
        ["retire_after"] = Output.Time(key.RetireAfter.ToUnixTimeSeconds()),
    };

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
