using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Joining;
using NetworkIdentity.Server.Practice;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Practice;

/// <summary>
/// POST /tour/join, /tour/vouch and /tour/approve: the visitor of a practice nation applies, practice people vouch and decide, and the visitor is offered their membership. All of it by the
/// same calls as of people. A form names the person who acts and nothing else: for whom follows from the visitor's own cookies, one of which has the application's secret.
/// </summary>
internal static class TourJoinEndpoint
{
    /// <summary>Where a step's page says what comes next.</summary>
    private const string Now = "#now";

    /// <summary>POST /tour/join: applies; offers who was admitted their membership; and who belongs another one.</summary>
    public static async Task<IResult> JoinAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, RateLimits limits)
    {
        var form = await RequestReading.LongFormAsync(context.Request);
        if (await TourActEndpoint.VisitorAsync(context, nation) is not { } visitor) return await ApplyAsync(form, context, nation, places, clients, tape, limits);
        if (visitor.JoinedAt is not null) return await TourActEndpoint.OfferAsync(TourStep.Join, CredentialType.Membership, visitor.Id, [], context, nation, places, clients, tape);
        return await ActAsync(context, nation, places, clients, tape, nation.Applying.CollectAsync, $"?{TourEndpoint.JustOffered}{Now}");
    }

    /// <summary>POST /tour/vouch: one of the practice people vouches for the visitor.</summary>
    public static async Task<IResult> VouchAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, PracticePeople people)
    {
        var person = await PersonAsync(context, people);
        return await ActAsync(context, nation, places, clients, tape, secret => nation.Applying.VouchAsync(ApplicationSecret.VouchCodeOf(secret), person.MemberId, person.Words));
    }

    /// <summary>POST /tour/approve: one of the practice people approves of the visitor's admission. Where that was the last that was wanted, the membership is offered.</summary>
    public static async Task<IResult> ApproveAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, PracticePeople people)
    {
        var person = await PersonAsync(context, people);
        return await ActAsync(context, nation, places, clients, tape, async secret =>
        {
            if (await nation.Applying.StandingAsync(secret) is not { } row || (await Admission.OfAsync(nation, row.MemberId))?.Decision is not { Row.State: Decisions.Open } put) return;
            var decision = await nation.Deciding.ApproveAsync(put.Row.Id, person.MemberId);
            if (decision.Row.State == Decisions.Done) await nation.Applying.CollectAsync(secret);
        });
    }

    /// <summary>The secret of a person's application, where this browser knows it; else null.</summary>
    public static async Task<string?> SecretOfAsync(HttpContext context, NationContext nation, string memberId) =>
        await Applications.OfMemberAsync(nation.Database, memberId) is { } row ? SecretOf(context, nation, row) : null;

    /// <summary>The secret of an application, where this browser knows it; else null.</summary>
    public static string? SecretOf(HttpContext context, NationContext nation, Applications.Row row) =>
        ApplicationCookie.Read(context, nation.Keys.Nation).Where(known => known.Id == row.Id && RandomId.Digest(known.Secret) == row.SecretDigest).Select(known => known.Secret).FirstOrDefault();

    private static async Task<IResult> ApplyAsync(
        IReadOnlyDictionary<string, string> form, HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, RateLimits limits)
    {
        limits.CountApplication(context);
        try
        {
            var applied = await nation.Applying.ApplyAsync(
                form.GetValueOrDefault("name", "").Trim(), form.GetValueOrDefault("statement", "").ReplaceLineEndings("\n").Trim(), form.GetValueOrDefault("node"));
            ApplicationCookie.Set(context, nation.Keys.Nation, applied.Id, applied.Secret);
            TourCookie.Set(context, nation.Keys, (await Applications.FindAsync(nation.Database, applied.Id))!.MemberId);
        }
        catch (Refusal refusal)
        {
            return await TourEndpoint.ShowAsync(TourStep.Join, refusal.Description, context, nation, places, clients, tape, form);
        }

        return TourActEndpoint.Back(TourStep.Join, nation, $"?{TourEndpoint.JustBegun}{Now}");
    }

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Places places, PracticeClients clients, Tape tape, Func<string, Task> act, string query = Now)
    {
        if (await TourActEndpoint.VisitorAsync(context, nation) is not { } visitor) return TourActEndpoint.Back(TourStep.Join, nation);
        try
        {
            await act(await SecretOfAsync(context, nation, visitor.Id) ?? throw NationRefusal.UnknownApplication());
        }
        catch (Refusal refusal) when (refusal.Code is "already_vouched" or "already_approved")
        {
            // Pressed twice: it is done.
        }
        catch (Refusal refusal)
        {
            return await TourEndpoint.ShowAsync(TourStep.Join, refusal.Description, context, nation, places, clients, tape);
        }

        return TourActEndpoint.Back(TourStep.Join, nation, query);
    }

    private static async Task<PracticePeople.Person> PersonAsync(HttpContext context, PracticePeople people) =>
        people.Find((await RequestReading.FormAsync(context.Request)).Required("who")) ?? throw PageRefusal.NotFound("none of the practice people has that name");
}
