using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>Where a token's status stands: <c>status.status_list</c> [TSL §6.2].</summary>
/// <param name="Uri">The list's URI, compared as a string.</param>
/// <param name="Index">The place in the list, from 0 to <see cref="MaxIndex"/>.</param>
public sealed record StatusListReference(string Uri, long Index)
{
    /// <summary>The greatest index that is read.</summary>
    public const long MaxIndex = int.MaxValue;

    /// <summary>Reads the reference out of a token's claims; null where the token has no <c>status</c>.</summary>
    /// <remarks>A <c>status</c> of another mechanism alone is refused: a status that can't be checked must not look like none.</remarks>
    /// <exception cref="Refusal">Malformed: no <c>status_list</c>, or one that <see cref="Parse"/> refuses.</exception>
    public static StatusListReference? Of(JsonObject claims) => claims.OptionalObject("status") is { } status
        ? Parse(status.OptionalObject("status_list") ?? throw Refusal.Malformed("status has no status_list, and no other mechanism is supported"))
        : null;

    /// <summary>Reads a <c>status_list</c> object of a referenced token.</summary>
    /// <exception cref="Refusal">Malformed: <c>idx</c> is no integer from 0 to <see cref="MaxIndex"/>, or <c>uri</c> no absolute URI.</exception>
    public static StatusListReference Parse(JsonObject statusList)
    {
        var index = statusList.RequiredInt64("idx");
        if (index is < 0 or > MaxIndex) throw Refusal.Malformed("idx is out of range");
        var uri = statusList.RequiredString("uri");
        if (!AbsoluteUrl.Is(uri)) throw Refusal.Malformed("uri of the status list must be an absolute URI");
        return new(uri, index);
    }

    /// <summary>The value of a token's claim <c>status</c>.</summary>
    public JsonObject ToStatus() => new() { ["status_list"] = new JsonObject { ["idx"] = Index, ["uri"] = Uri } };
}
