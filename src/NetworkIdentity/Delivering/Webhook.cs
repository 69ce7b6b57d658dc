using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Delivering;

/// <summary>A notice as a call to the community's own system, which tells its people itself. Signed as Standard Webhooks 1.0 has it.</summary>
/// <remarks>
/// The person is named by the pairwise <c>sub</c> that an app at the webhook's host knows them by: a system that its people sign in to knows whom to tell, and any other doesn't.
/// </remarks>
internal sealed class Webhook(WebhookOptions options, KeyRing keys, Fetcher fetcher, TimeProvider time)
{
    /// <summary>Tells it. The id is the same at each attempt, the time is not.</summary>
    public async Task<Attempt> SendAsync(Notices.Delivery notice)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = notice.NoticeId,
            ["kind"] = notice.Kind,
            ["recipient"] = Subject.For(keys, notice.MemberId, new Uri(options.Url).IdnHost),
            ["about"] = notice.About,
            ["at"] = DateTimeOffset.FromUnixTimeSeconds(notice.DueAt).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["link"] = keys.Nation.Url(NoticeKind.Of(notice.Kind).Page),
        }.ToJsonString());
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{notice.NoticeId}.{timestamp}."), .. body];
        var result = await fetcher.PostBodyAsync(
            options.Url,
            "application/json",
            body,
            ("webhook-id", notice.NoticeId),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(options.Key, signed))}"));
        return result.Fault switch
        {
            null => Attempt.Sent,
            FetchFault.Paused or FetchFault.Busy => new(AttemptEnd.Busy, "the webhook's host failed and was left alone"),

            // What it says of this one says nothing of others.
            FetchFault.WrongStatus => new(AttemptEnd.NotNow, "the webhook refuses it"),
            var fault => new(AttemptEnd.Down, WordsFor(fault.Value)),
        };
    }

    private static string WordsFor(FetchFault fault) => fault switch
    {
        FetchFault.UrlNotAllowed => "NETID__Notices__Webhook is not one that may be called",
        FetchFault.AddressNotPublic => "the webhook's host leads to an address that is not public",
        FetchFault.TimedOut => "the webhook's host did not answer in time",
        FetchFault.Redirected => "the webhook redirected, which is not followed",
        FetchFault.HostFailed => "the webhook answered 429, or 500 or above",
        _ => "the webhook's host can't be reached",
    };
}
