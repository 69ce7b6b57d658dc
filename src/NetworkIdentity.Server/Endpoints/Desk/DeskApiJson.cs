using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>A decision as JSON, for a member who may see it.</summary>
internal sealed class DeskApiJson(NationContext nation)
{
    private readonly DeskWords _words = new(nation);

    /// <summary>A time [RFC3339]; null where there is none.</summary>
    public static string? Time(long? unixSeconds) => Commands.Output.Time(unixSeconds);

    /// <summary>What stands in the list of what waits.</summary>
    public async Task<JsonObject> LineAsync(Decision decision, string memberId)
    {
        var (row, quorum) = (decision.Row, decision.Quorum);
        return new JsonObject
        {
            ["id"] = row.Id,
            ["act"] = row.Act,
            ["state"] = row.State,
            ["subject"] = row.Subject,
            ["member"] = row.MemberId,
            ["member_name"] = row.MemberId is null ? null : await _words.NameOfAsync(row.MemberId),
            ["node"] = row.NodeId is null ? null : await _words.NodeAsync(row.NodeId),
            ["charter"] = row.CharterVersion,
            ["proposed_by"] = row.ProposedBy,
            ["proposed_by_name"] = row.ProposedBy is null ? null : await _words.NameOfAsync(row.ProposedBy),
            ["proposed_at"] = Time(row.ProposedAt),
            ["open_until"] = Time(row.OpenUntil),
            ["due_at"] = Time(row.DueAt),
            ["ended_at"] = Time(row.EndedAt),
            ["counted"] = quorum?.Counted.Count,
            ["needed"] = quorum?.Needed,
            ["nodes"] = quorum?.Nodes,
            ["nodes_needed"] = quorum?.NodesNeeded,
            ["approved"] = quorum?.Counted.Contains(memberId),
        };
    }

    /// <summary>All of it: also what is proposed, in values and in the words of the page; which act is its other answer; and how a proposed charter differs from the one in force.</summary>
    public async Task<JsonObject> WholeAsync(Decision decision, string memberId)
    {
        var json = await LineAsync(decision, memberId);
        var charter = await Charters.FindAsync(nation.Database, decision.Row.CharterVersion) is { } found ? Charter.Parse(found.Content) : null;
        json["prove_again"] = decision.Quorum is not null && charter is not null && charter.RuleOf(decision.Row.Act).ProvesAgain;
        json["content"] = decision.Proposal?.Content.DeepClone();
        json["facts"] = new JsonArray([.. (await _words.FactsAsync(decision, charter)).Select(fact => new JsonObject { ["label"] = fact.Label, ["words"] = fact.Words, ["id"] = fact.Id })]);
        json["instead"] = decision.IsFor(memberId) ? Proposal.Instead.GetValueOrDefault(decision.Row.Act) : null;
        if (decision.Row.Act == Act.ChangeCharter && decision.Quorum is not null)
        {
            json["changes"] = new JsonArray(
                [.. DeskWords.ChangesOf(decision, charter).Select(change => new JsonObject { ["path"] = change.Path, ["before"] = change.Before, ["after"] = change.After })]);
        }

        return json;
    }
}
