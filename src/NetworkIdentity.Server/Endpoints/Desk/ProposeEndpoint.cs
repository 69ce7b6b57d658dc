using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/desk/propose/{act}: a form for each act that can be proposed. What was typed stays, whatever is wrong with it.</summary>
internal static class ProposeEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/desk/propose";

    /// <summary>Shows that the differences to the charter in force have been shown: the digests of both.</summary>
    private const string Compared = "compared";

    /// <summary>GET: the empty form, for who may propose the act and, where the charter says so, has just proven who they are.</summary>
    public static async Task<IResult> PageAsync(string act, HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{act}");
        var charter = await CharterForAsync(act, nation, own);
        if (await MemberSession.MustProveAsync(nation, charter.RuleOf(act), own)) return await MemberSession.ProveAsync(context, nation, own, $"{Folder}/{act}", charter.RuleOf(act));
        return await ShowAsync(act, $"{Folder}/{act}", context, nation, charter, new Dictionary<string, string>());
    }

    /// <summary>POST: proposes it, and goes to the decision; or shows what is wrong.</summary>
    public static async Task<IResult> ProposeAsync(string act, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, MemberSession.Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Folder}/{act}");
        var charter = await CharterForAsync(act, nation, own);
        try
        {
            var proposal = await ProposalForm.ReadAsync(act, form, nation, own.MemberId);

            // Nobody proposes rules without having seen what they change; and what they saw is what is proposed.
            if (act == Act.ChangeCharter)
            {
                var proposed = Charter.Parse(Standards.Encoding.StrictJson.Write(proposal.Content));
                var mark = $"{charter.Digest}.{proposed.Digest}";
                if (form.GetValueOrDefault(Compared) != mark) return await ShowAsync(act, $"{Folder}/{act}", context, nation, charter, form, changes: CharterChange.Between(charter, proposed), mark: mark);
            }

            // What was typed is not lost by a sign-in: that opens beside it.
            var isUnproven = await MemberSession.MustProveAsync(nation, charter.RuleOf(act), own);
            if (isUnproven)
            {
                return await ShowAsync(
                    act, $"{Folder}/{act}", context, nation, charter, form, status: StatusCodes.Status403Forbidden,
                    proveUrl: await MemberSession.UrlToProveAsync(context, nation, own, DeskEndpoint.Path, charter.RuleOf(act)));
            }

            var decision = await nation.Deciding.ProposeAsync(proposal, own.MemberId);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{DecisionEndpoint.Folder}/{decision.Row.Id}"));
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(act, $"{Folder}/{act}", context, nation, charter, form, refusal, StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Shows the form of an act, with what was typed and what is wrong with it.</summary>
    /// <param name="act">The act.</param>
    /// <param name="path">Where the form goes.</param>
    /// <param name="context">The request.</param>
    /// <param name="nation">The nation.</param>
    /// <param name="charter">The charter in force.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="refusal">What is wrong; null where nothing is.</param>
    /// <param name="status">The status.</param>
    /// <param name="changes">How a proposed charter differs; null where none is compared.</param>
    /// <param name="mark">What says which charters were compared.</param>
    /// <param name="proveUrl">Where the member proves anew; null where they need not.</param>
    public static async Task<IResult> ShowAsync(
        string act, string path, HttpContext context, NationContext nation, Charter charter, IReadOnlyDictionary<string, string> typed, Refusal? refusal = null,
        int status = StatusCodes.Status200OK, IReadOnlyList<CharterChange>? changes = null, string? mark = null, string? proveUrl = null)
    {
        var fields = (await ProposalForm.FieldsAsync(act, nation, charter, typed, refusal)).Where(field => field.Name != InsteadForm.Question).ToList();
        var rule = charter.RuleOf(act);
        return Page.Of<ProposePage>(
            new ProposeView
            {
                Nation = nation.Keys.Nation.Name,
                Title = DeskWords.OfAct(act),
                Url = nation.Keys.Nation.Url(path),
                DeskUrl = nation.Keys.Nation.Url(DeskEndpoint.Path),
                Needed = rule.Approvals,
                CharterVersion = charter.Version,
                Fields = fields,
                Error = refusal is not null && fields.All(field => field.Error is null) ? refusal.Description : null,
                IsFaulty = refusal is not null,
                Changes = changes,
                ComparedField = Compared,
                ComparedValue = mark ?? "",
                IsCompared = act != Act.ChangeCharter || mark is not null,
                ProveUrl = proveUrl,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, MemberSession.Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            status);
    }

    /// <summary>The charter in force, for who may propose the act by it; for everybody else the page is not there.</summary>
    private static async Task<Charter> CharterForAsync(string act, NationContext nation, Sessions.Row own) => (await nation.Deciding.ProposableAsync(own.MemberId)).Contains(act)
        ? await Rules.InForceAsync(nation.Database)
        : throw PageRefusal.NotFound("there is no such act, or none that you may propose");
}
