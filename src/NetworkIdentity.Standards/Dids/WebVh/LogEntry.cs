using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>One line of a log, by its form alone [DID-WebVH §The DID Log File]. Nothing about it is known to be true yet.</summary>
/// <param name="VersionId">The number, a dash and the hash.</param>
/// <param name="Number">The number.</param>
/// <param name="Hash">The hash that the entry claims.</param>
/// <param name="Time">When its author says that it was made, in UTC.</param>
/// <param name="Parameters">What it sets.</param>
/// <param name="State">The DID document.</param>
/// <param name="Json">The whole entry, with its proofs.</param>
internal sealed record LogEntry(
    string VersionId, int Number, string Hash, DateTimeOffset Time, LogParameters Parameters, JsonObject State, JsonObject Json)
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLength = 256 * 1024;

    private static readonly HashSet<string> Members = ["versionId", "versionTime", "parameters", "state", "proof"];

    /// <summary>Reads a line.</summary>
    /// <exception cref="Refusal">invalidDid, or what <see cref="LogParameters.Parse"/> refuses.</exception>
    public static LogEntry Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLength) throw DidRefusal.InvalidDid("a log entry is too long");
        JsonObject json;
        try
        {
            json = StrictJson.ParseObject(line);
        }
        catch (Refusal refusal)
        {
            throw DidRefusal.InvalidDid("a log entry is not a JSON object: " + refusal.Description);
        }

        return Refusal.Recode(DidRefusal.InvalidDidCode, () => Parse(json));
    }

    /// <summary>What the entry's hash is made of: the entry without its proof, chained to what was before it [DID-WebVH §Generate Entry Hash].</summary>
    /// <param name="predecessor">The <c>versionId</c> of the entry before; of the first, the SCID or its placeholder.</param>
    public JsonObject Preliminary(string predecessor)
    {
        var json = Json.DeepClone().AsObject();
        json.Remove("proof");
        json["versionId"] = predecessor;
        return json;
    }

    private static LogEntry Parse(JsonObject json)
    {
        if (json.Any(member => !Members.Contains(member.Key))) throw Refusal.Malformed("a log entry has members besides versionId, versionTime, parameters, state and proof");
        var versionId = json.RequiredString("versionId");
        var parts = versionId.Split('-');
        if (parts.Length != 2 || parts[0] is not [>= '1' and <= '9', ..]
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !Multihash.IsSha256(parts[1]))
            throw Refusal.Malformed("versionId must be a number, a dash and a SHA-256 multihash");
        var time = DateTimeStamp.Optional(json, "versionTime") is { } given && given.Offset == TimeSpan.Zero
            ? given
            : throw Refusal.Malformed("versionTime must be a time in UTC, with Z");
        return new(versionId, number, parts[1], time, LogParameters.Parse(json.RequiredObject("parameters")), json.RequiredObject("state"), json);
    }
}
