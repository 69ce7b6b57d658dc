using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/desk/decisions/{id}/refuse: from the question whether somebody is admitted, who decides it can propose that they are refused, by a criterion of the charter.</summary>
internal static class RefusalEndpoint
{
    private const string CriterionField = "criterion";
    private const string ReasonField = "reason";

    /// <summary>The form of a decision.</summary>
    public static string PathOf(string id) => $"{DecisionEndpoint.Folder}/{id}/refuse";

    /// <summary>GET: the empty form.</summary>
    public static async Task<IResult> PageAsync(string id, HttpContext context, NationContext nation)
    {
        if (await DeskSession.FindAsync(context, nation) is not { } own) return await DeskSession.SignInAsync(context, nation, $"{DecisionEndpoint.Folder}/{id}");
        await FindAsync(id, nation, own);
        var charter = await Rules.InForceAsync(nation.Database);
        var rule = charter.RuleOf(Act.Refuse);
        if (await DeskSession.MustProveAsync(nation, rule, own)) return await DeskSession.ProveAsync(context, nation, own, $"{DecisionEndpoint.Folder}/{id}", rule);
        return Show(id, context, nation, charter, new Dictionary<string, string>(), null);
    }

    /// <summary>POST: proposes it, and goes to that decision; or shows what is wrong.</summary>
    public static async Task<IResult> ProposeAsync(string id, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, DeskSession.Act);
        if (await DeskSession.FindAsync(context, nation) is not { } own) return await DeskSession.SignInAsync(context, nation, $"{DecisionEndpoint.Folder}/{id}");
        var application = await FindAsync(id, nation, own);
        var charter = await Rules.InForceAsync(nation.Database);
        var rule = charter.RuleOf(Act.Refuse);
        if (await DeskSession.MustProveAsync(nation, rule, own))
            return Show(id, context, nation, charter, form, null, await DeskSession.UrlToProveAsync(context, nation, own, DeskEndpoint.Path, rule));
        try
        {
            // Browsers send line ends as CR LF.
            var proposal = Proposal.Refuse(application, form.GetValueOrDefault(CriterionField, ""), form.GetValueOrDefault(ReasonField, "").ReplaceLineEndings("\n").Trim());
            var decision = await nation.Deciding.ProposeAsync(proposal, own.MemberId);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{DecisionEndpoint.Folder}/{decision.Row.Id}"));
        }
        catch (Refusal refusal)
        {
            return Show(id, context, nation, charter, form, refusal);
        }
    }

    private static IResult Show(
        string id, HttpContext context, NationContext nation, Charter charter, IReadOnlyDictionary<string, string> typed, Refusal? refusal, string? proveUrl = null)
    {
        var named = refusal switch
        {
            { Code: "reason_missing" } => ReasonField,
            { Code: "invalid_proposal" } => refusal.Description.StartsWith("the reason", StringComparison.Ordinal) ? ReasonField : CriterionField,
            _ => null,
        };
        return Page.Of<ProposePage>(
            new ProposeView
            {
                Nation = nation.Keys.Nation.Name,
                Title = DeskWords.OfAct(Act.Refuse),
                Url = nation.Keys.Nation.Url(PathOf(id)),
                DeskUrl = nation.Keys.Nation.Url(DeskEndpoint.Path),
                Needed = charter.RuleOf(Act.Refuse).Approvals,
                CharterVersion = charter.Version,
                Fields =
                [
                    Field(new(CriterionField, "Which criterion of the charter they don’t meet", DeskField.Choice) { Options = [.. charter.Criteria.Select(one => (one.Key, one.Value))] }),
                    Field(new(ReasonField, "Reasons", DeskField.Lines) { Hint = "The person reads this, and so does who decides. They can appeal, and others decide that." }),
                ],
                Error = refusal is not null && named is null ? refusal.Description : null,
                IsFaulty = refusal is not null,
                Changes = null,
                ComparedField = "compared",
                ComparedValue = "",
                IsCompared = true,
                ProveUrl = proveUrl,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, DeskSession.Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is not null ? StatusCodes.Status400BadRequest : proveUrl is not null ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK);

        DeskField Field(DeskField field) => field with { Value = typed.GetValueOrDefault(field.Name) ?? "", Error = field.Name == named ? refusal!.Description : null };
    }

    /// <summary>The application that an open question to admit is about, for who decides that.</summary>
    private static async Task<Applications.Row> FindAsync(string id, NationContext nation, Sessions.Row own) =>
        await nation.Deciding.FindForAsync(id, own.MemberId) is { Row.Act: Act.Admit } decision && decision.IsFor(own.MemberId)
        && await Applications.FindAsync(nation.Database, decision.Row.Subject) is { } application
            ? application
            : throw PageRefusal.NotFound("there is no such question, or none that you may decide");
}
