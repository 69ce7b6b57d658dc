namespace NetworkIdentity.Delivering;

/// <summary>The channels by which notices go out, as an operator configured them.</summary>
/// <param name="Mail">The mail server; null where notices are not sent by mail.</param>
/// <param name="Webhook">The community's own system; null where it is not called.</param>
public sealed record DeliveryOptions(SmtpOptions? Mail, WebhookOptions? Webhook)
{
    /// <summary>Notices stand on the members' pages alone.</summary>
    public static DeliveryOptions None { get; } = new(null, null);
}
