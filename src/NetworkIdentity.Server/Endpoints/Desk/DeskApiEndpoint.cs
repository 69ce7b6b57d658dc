using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>/api/desk/decisions: the desk for programs, with the same rules as its pages (decision 0043).</summary>
internal static class DeskApiEndpoint
{
    private const int MaxKey = 200;

    /// <summary>GET: what waits for the member's decision, and what they may propose.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        var own = await DeskApiCall.OpenAsync(context, nation, limits);
        var json = new DeskApiJson(nation);
        var decisions = new JsonArray();
        foreach (var decision in await nation.Deciding.ForAsync(own.MemberId)) decisions.Add(await json.LineAsync(decision, own.MemberId));
        return Results.Json(new JsonObject
        {
            ["member"] = own.MemberId,
            ["charter"] = (await Charters.InForceAsync(nation.Database))?.Version,
            ["proposable"] = new JsonArray([.. (await nation.Deciding.ProposableAsync(own.MemberId)).Select(act => (JsonNode)act)]),
            ["decisions"] = decisions,
        });
    }

    /// <summary>GET …/{id}: one decision, with its ETag.</summary>
    public static async Task<IResult> ReadAsync(string id, HttpContext context, NationContext nation, RateLimits limits)
    {
        var own = await DeskApiCall.OpenAsync(context, nation, limits);
        return await AnswerAsync(context, nation, await FindAsync(nation, id, own), own);
    }

    /// <summary>POST: proposes, once for each <c>Idempotency-Key</c>. The answer says nothing that changes later, so the same key has the same answer.</summary>
    public static async Task<IResult> ProposeAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        // 1. Who, under which key, and what.
        var own = await DeskApiCall.OpenAsync(context, nation, limits);
        if (context.Request.Headers["Idempotency-Key"] is not [{ Length: > 0 and <= MaxKey } key] || !key.All(c => c is > ' ' and < '\x7f')) throw NationRefusal.IdempotencyKeyMissing();
        if (!RequestReading.IsJson(context.Request)) throw OAuthRefusal.InvalidRequest("the body must be application/json");
        var body = await RequestReading.BodyAsync(context.Request);
        var json = StrictJson.ParseObject(body);

        // 2. What was proposed under it before, or what is proposed now.
        var row = await new AskedOnce(nation.Database, nation.Deciding, nation.Time).ProposeAsync(key, body, own.MemberId, own.ClientId, async () =>
        {
            var act = json.RequiredString(DeskApiForm.ActMember);
            await MayProposeAsync(act, json, nation, own);
            var charter = await Rules.InForceAsync(nation.Database);
            await DeskApiCall.MustHaveProvenAsync(nation, charter.RuleOf(act), own);
            return await ProposalForm.ReadAsync(act, await DeskApiForm.FieldsAsync(act, json, nation, charter), nation, own.MemberId);
        });
        context.Response.Headers.Location = nation.Keys.Nation.Url($"{ProtectedResource.Desk.Path}/decisions/{row.Id}");
        return Results.Json(
            new JsonObject { ["id"] = row.Id, ["act"] = row.Act, ["charter"] = row.CharterVersion, ["proposed_at"] = DeskApiJson.Time(row.ProposedAt) }, statusCode: StatusCodes.Status201Created);
    }

    /// <summary>They may propose the act, of something; its question's other answer where they decide that question.</summary>
    private static async Task MayProposeAsync(string act, JsonObject json, NationContext nation, Sessions.Row own)
    {
        if (InsteadForm.Has(act))
        {
            if (!await InsteadForm.IsOpenAsync(act, json.RequiredString(InsteadForm.Question), nation, own.MemberId)) throw NationRefusal.UnknownDecision();
        }
        else if (!(await nation.Deciding.ProposableAsync(own.MemberId)).Contains(act))
        {
            throw NationRefusal.NotEligible(Proposal.Acts.Contains(act) ? act : "this");
        }
    }

    /// <summary>POST …/approve.</summary>
    public static Task<IResult> ApproveAsync(string id, HttpContext context, NationContext nation, RateLimits limits) =>
        ActAsync(id, context, nation, limits, isApproval: true, (own, seen) => nation.Deciding.ApproveAsync(id, own.MemberId, seen));

    /// <summary>POST …/take-back.</summary>
    public static Task<IResult> TakeBackAsync(string id, HttpContext context, NationContext nation, RateLimits limits) =>
        ActAsync(id, context, nation, limits, isApproval: false, (own, seen) => nation.Deciding.TakeBackAsync(id, own.MemberId, seen));

    /// <summary>POST …/withdraw.</summary>
    public static Task<IResult> WithdrawAsync(string id, HttpContext context, NationContext nation, RateLimits limits) =>
        ActAsync(id, context, nation, limits, isApproval: false, (own, _) => nation.Deciding.WithdrawAsync(id, own.MemberId));

    private static async Task<IResult> ActAsync(
        string id, HttpContext context, NationContext nation, RateLimits limits, bool isApproval, Func<Sessions.Row, Seen, Task<Decision>> act)
    {
        // 1. Who, and that they say what they were shown [RFC9110 §13.1.1] [RFC6585 §3].
        var own = await DeskApiCall.OpenAsync(context, nation, limits);
        var shown = context.Request.Headers.IfMatch.SelectMany(line => line?.Split(',', StringSplitOptions.TrimEntries) ?? []).ToList();
        if (shown.Count == 0 || shown.Contains("*")) throw NationRefusal.PreconditionRequired();

        // 2. A decision that they may see, as it was shown. What moves it between here and the commit is noticed there, but for another approval.
        var decision = await FindAsync(nation, id, own);
        if (!shown.Contains(TagOf(decision))) throw NationRefusal.DecisionMoved();
        if (isApproval && decision.Quorum is not null) await DeskApiCall.MustHaveProvenAsync(nation, (await Rules.InForceAsync(nation.Database)).RuleOf(decision.Row.Act), own);

        // 3. It is done.
        return await AnswerAsync(context, nation, await act(own, new Seen(decision.Row.Revision, CountedIn(decision))), own);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, NationContext nation, Decision decision, Sessions.Row own)
    {
        context.Response.Headers.ETag = TagOf(decision);
        return Results.Json(await new DeskApiJson(nation).WholeAsync(decision, own.MemberId));
    }

    /// <summary>The ETag of a decision: its revision, and how many approvals count. Who has lost the right to decide moves the second alone.</summary>
    private static string TagOf(Decision decision) => string.Create(CultureInfo.InvariantCulture, $"\"{decision.Row.Revision}.{CountedIn(decision)}\"");

    private static long CountedIn(Decision decision) => decision.Quorum?.Counted.Count ?? 0;

    private static async Task<Decision> FindAsync(NationContext nation, string id, Sessions.Row own) => await nation.Deciding.FindForAsync(id, own.MemberId) ?? throw NationRefusal.UnknownDecision();
}
