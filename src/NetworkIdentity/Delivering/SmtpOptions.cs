using System.Security.Cryptography.X509Certificates;

namespace NetworkIdentity.Delivering;

/// <summary>The mail server that takes the nation's mail, and in whose name.</summary>
/// <param name="Host">Its name or address. The operator chose it, so it may be on a private network.</param>
/// <param name="Port">Its port.</param>
/// <param name="From">The address in whose name the nation writes.</param>
/// <param name="Security">How the connection is kept from others.</param>
public sealed record SmtpOptions(string Host, int Port, string From, SmtpSecurity Security)
{
    /// <summary>Who signs in there; null where nobody needs to.</summary>
    public string? User { get; init; }

    /// <summary>The password of who does.</summary>
    public string? Password { get; init; }

    /// <summary>The roots of TLS; the system's where null.</summary>
    internal X509Certificate2Collection? Roots { get; init; }

    /// <summary>The usual port.</summary>
    public static int UsualPort(SmtpSecurity security) => security switch { SmtpSecurity.StartTls => 587, SmtpSecurity.Tls => 465, _ => 25 };

    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
