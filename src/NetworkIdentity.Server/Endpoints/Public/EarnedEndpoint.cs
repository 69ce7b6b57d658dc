using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>/account/residency, /account/reputation, /account/steward and /account/given: what a member may take because it follows from the record, or was decided.</summary>
internal static class EarnedEndpoint
{
    /// <summary>Where a steward takes their credential.</summary>
    public const string StewardPath = "/account/steward";

    private const string ResidencyPath = "/account/residency";
    private const string ReputationPath = "/account/reputation";
    private const string GivenPath = "/account/given";
    private const string Act = "earned";

    /// <summary>What a form says it wants.</summary>
    private const string Of = "of";

    /// <summary>GET: the residencies that the member's stays give.</summary>
    public static Task<IResult> ResidencyAsync(HttpContext context, NationContext nation) => ShowAsync(context, nation, ResidencyPath, async own =>
    {
        var names = (await Node.AllAsync(nation.Database)).ToDictionary(node => node.Id, node => node.Name);
        var residencies = await Charters.InForceAsync(nation.Database) is null ? [] : await nation.Earning.ResidenciesAsync(own.MemberId);
        return new()
        {
            Title = "Residency",
            Lead = residencies.Count == 0
                ? "No stay of yours was witnessed that gives a residency today. A node’s stewards witness stays: ask them where you stayed."
                : "What your stays give today. It ends by itself, on the day that stands there.",
            Warning = "Not an immigration status. A residency of a nation gives no right to enter a state, or to stay in it.",
            Items =
            [
                .. residencies.Select(one => new EarnedItem(names[one.NodeId], one.NodeId,
                [
                    new("Residency status", WordsOf(one.Status)),
                    new("Nights that count today", FactWords.Nights(one.Nights)),
                    new("From", FactWords.Text(one.From)),
                    new("Until", FactWords.Text(one.Until)),
                ])),
            ],
        };
    });

    /// <summary>POST: the offer of one of them.</summary>
    public static Task<IResult> TakeResidencyAsync(HttpContext context, NationContext nation) =>
        TakeAsync(context, nation, ResidencyPath, (own, of) => nation.Earning.OfferResidencyAsync(own.MemberId, of));

    /// <summary>GET: the bands that the facts give.</summary>
    public static Task<IResult> ReputationAsync(HttpContext context, NationContext nation) => ShowAsync(context, nation, ReputationPath, async own =>
    {
        var hasCharter = await Charters.InForceAsync(nation.Database) is not null;
        var reputations = hasCharter ? await nation.Earning.ReputationsAsync(own.MemberId) : [];
        return new()
        {
            Title = "Reputation",
            Lead = reputations.Count == 0
                ? "Nothing of yours was witnessed that makes a reputation."
                : "What the nation’s method makes of the facts today: a band in a domain, never a score, and nothing over all domains. Anyone with the facts gets the same.",
            Items =
            [
                .. reputations.Select(one => new EarnedItem(char.ToUpperInvariant(one.Domain[0]) + one.Domain[1..], one.Band is null ? null : one.Domain,
                [
                    new("Band", one.Band ?? "None yet"),
                    new("Facts that count", $"{one.Facts}"),
                    new("Different people who attest them", $"{one.Witnesses}"),
                    new("Method", $"{ReputationMethod.Name}, version {ReputationMethod.Version}"),
                ])),
            ],
        };
    });

    /// <summary>POST: the offer of one of them.</summary>
    public static Task<IResult> TakeReputationAsync(HttpContext context, NationContext nation) =>
        TakeAsync(context, nation, ReputationPath, (own, of) => nation.Earning.OfferReputationAsync(own.MemberId, of, nation.Keys.Nation.Url(FactsEndpoint.Path)));

    /// <summary>GET: the member's mandates.</summary>
    public static Task<IResult> StewardAsync(HttpContext context, NationContext nation) => ShowAsync(context, nation, StewardPath, async own =>
    {
        var words = new DeskWords(nation);
        List<EarnedItem> items = [];
        foreach (var mandate in await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), own.MemberId))
        {
            items.Add(new(await words.NodeAsync(mandate.NodeId), mandate.Id,
            [
                new("For the acts", string.Join(", ", mandate.Acts.Select(DeskWords.OfAct))),
                new("Until", FactWords.Text(DateOnly.FromDateTime(mandate.Until.UtcDateTime).AddDays(-1))),
            ]));
        }

        return new()
        {
            Title = "Your steward credential",
            Lead = items.Count == 0
                ? "You have no mandate as a steward now."
                : "Take it once, into the wallet that you come to the desk with. Where the charter wants it, you show it there before you decide. It ends with your mandate.",
            Items = items,
        };
    });

    /// <summary>POST: the offer of one of them.</summary>
    public static Task<IResult> TakeStewardAsync(HttpContext context, NationContext nation) =>
        TakeAsync(context, nation, StewardPath, (own, of) => nation.Earning.OfferStewardAsync(own.MemberId, of));

    /// <summary>GET: what was given to the member by decisions.</summary>
    public static Task<IResult> GivenAsync(HttpContext context, NationContext nation) => ShowAsync(context, nation, GivenPath, async own =>
    {
        var words = new DeskWords(nation);
        var given = await nation.Giving.OfAsync(own.MemberId);
        return new()
        {
            Title = "Given to you",
            Lead = given.Count == 0 ? "No credential waits for you that was given by a decision." : "What was decided to be given to you. It is taken once.",
            Items =
            [
                .. given.Select(one => new EarnedItem(words.NameOfType(one.Type), one.Row.Id,
                [
                    new("Reasons", one.Reason),
                    new("Can be taken until", FactWords.Text(DateOnly.FromDateTime(one.Until.UtcDateTime).AddDays(-1))),
                ])),
            ],
        };
    });

    /// <summary>POST: the offer of one of them.</summary>
    public static Task<IResult> TakeGivenAsync(HttpContext context, NationContext nation) => TakeAsync(context, nation, GivenPath, (own, of) => nation.Giving.OfferAsync(own.MemberId, of));

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, string path, Func<Sessions.Row, Task<EarnedWords>> read)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, path);
        var words = await read(own);
        return Page.Of<EarnedPage>(new EarnedView
        {
            Nation = nation.Keys.Nation.Name,
            Words = words,
            Url = nation.Keys.Nation.Url(path),
            Field = Of,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            FactsUrl = path is StewardPath or GivenPath ? null : nation.Keys.Nation.Url(FactsEndpoint.Path),
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, Act)!,
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>Makes the offer and goes to it; where nothing is there to take any more, the page says what is.</summary>
    private static async Task<IResult> TakeAsync(HttpContext context, NationContext nation, string path, Func<Sessions.Row, string, Task<string>> offer)
    {
        var form = await BrowserForm.ReadAsync(context, nation, Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, path);
        try
        {
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/offer/{await offer(own, form.Required(Of))}"));
        }
        catch (Refusal refusal) when (refusal.Code is NationRefusal.NotEarnedCode or NationRefusal.MandateMissingCode or NationRefusal.DecisionMovedCode)
        {
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(path));
        }
    }

    private static string WordsOf(string status) => status switch
    {
        ResidencyMethod.Resident => "Resident",
        ResidencyMethod.EResident => "E-resident: it is your node, and you live elsewhere",
        _ => "Visitor",
    };
}
