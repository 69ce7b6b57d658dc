using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Cases;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Joining;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>
/// /applications: one's own application. The link that the applicant keeps has the secret, and does nothing but give it to the browser; every page and form is at the id, which opens
/// nothing by itself: so no page, history or Referer has the secret in its address (decision 0038).
/// </summary>
internal static class ApplicationEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/applications";

    /// <summary>GET /applications/open/{secret}: the link that the applicant kept.</summary>
    public static async Task<IResult> OpenAsync(string secret, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (await nation.Applying.StandingAsync(secret) is not { } row) return NotHere(context, nation);
        ApplicationCookie.Set(context, nation.Keys.Nation, row.Id, secret);
        return AuthorizationResponse.SeeOther(UrlOf(nation, row.Id));
    }

    /// <summary>GET /applications/{id}: where it stands.</summary>
    public static async Task<IResult> PageAsync(string id, HttpContext context, NationContext nation) =>
        await FindAsync(id, context, nation) is var (row, secret) ? await ShowAsync(context, nation, row, secret, null) : NotHere(context, nation);

    /// <summary>POST …/collect: offers the membership to who was admitted, and goes to the offer.</summary>
    public static Task<IResult> CollectAsync(string id, HttpContext context, NationContext nation) => ActAsync(
        id, context, nation, async secret => nation.Keys.Nation.Url($"/offer/{(await nation.Applying.CollectAsync(secret)).Id}"));

    /// <summary>POST …/connect: offers the membership ahead of the decision, to a wallet that waits for it, and goes to the offer.</summary>
    public static Task<IResult> ConnectAsync(string id, HttpContext context, NationContext nation) => ActAsync(
        id, context, nation, async secret => nation.Keys.Nation.Url($"/offer/{(await nation.Connecting.ConnectAsync(secret)).Id}"));

    /// <summary>POST …/card: who was admitted and has no wallet takes the membership on paper, and the page is their card.</summary>
    public static async Task<IResult> CardAsync(string id, HttpContext context, NationContext nation)
    {
        Issuing.Printing.Card? card = null;
        var done = await ActAsync(id, context, nation, async secret =>
        {
            card = await nation.Printing.TakeAsync(await nation.Applying.CollectAsync(secret));
            return UrlOf(nation, id);
        });
        return card is null ? done : Page.Of<Pages.Cards.CardPage>(new Pages.Cards.CardView
        {
            Nation = nation.Keys.Nation.Name,
            Title = "Your printed card",
            Lead = "You are a member. This page shows your card this once: print it now. A steward can print you another, with your id: " + card.Record.MemberId,
            Back = (UrlOf(nation, id), "Your application"),
            Card = Account.CardEndpoint.FaceOf(nation, card),
            FormField = BrowserForm.Field,
            FormValue = "",
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>POST …/withdraw: the applicant takes it back.</summary>
    public static Task<IResult> WithdrawAsync(string id, HttpContext context, NationContext nation) => ActAsync(id, context, nation, async secret =>
    {
        await nation.Applying.WithdrawAsync(secret);
        return UrlOf(nation, id);
    });

    /// <summary>POST …/appeal: who was refused has others look at it again.</summary>
    public static async Task<IResult> AppealAsync(string id, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, ApplyEndpoint.Act);
        if (await FindAsync(id, context, nation) is not var (row, secret)) return NotHere(context, nation);
        var words = form.GetValueOrDefault("words", "").ReplaceLineEndings("\n").Trim();
        try
        {
            await nation.Appealing.AppealRefusalAsync(secret, words);
        }
        catch (Refusal refusal)
        {
            return await ShowAsync(context, nation, row, secret, null, refusal, words);
        }

        return AuthorizationResponse.SeeOther(UrlOf(nation, id));
    }

    private static async Task<IResult> ActAsync(string id, HttpContext context, NationContext nation, Func<string, Task<string>> act)
    {
        await BrowserForm.ReadAsync(context, nation, ApplyEndpoint.Act);
        if (await FindAsync(id, context, nation) is not var (row, secret)) return NotHere(context, nation);
        try
        {
            return AuthorizationResponse.SeeOther(await act(secret));
        }
        catch (Refusal refusal) when (refusal.Code is "application_ended" or NationRefusal.DecisionMovedCode)
        {
            const string Notice = "Nothing was done: your application has moved on since you were shown it. Look at it as it is now.";
            return await ShowAsync(context, nation, (await nation.Applying.StandingAsync(secret))!, secret, Notice);
        }
    }

    /// <summary>The application, for a browser that knows its secret.</summary>
    private static async Task<(Applications.Row Row, string Secret)?> FindAsync(string id, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApplicationCookie.Read(context, nation.Keys.Nation).FirstOrDefault(known => known.Id == id).Secret is { } secret
            && await nation.Applying.StandingAsync(secret) is { } row && row.Id == id ? (row, secret) : null;
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, Applications.Row row, string secret, string? notice, Refusal? refusal = null, string typed = "")
    {
        var told = row.State == Applications.Refused ? (await nation.Appealing.OfAsync(row.MemberId)).FirstOrDefault(one => one.Row.Id == row.DecisionId) : null;
        var charter = Charter.Parse((await Charters.FindAsync(nation.Database, row.CharterVersion))!.Content);
        var inForce = await Rules.InForceAsync(nation.Database);
        var application = await nation.Applying.FindAsync(row.Id);
        var vouchUrl = nation.Keys.Nation.Url($"{VouchEndpoint.Folder}/{ApplicationSecret.VouchCodeOf(secret)}");
        var nodes = await Node.AllAsync(nation.Database);
        return Page.Of<ApplicationPage>(
            new ApplicationView
            {
                Nation = nation.Keys.Nation.Name,
                Notice = notice,
                State = row.State,
                Name = application?.Name,
                Statement = application?.Statement,
                Node = nodes.FirstOrDefault(node => node.Id == row.NodeId)?.Name,
                Counted = application?.Counted ?? 0,
                Needed = inForce.Vouching.Needed,
                Vouching = CharterWords.OfVouching(inForce.Vouching),
                Deciding = CharterWords.OfRule(inForce.RuleOf(Act.Admit)),
                OpenUntil = DateTimeOffset.FromUnixTimeSeconds(row.OpenUntil),
                Refused = row is { State: Applications.Refused, DecisionId: { } decision } ? await WhyAsync(nation, decision, charter) : null,
                AppealUntil = told is { Appeal: null, AppealUntil: { } until } && until > nation.Time.GetUtcNow() ? until : null,
                Appeal = told is null ? null : CaseEndpoint.StateOf(told, nation.Time.GetUtcNow()),
                Typed = typed,
                Error = refusal?.Description,
                IsConnected = await nation.Connecting.IsConnectedAsync(row.MemberId),
                Personhood = await PersonhoodEndpoint.ViewAsync(row, context, nation, null),
                VouchUrl = vouchUrl,
                VouchQr = QrCode.Svg(vouchUrl),
                KeepUrl = nation.Keys.Nation.Url($"{Folder}/open/{secret}"),
                TransactionCode = ApplicationSecret.TransactionCodeOf(secret),
                Url = UrlOf(nation, row.Id),
                ApplyUrl = nation.Keys.Nation.Url(ApplyEndpoint.Path),
                AccountUrl = nation.Keys.Nation.Url("/account"),
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueOf(nation, ApplyEndpoint.Act, BrowserCookie.ReadOrSet(context, nation.Keys.Nation)),
                CorrelationId = context.TraceIdentifier,
            },
            refusal is not null ? StatusCodes.Status400BadRequest : notice is null ? StatusCodes.Status200OK : StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>The criterion by which it was refused, and the reasons.</summary>
    private static async Task<(string Criterion, string Reason)?> WhyAsync(NationContext nation, string decisionId, Charter charter) =>
        (await nation.Deciding.FindAsync(decisionId))?.Proposal?.Content is { } content && content.OptionalString("criterion") is { } criterion
            ? (charter.Criteria.GetValueOrDefault(criterion) ?? criterion, content.OptionalString("reason") ?? "")
            : null;

    private static string UrlOf(NationContext nation, string id) => nation.Keys.Nation.Url($"{Folder}/{id}");

    /// <summary>The same for a wrong link, a browser that doesn't know it, and an application that there never was.</summary>
    private static IResult NotHere(HttpContext context, NationContext nation) => Page.Of<ErrorPage>(
        new ErrorView
        {
            Nation = nation.Keys.Nation.Name,
            Title = "This application is not open here",
            Reason = "This browser does not know it, or there never was one.",
            Mend = "Open the link that you kept when you applied: it leads back to it from every browser. Nobody can make it anew.",
            Code = PageRefusal.NotFoundCode,
            CorrelationId = context.TraceIdentifier,
        },
        StatusCodes.Status404NotFound);
}
