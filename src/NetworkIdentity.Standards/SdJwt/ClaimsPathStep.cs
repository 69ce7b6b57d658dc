using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>One step of a <see cref="ClaimsPath"/>: a name, an index, or neither, which means every element of an array.</summary>
/// <param name="Name">The member to go into.</param>
/// <param name="Index">The array element to go into, from 0.</param>
public readonly record struct ClaimsPathStep(string? Name, int? Index)
{
    /// <summary>Whether the step goes into every element of an array.</summary>
    public bool IsAll => Name is null && Index is null;

    /// <summary>Adds what the step selects in <paramref name="element"/> to <paramref name="selected"/>.</summary>
    /// <returns>False where the element is of another kind than the step goes into.</returns>
    internal bool TryInto(JsonNode? element, List<JsonNode?> selected)
    {
        if (Name is not null)
        {
            if (element is not JsonObject members) return false;
            if (members.TryGetPropertyValue(Name, out var member)) selected.Add(member);
            return true;
        }

        if (element is not JsonArray items) return false;
        if (Index is not { } index) selected.AddRange(items);
        else if (index < items.Count) selected.Add(items[index]);
        return true;
    }
}
