using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>What is asked at the door of a node: a part of a charter.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Asks">What a person shows there: <see cref="CredentialType.Membership"/> or <see cref="CredentialType.Residency"/>.</param>
/// <param name="OtherNodes">What happens with who belongs to another node: <see cref="Arrival.Admit"/>, <see cref="Arrival.Ask"/> or <see cref="Arrival.Refuse"/>.</param>
public sealed record DoorPolicy(string Node, string Asks, string OtherNodes)
{
    /// <summary>The usual: any member comes in, of whatever node.</summary>
    public static DoorPolicy UsualOf(string node) => new(node, CredentialType.Membership, Arrival.Admit);

    internal static DoorPolicy Read(JsonObject json)
    {
        var usual = UsualOf(json.RequiredString("node"));
        return usual with { Asks = json.OptionalString("asks") ?? usual.Asks, OtherNodes = json.OptionalString("other_nodes") ?? usual.OtherNodes };
    }
}
