using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Server.Pages.Joining;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Joining;

/// <summary>/apply: what the nation looks at, and a form for whoever wants to join. What was typed stays, whatever is wrong with it.</summary>
internal static class ApplyEndpoint
{
    /// <summary>The path.</summary>
    public const string Path = "/apply";

    /// <summary>What the forms of an applicant do.</summary>
    public const string Act = "apply";

    private const string NodePrefix = "node:";

    /// <summary>GET: the charter in public words, and the empty form.</summary>
    public static Task<IResult> PageAsync(HttpContext context, NationContext nation) => ShowAsync(context, nation, new Dictionary<string, string>(), null);

    /// <summary>POST: applies, and goes to the application's own page; or shows what is wrong.</summary>
    public static async Task<IResult> ApplyAsync(HttpContext context, NationContext nation, RateLimits limits)
    {
        var form = await BrowserForm.ReadLongAsync(context, nation, Act);
        limits.CountApplication(context);
        try
        {
            // Browsers send line ends as CR LF.
            var statement = form.GetValueOrDefault("statement", "").ReplaceLineEndings("\n").Trim();
            var applied = await nation.Applying.ApplyAsync(Line("name"), statement, await NodeAsync(), Line("email") is { Length: > 0 } email ? email : null);
            ApplicationCookie.Set(context, nation.Keys.Nation, applied.Id, applied.Secret);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{ApplicationEndpoint.Folder}/{applied.Id}"));
        }
        catch (Refusal refusal) when (FieldOf(refusal) is not null)
        {
            return await ShowAsync(context, nation, form, refusal);
        }

        string Line(string name) => form.GetValueOrDefault(name, "").Trim();

        async Task<string?> NodeAsync() => Line("node") switch
        {
            "" => null,
            var node when node.StartsWith(NodePrefix, StringComparison.Ordinal) => node[NodePrefix.Length..],
            _ => throw NationRefusal.UnknownNode((await Node.AllAsync(nation.Database)).Select(one => one.Name)),
        };
    }

    private static async Task<IResult> ShowAsync(HttpContext context, NationContext nation, IReadOnlyDictionary<string, string> typed, Refusal? refusal)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await Charters.InForceAsync(nation.Database) is not { } row) throw PageRefusal.NotFound("this nation has no charter yet that says how one joins it, so nobody can ask to");
        var charter = Charter.Parse(row.Content);
        var named = refusal is null ? null : FieldOf(refusal);
        var secret = BrowserCookie.ReadOrSet(context, nation.Keys.Nation);
        return Page.Of<ApplyPage>(
            new ApplyView
            {
                Nation = nation.Keys.Nation.Name,
                Url = nation.Keys.Nation.Url(Path),
                CharterUrl = nation.Keys.Nation.Url(CharterEndpoint.Path),
                CharterVersion = charter.Version,
                Criteria = [.. charter.Criteria.Values],
                Vouching = CharterWords.OfVouching(charter.Vouching),
                Deciding = CharterWords.OfRule(charter.RuleOf(Governing.Act.Admit)),
                OpenDays = (int)charter.Terms.Application.TotalDays,
                AppealDays = (int)charter.Terms.Appeal.TotalDays,
                Known = await KnownAsync(context, nation),
                Name = Field(new("name", "What you are called", DeskField.Line) { Hint = "As members know you. Your membership will show it." }),
                Statement = Field(new("statement", "What you say of yourself", DeskField.Lines)
                {
                    Hint = "Who you are, and why you want to join. The members who vouch for you and the stewards who decide read it, and nobody else.",
                }),
                Node = Field(new("node", "The node you would belong to", DeskField.Choice)
                {
                    Options = [("", "None, or not yet"), .. (await Node.AllAsync(nation.Database)).Select(node => (NodePrefix + node.Name, $"{node.Name}, {node.Region}"))],
                }),
                Email = Field(new("email", "E-mail, if you want to be told what happens", DeskField.Line)
                {
                    Hint = "It is used for that alone, and forgotten with your application if you don’t join.",
                }),
                IsFaulty = refusal is not null,
                FormField = BrowserForm.Field,
                FormValue = BrowserForm.ValueOf(nation, Act, secret),
                CorrelationId = context.TraceIdentifier,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

        DeskField Field(DeskField field) => field with { Value = typed.GetValueOrDefault(field.Name) ?? "", Error = field.Name == named ? refusal!.Description : null };
    }

    /// <summary>The applications that this browser made, and that stand.</summary>
    private static async Task<IReadOnlyList<string>> KnownAsync(HttpContext context, NationContext nation)
    {
        List<string> known = [];
        foreach (var (id, secret) in ApplicationCookie.Read(context, nation.Keys.Nation))
            if ((await nation.Applying.StandingAsync(secret))?.Id == id) known.Add(nation.Keys.Nation.Url($"{ApplicationEndpoint.Folder}/{id}"));
        return known;
    }

    /// <summary>The field that a refusal is about; null where it is about none.</summary>
    private static string? FieldOf(Refusal refusal) => refusal.Code switch
    {
        "invalid_application" => refusal.Description.StartsWith("the name", StringComparison.Ordinal) ? "name" : "statement",
        "unknown_node" => "node",
        "invalid_contact" => "email",
        _ => null,
    };
}
