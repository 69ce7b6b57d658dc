namespace NetworkIdentity.Delivering;

/// <summary>How a connection to the mail server is kept from others.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS is begun by a command, and nothing is sent where the server doesn't [RFC3207].</summary>
    StartTls,

    /// <summary>TLS from the first byte [RFC8314 §3.3].</summary>
    Tls,

    /// <summary>None: for a mail server on this machine alone.</summary>
    None,
}
