using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OpenId4Vci;

/// <summary>What a wallet says became of a credential [OpenID4VCI §11.1].</summary>
/// <param name="NotificationId">The handle of the credential response.</param>
/// <param name="Event"><c>credential_accepted</c>, <c>credential_failure</c> or <c>credential_deleted</c>.</param>
public sealed record Notification(string NotificationId, string Event)
{
    private static readonly string[] Events = ["credential_accepted", "credential_failure", "credential_deleted"];

    /// <summary>Reads the JSON body; <c>event_description</c> is checked to be text and not kept, since a wallet may write anything in it.</summary>
    /// <exception cref="Refusal"><c>invalid_notification_request</c>.</exception>
    public static Notification Parse(byte[] body) => Refusal.Recode("invalid_notification_request", () =>
    {
        var json = StrictJson.ParseObject(body);
        _ = json.OptionalString("event_description");
        var name = json.RequiredString("event");
        if (!Events.Contains(name)) throw VciRefusal.InvalidNotificationRequest($"event must be one of {string.Join(", ", Events)}");
        return new Notification(json.RequiredString("notification_id"), name);
    });
}
