using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Member ids that ended because their person has another one. An id is merged once: its primary key says so.</summary>
public static class MergedMembers
{
    /// <summary>What <see cref="Insert"/> and <see cref="NoneOf"/> break with.</summary>
    public const string OnceCondition = "merged-once";

    /// <summary>An id ends, and its person has another; breaks with <see cref="OnceCondition"/> where it has ended so before.</summary>
    public static Statement Insert(string memberId, string intoId, string decisionId, long now) => new(
        "INSERT INTO merged_member (member_id, into_id, decision_id, merged_at) VALUES (@memberId, @intoId, @decisionId, @now) ON CONFLICT DO NOTHING",
        new { memberId, intoId, decisionId, now }, OnceCondition);

    /// <summary>What follows is of an id that was not merged; breaks with <see cref="OnceCondition"/>. Changes nothing. It goes behind <see cref="Members.Hold"/>, as <see cref="Insert"/> does.</summary>
    public static Statement NoneOf(string memberId) => new("UPDATE merged_member SET merged_at = merged_at WHERE member_id = @memberId", new { memberId }, OnceCondition, 0);

    /// <summary>It was a mistake: the decision was undone on an appeal.</summary>
    public static Statement Delete(string memberId) => new("DELETE FROM merged_member WHERE member_id = @memberId", new { memberId });

    /// <summary>The id that a person has instead; null where theirs was not merged.</summary>
    public static Task<string?> FindAsync(Database database, string memberId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<string>("SELECT into_id FROM merged_member WHERE member_id = @memberId", new { memberId }));

    /// <summary>Whose each id is that was merged: the id that its person has now, also where that one was merged in turn.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> PersonsAsync(Database database)
    {
        var into = (await database.ReadAsync(async connection => (await connection.QueryAsync<(string MemberId, string IntoId)>("SELECT member_id, into_id FROM merged_member")).AsList()))
            .ToDictionary(row => row.MemberId, row => row.IntoId, StringComparer.Ordinal);
        return into.Keys.ToDictionary(id => id, id =>
        {
            var person = id;
            for (var step = 0; step < into.Count && into.TryGetValue(person, out var next); step++) person = next;
            return person;
        }, StringComparer.Ordinal);
    }
}
