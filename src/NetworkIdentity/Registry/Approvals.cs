using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who approved of a decision: each person once, by the table's primary key.</summary>
public static class Approvals
{
    /// <summary>What <see cref="Insert"/> breaks with.</summary>
    public const string OnceCondition = "approved";

    /// <summary>Approves; breaks with <see cref="OnceCondition"/> where the person has before.</summary>
    public static Statement Insert(string decisionId, string memberId, long now) => new(
        "INSERT INTO approval (decision_id, member_id, approved_at) VALUES (@decisionId, @memberId, @now) ON CONFLICT DO NOTHING",
        new { decisionId, memberId, now }, OnceCondition);

    /// <summary>Takes an approval back; breaks with <see cref="OnceCondition"/> where there is none.</summary>
    public static Statement Delete(string decisionId, string memberId) => new(
        "DELETE FROM approval WHERE decision_id = @decisionId AND member_id = @memberId", new { decisionId, memberId }, OnceCondition);

    /// <summary>Who approved, the first first.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(Database database, string decisionId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT member_id FROM approval WHERE decision_id = @decisionId ORDER BY approved_at, member_id", new { decisionId })).AsList());
}
