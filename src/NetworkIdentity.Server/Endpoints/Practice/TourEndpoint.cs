using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Joining;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Practice;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.Practice;

/// <summary>GET / and /tour/{step}: the tour of a practice nation.</summary>
internal static class TourEndpoint
{
    /// <summary>The query that tells a page that the browser was given its cookie just now.</summary>
    public const string JustBegun = "begun";

    /// <summary>The query that tells a page that its offer was made just now.</summary>
    public const string JustOffered = "offered";

    /// <summary>GET /: where the tour starts.</summary>
    public static async Task<IResult> StartAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape) =>
        Page.Of<StartPage>(await ViewAsync(null, context, nation, places, clients, tape));

    /// <summary>GET /tour/{step}: a step, as far as the visitor is.</summary>
    public static Task<IResult> StepAsync(string step, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        var found = Enum.GetValues<TourStep>().Cast<TourStep?>().FirstOrDefault(one => TourView.SlugOf(one!.Value) == step) ?? throw PageRefusal.NotFound();
        return ShowAsync(found, null, context, nation, places, clients, tape);
    }

    /// <summary>GET /tour/state and /tour/{step}/state: what the page's script asks.</summary>
    public static async Task<IResult> StateAsync(HttpContext context, NationContext nation, PracticeClients clients, Tape tape)
    {
        context.Response.Headers.CacheControl = "no-store";
        var visit = await Visit.OfAsync(TourCookie.Read(context, nation.Keys), nation, clients, tape);
        return Results.Json(new JsonObject { ["state"] = visit.State });
    }

    /// <summary>A step's page, with what was wrong with what the visitor gave.</summary>
    public static async Task<IResult> ShowAsync(
        TourStep step, string? fault, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, IReadOnlyDictionary<string, string>? typed = null)
    {
        var view = await ViewAsync(step, context, nation, places, clients, tape) with { Fault = fault, Typed = typed };
        var status = fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        return step switch
        {
            TourStep.Join => Page.Of<JoinPage>(view, status),
            TourStep.SignIn => Page.Of<SignInStepPage>(view, status),
            TourStep.Break => Page.Of<BreakPage>(view, status),
            TourStep.Arrive => Page.Of<ArrivePage>(view, status),
            TourStep.Revoke => Page.Of<RevokePage>(view, status),
            _ => Page.Of<StopPage>(view, status),
        };
    }

    private static async Task<TourView> ViewAsync(
        TourStep? step, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape)
    {
        context.Response.Headers.CacheControl = "no-store";
        var visit = await Visit.OfAsync(TourCookie.Read(context, nation.Keys), nation, clients, tape);
        var type = step switch
        {
            TourStep.Join => "membership",
            TourStep.Arrive => "residency",
            _ => null,
        };
        var open = type is null || visit.MemberId is null
            ? null
            : await Offers.LastOpenAsync(nation.Database, visit.MemberId, type, nation.Time.GetUtcNow().ToUnixTimeSeconds());

        // Wrong codes end an offer too.
        var offerUrl = open is null || await nation.Offering.FindAsync(open.Id) is null ? null : nation.Keys.Nation.Url($"/offer/{open.Id}");
        return new TourView
        {
            Nation = nation.Keys.Nation,
            Step = step,
            Visit = visit,
            Places = places,
            Nodes = [.. (await Nodes.AllAsync(nation.Database)).Select(node => node.Name)],
            Node = await DemoNation.NodeAsync(nation),
            TapeBeganAt = tape.BeganAt,
            Join = step == TourStep.Join ? await JoinAsync(context, nation, visit) : null,
            OfferUrl = offerUrl,
            WalletOfferUrl = offerUrl is null ? null : places.WalletLink("/offer", CredentialOffer.LinkByReference(offerUrl)),
            IsJustOffered = context.Request.Query.ContainsKey(JustOffered),
            IsCookieLost = context.Request.Query.ContainsKey(JustBegun) && visit.MemberId is null,
            CorrelationId = context.TraceIdentifier,
        };
    }
    /// <summary>How somebody joins by the charter in force, and how far the visitor is.</summary>
    private static async Task<JoinView> JoinAsync(HttpContext context, NationContext nation, Visit visit)
    {
        if (await Charters.InForceAsync(nation.Database) is not { } inForce) return new JoinView();
        var charter = Charter.Parse(inForce.Content);
        var view = new JoinView { Vouching = CharterWords.OfVouching(charter.Vouching), Deciding = CharterWords.OfRule(charter.RuleOf(Act.Admit)) };
        if (visit.Admission is not { } admission) return view;

        var people = context.RequestServices.GetRequiredService<PracticePeople>();
        var secret = TourJoinEndpoint.SecretOf(context, nation, admission.Row);
        var vouches = new List<(string, string)>();
        foreach (var (memberId, words) in admission.Application?.Vouches ?? []) vouches.Add((await NameAsync(memberId), words));
        var approved = new List<string>();
        foreach (var memberId in admission.Approvals) approved.Add(await NameAsync(memberId));
        var next = (admission.Row.State, secret) switch
        {
            (_, null) => null,
            (Applications.Vouching, _) when admission.Application is { } application => await people.NextToVouchAsync(nation, application),
            (Applications.Review, _) when admission.Decision is { } decision => people.NextToApprove(decision),
            _ => null,
        };
        return view with
        {
            State = admission.Row.State,
            Counted = admission.Application?.Counted ?? 0,
            VouchesNeeded = charter.Vouching.Needed,
            Vouches = vouches,
            Approved = approved,
            ApprovalsNeeded = admission.Decision?.Quorum?.Needed ?? charter.RuleOf(Act.Admit).Approvals,
            Next = next?.Name,
            IsKnown = secret is not null,
            TransactionCode = admission.Row.State == Applications.Admitted && secret is not null ? ApplicationSecret.TransactionCodeOf(secret) : null,
            Url = nation.Keys.Nation.Url($"{ApplicationEndpoint.Folder}/{admission.Row.Id}"),
        };

        async Task<string> NameAsync(string memberId) =>
            people.All.FirstOrDefault(person => person.MemberId == memberId)?.Name ?? await nation.Offering.NameOfAsync(memberId) ?? "a member";
    }
}
