using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid credential list|show|revoke</c>: the records of what was issued.</summary>
internal static class CredentialCommand
{
    public static Command Build() => new("credential", "The records of what was issued") { List(), Show(), Revoke() };

    private static Command List()
    {
        var member = new Option<string?>("--member") { Description = "Only those of a member" };
        var json = Output.JsonOption();
        var command = new Command("list", "List credentials, oldest first") { member, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
            Output.Print([.. (await Credentials.ListAsync(nation.Database, result.GetValue(member))).Select(row => Brief(row, nation))], result.GetValue(json))));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The credential's id" };
        var json = Output.JsonOption();
        var command = new Command("show", "Show one credential's record") { id, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var row = await Credentials.FindAsync(nation.Database, result.GetRequiredValue(id))
                ?? throw NationRefusal.UnknownCredential();
            return Output.Print(await FullAsync(row, nation), result.GetValue(json));
        }));
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The credential's id" };
        var reason = new Option<string>("--reason") { Description = "Why, in words that the member may read", Required = true };
        var json = Output.JsonOption();
        var command = new Command("revoke", "Revoke a credential and its copies in the same wallet; nothing takes this back") { id, reason, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var rows = await nation.Revoker.RevokeAsync(result.GetRequiredValue(id), result.GetRequiredValue(reason));
            var record = await FullAsync(rows[0], nation);
            record["revoked_copies"] = new JsonArray([.. rows.Skip(1).Select(copy => (JsonNode)copy.Id)]);
            return Output.Print(record, result.GetValue(json));
        }));
        return command;
    }

    private static JsonObject Brief(Credentials.Row row, NationContext nation) => new()
    {
        ["id"] = row.Id,
        ["member_id"] = row.MemberId,
        ["type"] = row.Type,
        ["state"] = State(row, nation),
        ["recorded_at"] = Output.Time(row.RecordedAt),
        ["issued_at"] = Output.Time(row.IssuedAt),
        ["expires_at"] = Output.Time(row.ExpiresAt),
    };

    private static async Task<JsonObject> FullAsync(Credentials.Row row, NationContext nation)
    {
        var record = Brief(row, nation);
        record["format"] = row.Format;
        record["status_uri"] = nation.Keys.Nation.Url($"/status/{row.ListId}");
        record["status_idx"] = row.Idx;
        record["kid"] = row.Kid;
        record["holder_thumbprint"] = row.HolderThumbprint;
        record["to_be_signed_sha256"] = row.ToBeSignedDigest;
        record["notification"] = row.NotificationEvent;
        record["revoked_at"] = Output.Time(row.RevokedAt);
        record["revoked_reason"] = await nation.Revoker.ReasonOfAsync(row);
        return record;
    }

    private static string State(Credentials.Row row, NationContext nation)
    {
        if (row.RevokedAt is not null) return "revoked";
        return row.ExpiresAt <= nation.Time.GetUtcNow().ToUnixTimeSeconds() ? "expired" : "valid";
    }
}
