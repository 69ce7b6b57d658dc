using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Who speaks for somebody who asks to join: a part of a charter.</summary>
/// <param name="Needed">How many members must.</param>
/// <param name="Nodes">From how many different nodes they must come: two or more, or 0 where nobody counts these.</param>
/// <param name="MemberFor">How long they must have belonged.</param>
/// <param name="OpenAtOnce">For how many people a member may vouch at once.</param>
/// <param name="Personhood">Credentials of which one must be shown too, to prove that it is one person; empty where nobody is asked.</param>
public sealed record Vouching(int Needed, int Nodes, TimeSpan MemberFor, int OpenAtOnce, IReadOnlyList<AcceptedPersonhood> Personhood)
{
    internal static Vouching Read(JsonObject json) => new(
        (int)json.RequiredInt64("needed"), (int?)json.OptionalInt64("nodes") ?? 0, ActRule.Days(json, "member_for_days"), (int)json.RequiredInt64("open_at_once"),
        [.. (json["personhood"] as JsonArray ?? []).OfType<JsonObject>().Select(AcceptedPersonhood.Read)]);
}
