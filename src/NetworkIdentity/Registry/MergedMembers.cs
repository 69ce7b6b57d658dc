using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Member ids that ended because their person has another one. An id is merged once: its primary key says so.</summary>
public static class MergedMembers
{
    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "merged-once";

    /// <summary>An id ends, and its person has another; breaks with <see cref="OnceCondition"/> where it has ended so before.</summary>
    public static Statement Insert(string memberId, string intoId, string decisionId, long now) => new(
        "INSERT INTO merged_member (member_id, into_id, decision_id, merged_at) VALUES (@memberId, @intoId, @decisionId, @now) ON CONFLICT DO NOTHING",
        new { memberId, intoId, decisionId, now }, OnceCondition);

    /// <summary>It was a mistake: the decision was undone on an appeal.</summary>
    public static Statement Delete(string memberId) => new("DELETE FROM merged_member WHERE member_id = @memberId", new { memberId });

    /// <summary>The id that a person has instead; null where theirs was not merged.</summary>
    public static Task<string?> FindAsync(Database database, string memberId) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<string>("SELECT into_id FROM merged_member WHERE member_id = @memberId", new { memberId }));
}
