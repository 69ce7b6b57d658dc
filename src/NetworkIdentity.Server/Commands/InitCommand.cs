using System.CommandLine;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid init</c>: founds the nation: its name, its issuer URL, its root and its keys.</summary>
internal static class InitCommand
{
    public static Command Build()
    {
        var name = new Option<string>("--name") { Description = "The nation's name", Required = true };
        var issuer = new Option<string?>("--issuer") { Description = $"The issuer URL; NETID__Issuer, or {Settings.DefaultIssuer}, where not given" };
        var json = Output.JsonOption();
        var command = new Command("init", "Found the nation: its name, its issuer URL, its root and its keys") { name, issuer, json };
        command.SetAction(async (result, _) =>
        {
            var settings = CommandEnvironment.Settings(CommandEnvironment.Builder());
            var url = result.GetValue(issuer) ?? settings.Issuer ?? Settings.DefaultIssuer;
            if (Settings.IssuerFault(url) is { } fault) throw new SettingsException([$"--issuer {fault}"]);
            if (settings.Issuer is not null && settings.Issuer != url)
                throw new SettingsException([$"NETID__Issuer is {settings.Issuer}, but --issuer is {url}: unset one, or make them equal"]);
            var called = result.GetRequiredValue(name).Trim();
            if (DisplayName.Fault(called) is { } nameFault) throw new SettingsException([$"--name {nameFault}"]);

            await using (var database = NationContext.OpenDatabase(settings, TimeProvider.System))
            {
                if (!await Founding.FoundAsync(database, TimeProvider.System, settings.Secret, called, url))
                    throw NationRefusal.AlreadyFounded();
            }

            await using var nation = await NationContext.OpenAsync(settings, TimeProvider.System, founds: false);
            return Output.Print(new JsonObject
            {
                ["name"] = nation.Keys.Nation.Name,
                ["issuer"] = nation.Keys.Nation.Issuer,
                ["did"] = nation.DidLog?.Did,
                ["root_sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(nation.Keys.Roots[^1].RawData)),
            }, result.GetValue(json));
        });
        return command;
    }
}
