using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Log;

/// <summary>GET /log/receipt/{digest}: that the issue of a credential, or what was published of a status list, is in the log [C2SP-Proof §Format].</summary>
/// <remarks>
/// Asked with the base64url of the SHA-256 of the credential's signing input, and with the <c>notification_id</c> that came with the credential, which nobody it is
/// shown to has. A verifier could else tell from the place in the log which copies were issued together. It is never part of a presentation. With <c>list</c>, the id of a status
/// list, it is the digest of a published token of the list: that is of nobody, and told to anyone.
/// </remarks>
internal static class ReceiptEndpoint
{
    /// <summary>The receipt; 404 with Retry-After while the leaf waits for its place.</summary>
    public static async Task<IResult> HandleAsync(string digest, HttpContext context, NationContext nation)
    {
        var query = RequestReading.Query(context.Request);
        if (digest.Length != 43 || !Base64Url.TryDecode(digest, out _)) throw PageRefusal.NotFound("that is no digest");
        var row = query.Optional("list") is { } list ? await Journal.PublishedAsync(nation.Database, list, digest) ?? throw PageRefusal.NotFound("no such version of the list was published")
            : await OfIssueAsync(digest, query.Optional("notification_id") ?? "", nation) ?? throw PageRefusal.NotFound("there is no such credential");
        context.Response.Headers.CacheControl = "no-store";
        if (await nation.Log.ReceiptAsync(row) is { } receipt) return Results.Text(receipt.Text);
        context.Response.Headers.RetryAfter = "2";
        return Results.Text("the leaf waits for its place in the log\n", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<Journal.Row?> OfIssueAsync(string digest, string asking, NationContext nation) =>
        await Credentials.FindByDigestAsync(nation.Database, digest) is { } record && IsOf(record, asking) ? await Journal.FindAsync(nation.Database, "issue", record.Id) : null;

    private static bool IsOf(Credentials.Row record, string notificationId) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(record.NotificationId), Encoding.UTF8.GetBytes(notificationId));
}
