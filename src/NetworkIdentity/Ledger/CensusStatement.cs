using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Ledger;

/// <summary>What a nation says of its members at a checkpoint of its log: the payload of a <c>census+jwt</c>, beside <c>iss</c>.</summary>
public sealed record CensusStatement
{
    /// <summary>The <c>typ</c> of the statement.</summary>
    public const string Type = "census+jwt";

    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>What it counts: the size of the log, the time (<c>iat</c>), k, the types and the nodes.</summary>
    public required Census.Taken Taken { get; init; }

    /// <summary>How many days lie between two.</summary>
    public required int EveryDays { get; init; }

    /// <summary>The version of the charter that says so; null where there is none.</summary>
    public string? Charter { get; init; }

    /// <summary>The signed checkpoint.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The root that it has, in base64.</summary>
    public required string Root { get; init; }

    /// <summary>The names of the nodes, by their ids.</summary>
    public required IReadOnlyDictionary<string, string> Nodes { get; init; }

    /// <summary>The numbers.</summary>
    public required IReadOnlyList<Census.Cell> Cells { get; init; }

    /// <summary>How many acts of each kind the log has up to the checkpoint: what anyone counts in its entries.</summary>
    public required IReadOnlyDictionary<string, long> Acts { get; init; }

    /// <summary>How many of its leaves can't be opened any more: the nation was put back to an older backup. They are not counted.</summary>
    public required long Unopened { get; init; }

    /// <summary>How many issues are counted from the records, since their leaves are older than this rule and don't say what is counted.</summary>
    public required long Uncommitted { get; init; }

    /// <summary>The digest of the census before it; null for the first.</summary>
    public string? Before { get; init; }

    /// <summary>The name of the log: a series of censuses is of one log.</summary>
    public string Origin => Checkpoint.Split('\n')[0];

    /// <summary>How many held a type at least when the numbers were made: the sum of what is shown, behind each of which fewer than k may have gone since; null where all is suppressed.</summary>
    public long? SumOf(string type) => Cells.Where(cell => cell.Type == type).Sum(cell => cell.AtLeast) is > 0 and var sum ? sum : null;

    /// <summary>As JSON, without <c>iss</c> and <c>iat</c>.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["number"] = Number,
            ["rule"] = Census.Rule,
            ["k"] = Taken.K,
            ["every_days"] = EveryDays,
            ["checkpoint"] = new JsonObject { ["size"] = Taken.Size, ["root"] = Root, ["note"] = Checkpoint },
            ["types"] = new JsonArray([.. Taken.Types.Select(type => (JsonNode)type)]),
            ["nodes"] = new JsonArray([.. Taken.Nodes.Select(node => new JsonObject { ["id"] = node, ["name"] = Nodes[node] })]),
            ["cells"] = new JsonArray([.. Cells.Select(cell => new JsonObject { ["type"] = cell.Type, ["node"] = cell.Node, ["at_least"] = cell.AtLeast, ["suppressed"] = cell.AtLeast is null })]),
            ["acts"] = new JsonObject(Acts.OrderBy(act => act.Key, StringComparer.Ordinal).Select(act => KeyValuePair.Create(act.Key, (JsonNode?)act.Value))),
            ["unopened"] = Unopened,
            ["uncommitted"] = Uncommitted,
        };
        if (Charter is not null) json["charter"] = Charter;
        if (Before is not null) json["before"] = Before;
        return json;
    }

    /// <summary>Reads one that was signed. Whose signature it is, is not looked at here.</summary>
    /// <param name="jwt">The compact form.</param>
    /// <exception cref="Refusal">Malformed, or by another rule.</exception>
    public static CensusStatement Read(string jwt)
    {
        var jws = Jws.Parse(jwt);
        if (jws.Type != Type) throw Refusal.Malformed($"typ is not {Type}");
        var json = jws.Claims();
        if (json.RequiredString("rule") != Census.Rule) throw Refusal.Malformed($"the rule is not {Census.Rule}");
        var (checkpoint, nodes) = (json.RequiredObject("checkpoint"), Objects(json, "nodes").ToList());
        var acts = json.RequiredObject("acts");
        var k = json.RequiredInt64("k");
        if (k is < 1 or > int.MaxValue) throw Refusal.Malformed("k is out of range");
        return new()
        {
            Number = json.RequiredInt64("number"),
            Taken = new(checkpoint.RequiredInt64("size"), json.RequiredInt64("iat"), (int)k, json.OptionalStrings("types") ?? [], [.. nodes.Select(node => node.RequiredString("id"))]),
            EveryDays = (int)Math.Clamp(json.RequiredInt64("every_days"), 0, 100_000),
            Charter = json.OptionalString("charter"),
            Checkpoint = checkpoint.RequiredString("note"),
            Root = checkpoint.RequiredString("root"),
            Nodes = nodes.DistinctBy(node => node.RequiredString("id")).ToDictionary(node => node.RequiredString("id"), node => node.RequiredString("name")),
            Cells = [.. Objects(json, "cells").Select(cell => new Census.Cell(cell.RequiredString("type"), cell.RequiredString("node"), cell["at_least"] is null ? null : cell.RequiredInt64("at_least")))],
            Acts = acts.ToDictionary(act => act.Key, act => acts.RequiredInt64(act.Key)),
            Unopened = json.RequiredInt64("unopened"),
            Uncommitted = json.RequiredInt64("uncommitted"),
            Before = json.OptionalString("before"),
        };
    }

    private static IEnumerable<JsonObject> Objects(JsonObject json, string name) =>
        (json.OptionalArray(name) ?? []).Select(node => node as JsonObject ?? throw Refusal.Malformed($"{name} must be objects"));
}
