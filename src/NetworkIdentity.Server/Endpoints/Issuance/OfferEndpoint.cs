using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Server.Endpoints.Issuance;

/// <summary>
/// GET /offer/{id}: an offer by reference [OpenID4VCI §4.1.3]. A wallet reads it as JSON; a browser, shows a page with the
/// links and the QR that open a wallet.
/// </summary>
internal static class OfferEndpoint
{
    private const string Gone = "there is no such offer, or it has been taken or has expired";

    /// <summary>The offer, as long as it can be taken.</summary>
    public static async Task<IResult> HandleAsync(string id, HttpContext context, NationContext nation, Places places)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept";
        if (await nation.Offering.FindAsync(id) is not { } shown)
            return RequestReading.IsBrowser(context.Request) ? Closed(context, nation) : throw PageRefusal.NotFound(Gone);
        if (!RequestReading.IsBrowser(context.Request)) return Results.Json(shown.Offer.ToJson());

        var uri = nation.Keys.Nation.Url($"/offer/{id}");
        var link = CredentialOffer.LinkByReference(uri);
        return Page.Of<OfferPage>(new OfferView
        {
            Nation = nation.Keys.Nation.Name,
            CredentialName = shown.Type.Metadata.Name ?? shown.Type.Name,
            Description = shown.Type.Metadata.Description,
            Claims = [.. shown.ClaimNames.Select(shown.Type.LabelOf)],
            DeepLink = link,
            HaipLink = CredentialOffer.LinkByReference(uri, "haip-vci"),
            BrowserLink = places.WalletLink("/offer", link),
            IsBrowserFirst = places.IsWalletHere,
            QrSvg = QrCode.Svg(link),
            IsOnThisMachineAlone = nation.Keys.Nation.IsOnThisMachineAlone,
            OfferText = link,
            NeedsCode = shown.Offer.TransactionCodeLength is not null,
            ExpiresAt = shown.ExpiresAt,
            CorrelationId = context.TraceIdentifier,
        });
    }

    private static IResult Closed(HttpContext context, NationContext nation) => Page.Of<ErrorPage>(
        new ErrorView
        {
            Nation = nation.Keys.Nation.Name,
            Title = "This offer is closed",
            Reason = "It has been taken, or it has expired, or there never was one.",
            Mend = "If your wallet shows the credential, you are done. If not, ask the nation for a new offer.",
            Code = PageRefusal.NotFoundCode,
            CorrelationId = context.TraceIdentifier,
        },
        StatusCodes.Status404NotFound);
}
