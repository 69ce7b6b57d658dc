using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid client preview</c>: what a policy asks of members, before anyone meets it.</summary>
internal static class ClientPreviewCommand
{
    public static Command Build()
    {
        var id = new Argument<string?>("ID") { Description = "The client id of an app; without one, the policy that the options say", DefaultValueFactory = _ => null };
        var scope = new Option<string?>("--scope") { Description = "The scopes of a request; without them, all that can be asked" };
        var policy = new PolicyOptions("the app");
        var json = Output.JsonOption();
        var command = new Command("preview", "Show what an app asks of members, or a policy would; nothing is kept") { id, scope, json };
        policy.AddTo(command);
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var asking = result.GetValue(id) is { } clientId
                ? (await Partner.FindAsync(nation.Database, clientId) ?? throw NationRefusal.UnknownClient()).Policy
                : await policy.ReadAsync(result);
            asking.Check(nation.Types);
            var choice = Choice.Of(asking, result.GetValue(scope) ?? string.Join(' ', nation.Types.Keys), RequestOptions.None);
            var asked = ProofRequest.Of(asking, choice, nation.Types);
            if (result.GetValue(json))
            {
                return Output.Print(new JsonObject { ["policy"] = asking.ToJson(), ["dcql_query"] = asked.ToDcql().ToJson() }, json: true);
            }

            if (asking.Purpose is not null) Console.Out.WriteLine($"Why: {asking.Purpose}\n");
            return Output.Print(
                [
                    .. asked.Credentials.Select(one => new JsonObject
                    {
                        ["credential"] = one.Type.Name,
                        ["shown"] = Output.Texts(one.Claims),
                        ["optional"] = Output.Texts(one.Optional),
                        ["issuers"] = one.Terms.Issuers is { } issuers ? Output.Texts(issuers) : null,
                        ["max_age_days"] = one.Terms.MaxAgeDays,
                        ["min_days_left"] = one.Terms.MinDaysLeft,
                    }),
                ],
                json: false);
        }));
        return command;
    }
}
