using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;

namespace NetworkIdentity.Server.Endpoints.Log;

/// <summary>GET /log/receipt/{digest}: that the issue of a credential is in the log, to be kept beside it [C2SP-Proof §Format].</summary>
/// <remarks>
/// Asked with the base64url of the SHA-256 of the credential's signing input, and with the <c>notification_id</c> that came with the credential, which nobody it is
/// shown to has. A verifier could else tell from the place in the log which copies were issued together. It is never part of a presentation.
/// </remarks>
internal static class ReceiptEndpoint
{
    /// <summary>The receipt; 404 with Retry-After while the leaf waits for its place.</summary>
    public static async Task<IResult> HandleAsync(string digest, HttpContext context, NationContext nation)
    {
        var asking = RequestReading.Query(context.Request).Optional("notification_id") ?? "";
        if (await Credentials.FindByDigestAsync(nation.Database, digest) is not { } record || !IsOf(record, asking) || await Journal.FindAsync(nation.Database, "issue", record.Id) is not { } row)
            throw PageRefusal.NotFound("there is no such credential");
        context.Response.Headers.CacheControl = "no-store";
        if (await nation.Log.ReceiptAsync(row) is { } receipt) return Results.Text(receipt.Text);
        context.Response.Headers.RetryAfter = "2";
        return Results.Text("the leaf waits for its place in the log\n", statusCode: StatusCodes.Status404NotFound);
    }

    private static bool IsOf(Credentials.Row record, string notificationId) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(record.NotificationId), Encoding.UTF8.GetBytes(notificationId));
}
