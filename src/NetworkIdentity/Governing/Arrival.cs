using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>What happens at the doors of the nodes: a part of a charter, which may leave it out.</summary>
/// <param name="BundleLimit">How long a station relies on what it fetched of the nation.</param>
/// <param name="WhenOld">What it says from then on: <see cref="Refuse"/> or <see cref="Ask"/>.</param>
/// <param name="Doors">What the doors of nodes ask, where that is not the <see cref="DoorPolicy.UsualOf">usual</see>.</param>
public sealed record Arrival(TimeSpan BundleLimit, string WhenOld, IReadOnlyList<DoorPolicy> Doors)
{
    /// <summary>Whoever it is comes in.</summary>
    public const string Admit = "admit";

    /// <summary>The steward asks further, and decides.</summary>
    public const string Ask = "ask";

    /// <summary>They don't.</summary>
    public const string Refuse = "refuse";

    /// <summary>That of a nation whose charter says nothing of it.</summary>
    public static Arrival Usual { get; } = new(TimeSpan.FromHours(24), Refuse, []);

    /// <summary>What the door of a node asks, by its name.</summary>
    public DoorPolicy DoorOf(string node) => Doors.FirstOrDefault(door => door.Node == node) ?? DoorPolicy.UsualOf(node);

    internal static Arrival Read(JsonObject? json) => json is null ? Usual : new(
        json.OptionalInt64("bundle_hours") is { } hours ? TimeSpan.FromHours(hours) : Usual.BundleLimit,
        json.OptionalString("when_old") ?? Usual.WhenOld,
        [.. (json["nodes"] as JsonArray ?? []).OfType<JsonObject>().Select(DoorPolicy.Read)]);
}
