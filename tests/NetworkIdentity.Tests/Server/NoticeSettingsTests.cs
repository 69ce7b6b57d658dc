using Microsoft.Extensions.Configuration;
using NetworkIdentity.Delivering;
using NetworkIdentity.Server;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The channels of notices are checked at start, and each fault names its setting and none of its secrets.</summary>
public sealed class NoticeSettingsTests
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private static readonly (string, string?)[] Mail = [("Smtp:Host", "mail.example"), ("Smtp:From", "nation@nation.example")];
    private static readonly (string, string?)[] Hook = [("Notices:Webhook", "https://tools.example/hook"), ("Notices:WebhookSecret", Secret)];

    [Fact]
    public void Where_nothing_is_configured_nothing_goes_out() => Assert.Equal(DeliveryOptions.None, Read());

    [Theory]
    [InlineData(null, null, SmtpSecurity.StartTls, 587)]
    [InlineData("tls", null, SmtpSecurity.Tls, 465)]
    [InlineData("StartTls", "2525", SmtpSecurity.StartTls, 2525)]
    public void A_mail_server_has_its_usual_port(string? security, string? port, SmtpSecurity expected, int at)
    {
        var mail = Read([.. Mail, ("Smtp:Security", security), ("Smtp:Port", port), ("Smtp:User", "nation"), ("Smtp:Password", "a secret")]).Mail!;
        Assert.Equal(("mail.example", at, "nation@nation.example", expected, "nation", "a secret"), (mail.Host, mail.Port, mail.From, mail.Security, mail.User, mail.Password));
        Assert.DoesNotContain("a secret", $"{mail}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void One_on_this_machine_needs_no_TLS(string host) =>
        Assert.Equal((SmtpSecurity.None, 25), Read([.. Mail, ("Smtp:Host", host), ("Smtp:Security", "none")]) is { Mail: { } mail } ? (mail.Security, mail.Port) : default);

    [Fact]
    public void A_webhook_has_the_bytes_of_its_secret() => Assert.Equal("0123456789abcdef0123456789abcdef"u8.ToArray(), Read(Hook).Webhook!.Key);

    [Theory]
    [InlineData("Smtp:Host", "mail server")]
    [InlineData("Smtp:Host", "")]
    [InlineData("Smtp:From", null)]
    [InlineData("Smtp:From", "nation")]
    [InlineData("Smtp:From", "nation@nation.example>\r\nRCPT TO:<ben@mail.example")]
    [InlineData("Smtp:Port", "0")]
    [InlineData("Smtp:Port", "65536")]
    [InlineData("Smtp:Security", "ssl")]
    [InlineData("Smtp:Security", "1")]
    [InlineData("Smtp:Security", "none")]
    [InlineData("Smtp:User", "nation")]
    [InlineData("Smtp:Pasword", "a secret")]
    [InlineData("Notices:Webhook", "http://tools.example/hook")]
    [InlineData("Notices:Webhook", "http://localhost/hook")]
    [InlineData("Notices:Webhook", "tools.example")]
    [InlineData("Notices:Webhook", "")]
    [InlineData("Notices:WebhookSecret", null)]
    [InlineData("Notices:WebhookSecret", "whsec_c2hvcnQ=")]
    [InlineData("Notices:WebhookSecret", "whsec_not base64, and long enough for it")]
    [InlineData("Notices:WebhookSecret", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    public void A_fault_names_its_setting(string setting, string? value)
    {
        var faults = Assert.Throws<SettingsException>(() => Read([.. Mail, .. Hook, (setting, value)])).Faults;
        Assert.Contains(faults, fault => fault.StartsWith($"NETID__{setting.Split(':')[0]}__", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("a secret", StringComparison.Ordinal) || fault.Contains("MDEy", StringComparison.Ordinal) || fault.Contains("c2hv", StringComparison.Ordinal));
    }

    /// <summary>The last of a name holds.</summary>
    private static DeliveryOptions Read(params (string Name, string? Value)[] given) => Settings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(
            given.Reverse().DistinctBy(one => one.Name).Select(one => KeyValuePair.Create("NetId:" + one.Name, one.Value)).Append(new("NetId:Keys:Secret", TestNation.Secret))).Build(),
        isDevelopment: false).Notices;
}
