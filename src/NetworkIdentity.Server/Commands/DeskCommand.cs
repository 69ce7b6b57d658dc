using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid desk list|show|propose|approve|take-back|withdraw</c>: the desk for a member at a command line, over the network as any program of theirs.</summary>
internal static class DeskCommand
{
    private const int MaxBytes = 256 * 1024;

    public static Command Build() => new("desk", "Decide as a member, at a nation's desk. It signs you in by your browser and your wallet, and needs no nation here")
    {
        List(),
        Show(),
        Propose(),
        Act("approve", "Approve of a decision"),
        Act("take-back", "Take your approval back"),
        Act("withdraw", "Withdraw what you proposed"),
    };

    private static Command List()
    {
        var nation = new NationOptions();
        var command = new Command("list", "List what waits for your decision");
        return nation.AddTo(command, async (client, result) =>
        {
            var (json, _) = await client.CallAsync(HttpMethod.Get, "");
            return Output.Print([.. (json.OptionalArray("decisions") ?? []).OfType<JsonObject>().Select(Line)], nation.IsJson(result));
        });
    }

    private static Command Show()
    {
        var (nation, id) = (new NationOptions(), Id());
        var command = new Command("show", "Show one decision, and what to say with --seen") { id };
        return nation.AddTo(command, async (client, result) => Print(await client.CallAsync(HttpMethod.Get, "/" + Escaped(result.GetRequiredValue(id))), nation.IsJson(result)));
    }

    private static Command Propose()
    {
        var nation = new NationOptions();
        var file = new Argument<string>("FILE") { Description = "A file with JSON: act, and the act's fields, as docs/stewards.md has them" };
        var key = new Option<string?>("--key") { Description = "Sent twice with the same one within a day, it is proposed once; made up where not given" };
        var command = new Command("propose", "Propose something, and so approve of it") { file, key };
        return nation.AddTo(command, async (client, result) =>
        {
            var body = await CommandEnvironment.ReadAsync(result.GetRequiredValue(file), MaxBytes);
            Refusal.Recode("invalid_proposal", () => StrictJson.ParseObject(body));
            return Output.Print(await ProposeAsync(client, body, result.GetValue(key)), nation.IsJson(result));
        });
    }

    /// <summary>Proposes what a body says; the decision.</summary>
    /// <param name="client">The member's program.</param>
    /// <param name="body">JSON: <c>act</c>, and its fields.</param>
    /// <param name="key">Sent twice with the same one, it is proposed once; null for one that is made up.</param>
    internal static async Task<JsonObject> ProposeAsync(DeskClient client, byte[] body, string? key) =>
        (await client.CallAsync(HttpMethod.Post, "", body, ("Idempotency-Key", key ?? RandomId.Secret()))).Json;

    private static Command Act(string verb, string description)
    {
        var (nation, id) = (new NationOptions(), Id());
        var seen = new Option<string>("--seen") { Description = "What show said beside seen: it is done where the decision is still as it was shown", Required = true };
        var command = new Command(verb, description) { id, seen };
        return nation.AddTo(command, async (client, result) => Print(
            await client.CallAsync(HttpMethod.Post, $"/{Escaped(result.GetRequiredValue(id))}/{verb}", null, ("If-Match", $"\"{result.GetRequiredValue(seen)}\"")), nation.IsJson(result)));
    }

    private static Argument<string> Id() => new("ID") { Description = "The decision's id" };

    private static string Escaped(string id) => Uri.EscapeDataString(id);

    private static int Print((JsonObject Json, string? Tag) answer, bool json)
    {
        answer.Json["seen"] = answer.Tag?.Trim('"');
        return Output.Print(answer.Json, json);
    }

    private static JsonObject Line(JsonObject decision)
    {
        var line = new JsonObject();
        foreach (var name in (string[])["id", "act", "member", "member_name", "node", "counted", "needed", "approved", "open_until", "due_at"]) line[name] = decision[name]?.DeepClone();
        return line;
    }
}
