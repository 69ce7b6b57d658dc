using NetworkIdentity.Governing;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>
/// /exit/{secret}: what who left is owed. They hold nothing any more that they could sign in with: what stands in the address, which was given to them alone, is their right to it, and a
/// form here needs no other value, since no other site knows where it would be sent.
/// </summary>
internal static class ExitEndpoint
{
    /// <summary>Where they are.</summary>
    public const string Folder = "/exit";

    /// <summary>GET: the page.</summary>
    public static async Task<IResult> PageAsync(string secret, HttpContext context, NationContext nation) => Show(secret, await FindAsync(secret, context, nation), context, nation);

    /// <summary>POST …/certificate: it is offered to their wallet, as any credential is.</summary>
    public static async Task<IResult> CertificateAsync(string secret, HttpContext context, NationContext nation)
    {
        await FindAsync(secret, context, nation);
        try
        {
            var made = await nation.Leaving.CertifyAsync(secret);
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"/offer/{made.Id}"));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.CertificateTakenCode)
        {
            return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url($"{Folder}/{secret}"));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.UnknownDepartureCode)
        {
            throw NotHere();
        }
    }

    /// <summary>POST …/export: all that is held about them, as a file.</summary>
    public static async Task<IResult> ExportAsync(string secret, HttpContext context, NationContext nation)
    {
        var departure = await FindAsync(secret, context, nation);
        return departure.IsOpen ? ExportEndpoint.FileOf(await nation.Exporting.ExportAsync(departure.Row.MemberId)) : throw NotHere();
    }

    /// <summary>POST …/erase, with <c>sure</c>: what is held about them can't be read any more.</summary>
    public static async Task<IResult> EraseAsync(string secret, HttpContext context, NationContext nation)
    {
        var departure = await FindAsync(secret, context, nation);
        var form = await RequestReading.FormAsync(context.Request);
        if (form.Optional("sure") != "1") return Show(secret, departure, context, nation, isUnsure: true);
        await nation.Leaving.EraseAsync(secret);
        return Page.Of<ErasedPage>(new ErasedView(nation.Keys.Nation.Name, context.TraceIdentifier));
    }

    private static async Task<Departure> FindAsync(string secret, HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return await nation.Leaving.FindAsync(secret) ?? throw NotHere();
    }

    private static IResult Show(string secret, Departure departure, HttpContext context, NationContext nation, bool isUnsure = false) => Page.Of<ExitPage>(
        new ExitView
        {
            Nation = nation.Keys.Nation.Name,
            Url = nation.Keys.Nation.Url($"{Folder}/{secret}"),
            Since = departure.Since,
            Until = departure.Until,
            OpenUntil = DateTimeOffset.FromUnixTimeSeconds(departure.Row.OpenUntil),
            IsOpen = departure.IsOpen,
            IsTaken = departure.IsTaken,
            IsUnsure = isUnsure,
            CorrelationId = context.TraceIdentifier,
        },
        isUnsure ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);

    private static Refusal NotHere() => PageRefusal.NotFound("there is nothing behind this link, or not any more");
}
