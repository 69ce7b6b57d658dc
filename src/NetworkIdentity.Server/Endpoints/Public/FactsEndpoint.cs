using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>/account/facts: what was witnessed of a member, and how they contest it. A reputation leads here.</summary>
internal static class FactsEndpoint
{
    /// <summary>The list.</summary>
    public const string Path = "/account/facts";

    private const string Act = "facts";
    private const string Otherwise = "otherwise";
    private const string NotAtAll = "not";

    /// <summary>GET: all of them, the newest first.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        var facts = await nation.Witnessing.Book.OfAsync(own.MemberId);
        var texts = await nation.Witnessing.Book.TextsAsync(own.MemberId);
        List<FactItem> items = [];
        foreach (var fact in facts.Reverse()) items.Add(await ItemAsync(nation, fact, facts, texts));
        return Page.Of<FactsPage>(new FactsView
        {
            Nation = nation.Keys.Nation.Name,
            Items = items,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>GET …/{id}: one of them, and the form that contests it.</summary>
    public static async Task<IResult> FactAsync(string id, HttpContext context, NationContext nation)
    {
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Path}/{id}");
        return await ShowAsync(id, context, nation, own, new Dictionary<string, string>(), null);
    }

    /// <summary>POST …/{id}: contests it; or shows what is wrong, with what was typed.</summary>
    public static async Task<IResult> ContestAsync(string id, HttpContext context, NationContext nation)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, $"{Path}/{id}");
        try
        {
            var happened = form.GetValueOrDefault("what") switch
            {
                Otherwise => true,
                NotAtAll => false,
                _ => throw NationRefusal.InvalidFact("what is wrong must be chosen"),
            };
            await nation.Witnessing.ContestAsync(
                nation.Deciding, id, own.MemberId, happened ? DayOf("from", "the first day") : null, happened ? DayOf("until", "the last day") : null, form.GetValueOrDefault("text", "").Trim());
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Path}/{id}"));
        }
        catch (Refusal refusal) when (refusal.Code != NationRefusal.UnknownFactCode)
        {
            return await ShowAsync(id, context, nation, own, form, refusal);
        }
        catch (Refusal)
        {
            throw NotHere();
        }

        DateOnly? DayOf(string name, string words) => FactWords.DayIn(form.GetValueOrDefault(name, "").Trim(), words);
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext context, NationContext nation, Sessions.Row own, IReadOnlyDictionary<string, string> typed, Refusal? refusal)
    {
        var facts = await nation.Witnessing.Book.OfAsync(own.MemberId);
        var fact = facts.FirstOrDefault(one => one.Id == id) ?? throw NotHere();
        var item = await ItemAsync(nation, fact, facts, await nation.Witnessing.Book.TextsAsync(own.MemberId));
        List<DeskField> fields =
        [
            new("what", "What is wrong", DeskField.Choice) { Options = [(Otherwise, "It was otherwise"), (NotAtAll, "It did not happen")] },
            new("from", "The first day, as it was", DeskField.Day) { Value = $"{fact.From:yyyy-MM-dd}" },
            new("until", "The last day, as it was", DeskField.Day) { Value = $"{fact.Until:yyyy-MM-dd}" },
            new("text", "In a few words", DeskField.Line) { Hint = "What it was; or why it is not so." },
        ];
        var named = refusal is null ? null : WitnessForm.FieldOf(refusal);
        return Page.Of<FactPage>(
            new FactView
            {
                Nation = nation.Keys.Nation.Name,
                Item = item,
                Url = nation.Keys.Nation.Url($"{Path}/{id}"),
                FactsUrl = nation.Keys.Nation.Url(Path),
                Fields = item.CanContest
                    ? [.. fields.Select(field => field with { Value = typed.GetValueOrDefault(field.Name) ?? field.Value, Error = field.Name == named ? refusal!.Description : null })]
                    : [],
                Error = refusal is not null && fields.All(field => field.Name != named) ? refusal.Description : null,
                IsFaulty = refusal is not null,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueFor(context, nation, Act)!,
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<FactItem> ItemAsync(NationContext nation, Fact fact, IReadOnlyList<Fact> facts, IReadOnlyDictionary<string, string> texts)
    {
        var words = new DeskWords(nation);
        List<DeskFact> said = [new("When", FactWords.OfDays(fact.Kind, fact.From, fact.Until))];
        if (fact.NodeId is not null) said.Add(new("Where", await words.NodeAsync(fact.NodeId)));
        if (texts.GetValueOrDefault(fact.Id) is { } text) said.Add(new("In words", text));
        foreach (var witness in fact.Witnesses) said.Add(await words.PersonAsync("Attested by", witness.By));
        said.Add(new("Others name it by", fact.Id));
        var contest = await nation.Witnessing.ContestOfAsync(fact.Id);
        var isCorrected = facts.Any(other => other.Corrects == fact.Id && other.Witnesses.Count >= other.Needed);
        return new FactItem
        {
            Url = nation.Keys.Nation.Url($"{Path}/{fact.Id}"),
            Heading = fact.IsAnnulment ? $"{FactWords.OfKind(fact.Kind)} that did not happen" : FactWords.OfKind(fact.Kind),
            Facts = said,
            State = isCorrected ? "It was corrected: what is so now stands in another."
                : contest is not null ? "You contest it. Others than who attested it decide, and can until the day below; if they don’t, it stays, and you can contest it again."
                : fact.Witnesses.Count < fact.Needed ? "It has not its witnesses yet, and does not count."
                : null,
            ContestedUntil = !isCorrected && contest is not null ? DateTimeOffset.FromUnixTimeSeconds(contest.OpenUntil) : null,
            CanContest = !isCorrected && contest is null,
        };
    }

    private static Refusal NotHere() => PageRefusal.NotFound("there is no such fact, or none about you");
}
