using System.CommandLine;

namespace NetworkIdentity.Server.Commands;

/// <summary>Which nation a command speaks to over HTTP, as which program, and how it prints what it is told.</summary>
internal sealed class NationOptions
{
    private readonly Option<string> _issuer = new("--issuer") { Description = "The nation's URL", Required = true };
    private readonly Option<string> _client = new("--client") { Description = "The client id that the nation's operator registered for this program", Required = true };
    private readonly Option<bool> _json = Output.JsonOption();

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    public Command AddTo(Command command, Func<DeskClient, ParseResult, Task<int>> act)
    {
        command.Add(_issuer);
        command.Add(_client);
        command.Add(_json);
        command.SetAction(async (result, _) =>
        {
            using var client = new DeskClient(result.GetRequiredValue(_issuer), result.GetRequiredValue(_client));
            return await act(client, result);
        });
        return command;
    }
}
