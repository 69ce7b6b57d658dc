using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>All that is held about a member, as one JSON document for them. Its format is <c>schemas/export.schema.json</c>, which says what each member means.</summary>
public sealed class Exporting(Database database, KeyRing keys, Issuer issuer, PublicLog log, TimeProvider time)
{
    /// <summary>What is sealed: where it stands, the name that it was sealed for, and whether the key ring sealed it rather than the member's own key.</summary>
    private static readonly Dictionary<(string Part, string Column), (Func<IReadOnlyDictionary<string, object?>, string> Owner, bool IsNations)> Sealed = new()
    {
        [("applications", "content")] = (row => $"application/{row["id"]}", false),
        [("vouches_for_you", "statement")] = (row => $"application/{row["application_id"]}/vouch/{row["voucher"]}", false),
        [("offers", "claims")] = (row => $"offer/{row["id"]}", false),
        [("credentials", "disclosures")] = (row => $"credential/{row["id"]}", false),
        [("credentials", "revoked_reason")] = (row => $"offer/{row["offer_id"]}/revocation", false),
        [("credentials", "suspended_reason")] = (row => $"offer/{row["offer_id"]}/suspend", false),
        [("credentials", "resumed_reason")] = (row => $"offer/{row["offer_id"]}/resume", false),
        [("sign_ins", "claims")] = (row => Session.OwnerOfSignIn((string)row["id"]!), true),
        [("sessions", "claims")] = (row => Session.Owner((string)row["id"]!), true),
        [("facts", "content")] = (row => $"fact/{row["id"]}", false),
        [("decisions_about_you", "content")] = (row => $"decision/{row["id"]}", false),
        [("appeals", "words")] = (row => $"appeal/{row["id"]}", false),
        [("accounts", "content")] = (row => $"bound_account/{row["id"]}", false),
        [("contacts", "address")] = (row => $"contact/{row["member_id"]}/{row["kind"]}", false),
    };

    /// <summary>The schema of the format, as it is served.</summary>
    public static byte[] SchemaFile { get; } = EmbeddedFile.Read(typeof(Exporting).Assembly, "schemas/export.schema.json");

    /// <summary>The document of a member.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>: there is none, or they were erased.</exception>
    public async Task<JsonObject> ExportAsync(string memberId)
    {
        var member = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.UnknownMember();
        var export = new JsonObject
        {
            ["format"] = 1,
            ["nation"] = new JsonObject { ["name"] = keys.Nation.Name, ["issuer"] = keys.Nation.Issuer },
            ["made_at"] = Text(time.GetUtcNow().ToUnixTimeSeconds()),
        };
        List<string> subjects = [memberId];
        HashSet<string> decisions = new(StringComparer.Ordinal);
        foreach (var part in Holdings.All)
        {
            var rows = await Holdings.ReadAsync(database, part, memberId);
            var said = rows.Select(row => Said(part.Name, row, member)).ToList();
            export[part.Name] = part.Name == "member" ? said.Single() : new JsonArray([.. said]);
            subjects.AddRange(rows.Select(row => row.GetValueOrDefault("id")).OfType<string>());
            if (part.Name == "decisions_about_you") decisions.UnionWith(rows.Select(row => (string)row["id"]!));
        }

        await AddSignedAsync(export, member);
        export["log"] = await LogAsync(memberId, subjects, decisions);
        return export;
    }

    /// <summary>One credential of a member's that is in force, as its wallet was given it, and the <c>notification_id</c> that came with it; null where they hold none by that id.</summary>
    /// <remarks>The credential is null where the key that signed it signs nothing any more: then its wallet alone has it.</remarks>
    /// <exception cref="Refusal"><c>unknown_member</c>: there is none, or they were erased.</exception>
    public async Task<(JsonNode? Credential, string NotificationId)?> CredentialAsync(string memberId, string id)
    {
        var member = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.UnknownMember();
        var held = (await Credentials.ListAsync(database, memberId)).FirstOrDefault(record => record.Id == id && record.Stands(time.GetUtcNow().ToUnixTimeSeconds()));
        return held is null ? null : (await issuer.AgainAsync(held, member), held.NotificationId);
    }

    /// <summary>What a row says: times as text, bytes as base64url, and what is sealed opened.</summary>
    private JsonObject Said(string part, IReadOnlyDictionary<string, object?> row, Member member)
    {
        var said = new JsonObject();
        foreach (var (column, value) in row)
        {
            said[column] = value switch
            {
                null or byte[] { Length: 0 } => null,
                byte[] bytes when Sealed.TryGetValue((part, column), out var lid) =>
                    Opened(column, (lid.IsNations ? keys.Sealing : member.Data).Open(bytes, lid.Owner(new Dictionary<string, object?>(row) { ["member_id"] = member.Id }))),
                byte[] bytes => Base64Url.Encode(bytes),
                long seconds when column is "until" || column.EndsWith("_at", StringComparison.Ordinal) || column.EndsWith("_until", StringComparison.Ordinal) => Text(seconds),
                long number => number,
                _ => (string)value,
            };
        }

        return said;
    }

    /// <summary>The credentials that are in force, as their wallet was given them: what is held of the others stands there unsigned.</summary>
    private async Task AddSignedAsync(JsonObject export, Member member)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var held = (await Credentials.ListAsync(database, member.Id)).ToDictionary(record => record.Id);
        foreach (var credential in export["credentials"]!.AsArray().OfType<JsonObject>())
        {
            if (held.GetValueOrDefault(credential.RequiredString("id")) is { } record && record.Stands(now)) credential["credential"] = await issuer.AgainAsync(record, member);
        }
    }

    /// <summary>The leaves of the public log that are about the member, each with what opens it. Of a decision about them, those of who took part in it are theirs.</summary>
    private async Task<JsonObject> LogAsync(string memberId, IReadOnlyList<string> subjects, HashSet<string> decisions)
    {
        var rows = new Dictionary<string, Journal.Row>();
        foreach (var row in await Journal.ByAsync(database, memberId)) rows[row.Id] = row;
        foreach (var subject in subjects.Distinct())
        {
            foreach (var row in await Journal.OfAsync(database, subject))
                if (!decisions.Contains(subject) || row.Actor == subject) rows[row.Id] = row;
        }

        var leaves = new JsonArray();
        foreach (var row in rows.Values.Where(row => row.Entry is null).OrderBy(row => row.Seq ?? long.MaxValue).ThenBy(row => row.Id, StringComparer.Ordinal))
        {
            var leaf = StrictJson.ParseObject(LeafRecord.OpeningOf(row));
            leaf["index"] = row.Seq;
            if (row.Counts is { } text && Counted.Parse(text) is var counted) leaf["counted"] = new JsonObject { ["node"] = counted.Node, ["type"] = counted.Type, ["until"] = Text(counted.Until) };
            leaves.Add(leaf);
        }

        return new() { ["origin"] = log.Origin, ["checkpoint"] = (await log.HeadAsync())?.Checkpoint, ["leaves"] = leaves };
    }

    private static JsonNode Opened(string column, byte[] bytes) => column is "content" or "claims" or "words" ? StrictJson.ParseObject(bytes) : Encoding.UTF8.GetString(bytes);

    private static string Text(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
