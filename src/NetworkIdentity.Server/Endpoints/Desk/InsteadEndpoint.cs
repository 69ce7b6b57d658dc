using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/desk/decisions/{id}/refuse and /uphold: from a question that was put, who decides it proposes the other answer, with reasons. What was typed stays, whatever is wrong with it.</summary>
internal static class InsteadEndpoint
{
    /// <summary>GET …/refuse: the empty form.</summary>
    public static Task<IResult> RefusePageAsync(string id, HttpContext context, NationContext nation) => PageAsync(Act.Refuse, id, context, nation);

    /// <summary>POST …/refuse: proposes that the person is refused.</summary>
    public static Task<IResult> RefuseAsync(string id, HttpContext context, NationContext nation) => ProposeAsync(Act.Refuse, id, context, nation);

    /// <summary>GET …/uphold: the empty form.</summary>
    public static Task<IResult> UpholdPageAsync(string id, HttpContext context, NationContext nation) => PageAsync(Act.UpholdAppeal, id, context, nation);

    /// <summary>POST …/uphold: proposes that what was decided first stands.</summary>
    public static Task<IResult> UpholdAsync(string id, HttpContext context, NationContext nation) => ProposeAsync(Act.UpholdAppeal, id, context, nation);

    /// <summary>The form of a question's other answer.</summary>
    public static string PathOf(string act, string id) => $"{DecisionEndpoint.Folder}/{id}/{(act == Act.Refuse ? "refuse" : "uphold")}";

    private static async Task<IResult> PageAsync(string act, string id, HttpContext context, NationContext nation)
    {
        var question = $"{DecisionEndpoint.Folder}/{id}";
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, question);
        var charter = await CharterForAsync(act, id, nation, own);
        if (await MemberSession.MustProveAsync(nation, charter.RuleOf(act), own)) return await MemberSession.ProveAsync(context, nation, own, question, charter.RuleOf(act));
        return await ProposeEndpoint.ShowAsync(act, PathOf(act, id), context, nation, charter, new Dictionary<string, string>());
    }

    private static async Task<IResult> ProposeAsync(string act, string id, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, MemberSession.Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{DecisionEndpoint.Folder}/{id}");
        var charter = await CharterForAsync(act, id, nation, own);

        // What was typed is not lost by a sign-in: that opens beside it.
        var isUnproven = await MemberSession.MustProveAsync(nation, charter.RuleOf(act), own);
        if (isUnproven)
        {
            return await ProposeEndpoint.ShowAsync(
                act, PathOf(act, id), context, nation, charter, form, status: StatusCodes.Status403Forbidden,
                proveUrl: await MemberSession.UrlToProveAsync(context, nation, own, DeskEndpoint.Path, charter.RuleOf(act)));
        }

        try
        {
            var typed = new Dictionary<string, string>(form) { [InsteadForm.Question] = id };
            var decision = await nation.Deciding.ProposeAsync(await ProposalForm.ReadAsync(act, typed, nation, own.MemberId), own.MemberId);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{DecisionEndpoint.Folder}/{decision.Row.Id}"));
        }
        catch (Refusal refusal)
        {
            return await ProposeEndpoint.ShowAsync(act, PathOf(act, id), context, nation, charter, form, refusal, StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>The charter in force, for who may decide the question; for everybody else the form is not there.</summary>
    private static async Task<Charter> CharterForAsync(string act, string id, NationContext nation, Sessions.Row own) => await InsteadForm.IsOpenAsync(act, id, nation, own.MemberId)
        ? await Rules.InForceAsync(nation.Database)
        : throw PageRefusal.NotFound("there is no such question, or none that you may decide");
}
