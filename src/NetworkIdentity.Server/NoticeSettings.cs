using NetworkIdentity.Delivering;
using NetworkIdentity.Governing;

namespace NetworkIdentity.Server;

/// <summary>The configuration of the channels by which notices go out: sections <c>Smtp</c> and <c>Notices</c> of the <see cref="Settings"/>.</summary>
internal static class NoticeSettings
{
    private static readonly string[] Known = ["Host", "Port", "From", "User", "Password", "Security"];

    /// <summary>Reads and checks it.</summary>
    /// <param name="section">The section <c>NetId</c>.</param>
    /// <param name="allowsLoopback">Whether a webhook may be on this machine.</param>
    /// <param name="faults">Gets a line for each fault, which names its setting.</param>
    public static DeliveryOptions Read(IConfiguration section, bool allowsLoopback, List<string> faults) =>
        new(Mail(section.GetSection("Smtp"), faults), Webhook(section.GetSection("Notices"), allowsLoopback, faults));

    private static SmtpOptions? Mail(IConfigurationSection smtp, List<string> faults)
    {
        if (smtp.GetChildren().FirstOrDefault(one => !Known.Contains(one.Key, StringComparer.OrdinalIgnoreCase)) is { } odd)
            faults.Add($"NETID__Smtp__{odd.Key} is no setting of a mail server: {string.Join(", ", Known)} are");
        if (Given(smtp, "Host") is not { } host)
        {
            if (Known.FirstOrDefault(name => Given(smtp, name) is not null) is { } alone) faults.Add($"NETID__Smtp__{alone} is set, and NETID__Smtp__Host is not");
            return null;
        }

        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic) faults.Add("NETID__Smtp__Host must be the name or the address of a mail server");
        var from = Given(smtp, "From");
        if (from is null || Contact.Fault(from) is not null) faults.Add("NETID__Smtp__From must be the e-mail address in whose name the nation writes");
        var security = SmtpSecurity.StartTls;
        if (Given(smtp, "Security") is { } word && (!Enum.TryParse(word, ignoreCase: true, out security) || !Enum.IsDefined(security) || char.IsAsciiDigit(word[0])))
            faults.Add("NETID__Smtp__Security must be starttls, tls or none");
        if (security == SmtpSecurity.None && !IsThisMachine(host)) faults.Add("NETID__Smtp__Security: none is for a mail server on this machine alone; members' addresses don't go over a network in the clear");
        ushort port = (ushort)SmtpOptions.UsualPort(security);
        if (Given(smtp, "Port") is { } number && (!ushort.TryParse(number, System.Globalization.NumberStyles.None, null, out port) || port == 0)) faults.Add("NETID__Smtp__Port must be a port number");
        var (user, password) = (Given(smtp, "User"), Given(smtp, "Password"));
        if (user is null != password is null) faults.Add("NETID__Smtp__User and NETID__Smtp__Password must be set together");
        if ((user + password).Contains('\0', StringComparison.Ordinal)) faults.Add("NETID__Smtp__User and NETID__Smtp__Password must hold no NUL");
        return new SmtpOptions(host, port, from ?? "", security) { User = user, Password = password };
    }

    private static WebhookOptions? Webhook(IConfigurationSection notices, bool allowsLoopback, List<string> faults)
    {
        var (url, secret) = (Given(notices, "Webhook"), Given(notices, "WebhookSecret"));
        if (url is null)
        {
            if (secret is not null) faults.Add("NETID__Notices__WebhookSecret is set, and NETID__Notices__Webhook is not");
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (allowsLoopback && uri.Scheme == Uri.UriSchemeHttp && Nation.LeadsToThisMachineAlone(uri))))
            faults.Add("NETID__Notices__Webhook must be an https URL");
        var key = secret is null ? null : WebhookOptions.KeyOf(secret);
        if (key is null) faults.Add("NETID__Notices__WebhookSecret must be whsec_ and 24 to 64 random bytes in base64, for example from: echo whsec_$(openssl rand -base64 32)");
        return new WebhookOptions(url, key ?? []);
    }

    private static bool IsThisMachine(string host) => Uri.TryCreate($"smtp://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}", UriKind.Absolute, out var uri) && Nation.LeadsToThisMachineAlone(uri);

    private static string? Given(IConfiguration section, string name) => string.IsNullOrWhiteSpace(section[name]) ? null : section[name];
}
