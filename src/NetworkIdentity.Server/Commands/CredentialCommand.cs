using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid credential list|show|suspend|resume|revoke|renew</c>: the records of what was issued.</summary>
internal static class CredentialCommand
{
    public static Command Build() => new("credential", "The records of what was issued") { List(), Show(), Suspend(), Resume(), Revoke(), Renew() };

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
        var id = Id();
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

    private static Command Suspend()
    {
        var (id, reason, json) = (Id(), Reason(), Output.JsonOption());
        var until = new Option<DateOnly>("--until") { Description = $"The last day of the suspension, in UTC, as 2027-06-30; within {(int)Suspensions.Longest.TotalDays} days", Required = true };
        var command = new Command("suspend", "Suspend a credential and its copies in the same wallet, until a day") { id, reason, until, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation =>
        {
            var last = result.GetValue(until);
            if (last == DateOnly.MaxValue) throw NationRefusal.InvalidSuspension((int)Suspensions.Longest.TotalDays);
            var end = new DateTimeOffset(last.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            return await PrintAsync(await nation.Suspensions.SuspendAsync(result.GetRequiredValue(id), result.GetRequiredValue(reason), end), "suspended_copies", nation, result.GetValue(json));
        }));
        return command;
    }

    private static Command Resume()
    {
        var (id, reason, json) = (Id(), Reason(), Output.JsonOption());
        var command = new Command("resume", "End the suspension of a credential and its copies before its day") { id, reason, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => await PrintAsync(
            await nation.Suspensions.ResumeAsync(result.GetRequiredValue(id), result.GetRequiredValue(reason)), "resumed_copies", nation, result.GetValue(json))));
        return command;
    }

    private static Command Renew()
    {
        var (id, json) = (Id(), Output.JsonOption());
        var (claim, code, byValue) = OfferCommand.Options();
        var command = new Command("renew", "Offer the member of a credential a new one, with the claims they have; the old one stays as it is") { id, claim, code, byValue, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => await OfferCommand.PrintAsync(
            await nation.Offering.RenewAsync(result.GetRequiredValue(id), OfferCommand.Claims(result.GetValue(claim)!), result.GetValue(code)),
            nation, result.GetValue(byValue), result.GetValue(json))));
        return command;
    }

    private static Command Revoke()
    {
        var (id, reason, json) = (Id(), Reason(), Output.JsonOption());
        var command = new Command("revoke", "Revoke a credential and its copies in the same wallet; nothing takes this back") { id, reason, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => await PrintAsync(
            await nation.Revoker.RevokeAsync(result.GetRequiredValue(id), result.GetRequiredValue(reason)), "revoked_copies", nation, result.GetValue(json))));
        return command;
    }

    private static Argument<string> Id() => new("ID") { Description = "The credential's id" };

    private static Option<string> Reason() => new("--reason") { Description = "Why, in words that the member may read", Required = true };

    private static async Task<int> PrintAsync(IReadOnlyList<Credentials.Row> rows, string copies, NationContext nation, bool json)
    {
        var record = await FullAsync(rows[0], nation);
        record[copies] = new JsonArray([.. rows.Skip(1).Select(copy => (JsonNode)copy.Id)]);
        return Output.Print(record, json);
    }

    private static JsonObject Brief(Credentials.Row row, NationContext nation) => new()
    {
        ["id"] = row.Id,
        ["member_id"] = row.MemberId,
        ["type"] = row.Type,
        ["format"] = row.Format,
        ["state"] = State(row, nation),
        ["recorded_at"] = Output.Time(row.RecordedAt),
        ["issued_at"] = Output.Time(row.IssuedAt),
        ["expires_at"] = Output.Time(row.ExpiresAt),
    };

    private static async Task<JsonObject> FullAsync(Credentials.Row row, NationContext nation)
    {
        var record = Brief(row, nation);
        record["status_uri"] = nation.Keys.Nation.Url($"/status/{row.ListId}");
        record["status_idx"] = row.Idx;
        record["kid"] = row.Kid;
        record["holder_thumbprint"] = row.HolderThumbprint;
        record["to_be_signed_sha256"] = row.ToBeSignedDigest;
        record["notification"] = row.NotificationEvent;
        record["suspended_at"] = Output.Time(row.SuspendedAt);
        record["suspended_until"] = Output.Time(row.SuspendedUntil);
        record["suspended_reason"] = await nation.Suspensions.ReasonOfSuspensionAsync(row);
        record["resumed_at"] = Output.Time(row.ResumedAt);
        record["resumed_reason"] = await nation.Suspensions.ReasonOfResumptionAsync(row);
        record["revoked_at"] = Output.Time(row.RevokedAt);
        record["revoked_reason"] = await nation.Revoker.ReasonOfAsync(row);
        record["acts"] = new JsonArray([.. (await Journal.OfAsync(nation.Database, row.Id)).Select(act => (JsonNode)$"{Output.Time(act.At)} {act.Act} by {act.Actor}")]);
        return record;
    }

    private static string State(Credentials.Row row, NationContext nation)
    {
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        if (row.RevokedAt is not null) return "revoked";
        if (row.ExpiresAt <= now) return "expired";
        return row.IsSuspended(now) ? "suspended" : "valid";
    }
}
