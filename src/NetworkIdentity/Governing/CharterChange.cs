using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>One difference between two versions of a charter.</summary>
/// <param name="Path">The place, as a JSON Pointer [RFC6901]; of criteria and grounds by their ids: <c>/grounds/harm/words</c>.</param>
/// <param name="Before">What stood there, as JSON; null where nothing did.</param>
/// <param name="After">What stands there, as JSON; null where nothing does.</param>
public sealed record CharterChange(string Path, string? Before, string? After)
{
    /// <summary>Every difference, in the order of the paths. That criteria or grounds stand in another order is none.</summary>
    public static IReadOnlyList<CharterChange> Between(Charter before, Charter after)
    {
        var (old, now) = (Leaves(before), Leaves(after));
        return [.. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(path => new CharterChange(path, old.GetValueOrDefault(path), now.GetValueOrDefault(path)))
            .Where(change => change.Before != change.After)];
    }

    private static Dictionary<string, string> Leaves(Charter charter)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Read("", charter.ToJson());
        return leaves;

        void Read(string path, JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (name, value) in members) Read($"{path}/{name}", value);
                    break;
                case JsonArray items when items.Count > 0 && items.All(item => item is JsonObject json && json.ContainsKey("id")):
                    foreach (var item in items.OfType<JsonObject>())
                        foreach (var (name, value) in item.Where(member => member.Key != "id")) Read($"{path}/{item.RequiredString("id")}/{name}", value);
                    break;
                default:
                    leaves[path] = StrictJson.WriteText(node);
                    break;
            }
        }
    }
}
