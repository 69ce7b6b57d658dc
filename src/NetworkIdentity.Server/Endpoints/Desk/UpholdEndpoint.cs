using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>POST /desk/decisions/{id}/uphold: beside the question whether an appeal undoes what was decided first, somebody proposes that it stands.</summary>
internal static class UpholdEndpoint
{
    /// <summary>Proposes it, and goes to the new decision.</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, DeskSession.Act);
        if (await DeskSession.FindAsync(context, nation) is not { } own) return await DeskSession.SignInAsync(context, nation, $"{DecisionEndpoint.Folder}/{id}");
        if (await nation.Deciding.FindForAsync(id, own.MemberId) is not { Row.Act: Act.DecideAppeal } decision || await Appeals.FindAsync(nation.Database, decision.Row.Subject) is not { } appeal)
            throw PageRefusal.NotFound("there is no such decision, or none that you may decide");
        var rule = (await Rules.InForceAsync(nation.Database)).RuleOf(Act.UpholdAppeal);
        if (await DeskSession.MustProveAsync(nation, rule, own)) return await DeskSession.ProveAsync(context, nation, own, $"{DecisionEndpoint.Folder}/{id}", rule);
        var proposed = await nation.Deciding.ProposeAsync(Proposal.UpholdAppeal(appeal, form.GetValueOrDefault("reason", "").ReplaceLineEndings("\n").Trim()), own.MemberId);
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{DecisionEndpoint.Folder}/{proposed.Row.Id}"));
    }
}
