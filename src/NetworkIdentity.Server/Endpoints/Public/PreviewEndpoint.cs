using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Server.Endpoints.Presentation;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>
/// GET /preview: what an app asks, for its developer, before anyone meets it. It shows what the operator registered and nothing that came with the request, so
/// that a link to it says nothing that the nation doesn't; it asks nobody, keeps nothing, and leads nowhere.
/// </summary>
internal static class PreviewEndpoint
{
    // Into a page that escapes it once more.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation)
    {
        var sent = RequestReading.Query(context.Request);
        var (clientId, scope) = (sent.Optional("client_id"), sent.Optional("scope"));
        context.Response.Headers.CacheControl = "no-store";
        var view = new PreviewView
        {
            Nation = nation.Keys.Nation.Name,
            Url = nation.Keys.Nation.Url("/preview"),
            ClientId = clientId,
            Scope = scope,
            CorrelationId = context.TraceIdentifier,
        };
        if (clientId is null) return Page.Of<PreviewPage>(view);
        if (await Partner.FindAsync(nation.Database, clientId) is not { } partner) return Page.Of<PreviewPage>(view, StatusCodes.Status404NotFound);

        var choice = Choice.Of(partner.Policy, scope ?? string.Join(' ', nation.Types.Keys), RequestOptions.None);
        var asked = ProofRequest.Of(partner.Policy, choice, nation.Types);
        return Page.Of<PreviewPage>(view with
        {
            Partner = partner.Name,
            Hosts = [.. partner.RedirectUris.Select(Destination.NameOf).Distinct()],
            Asked = AskedWords.Of(asked, partner.Policy, nation.Keys.Nation),
            Purpose = partner.Policy.Purpose,
            TellsIssuance = choice.HasVerifiedClaims,
            Way = AskedWords.WayOf(AskedWords.ContextsOf(partner.Policy, RequestOptions.None)),
            Policy = Text(partner.Policy.ToJson()),
            Query = Text(asked.ToDcql().ToJson()),
        });
    }

    private static string Text(JsonObject json) => json.ToJsonString(Indented);
}
