namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>How a client id says who asks, and by what a wallet believes it [OpenID4VP §5.9.3]. The prefix and a colon stand before the name.</summary>
public static class ClientIdPrefixes
{
    /// <summary>The name is the SHA-256 of the leaf in <c>x5c</c>, as base64url.</summary>
    public const string X509Hash = "x509_hash";

    /// <summary>The name is a DNS name of the leaf in <c>x5c</c>, and the host of <c>response_uri</c>.</summary>
    public const string X509SanDns = "x509_san_dns";

    /// <summary>The name is a DID; <c>kid</c> names the key by its DID URL, and there is no <c>x5c</c>.</summary>
    public const string DecentralizedIdentifier = "decentralized_identifier";

    /// <summary>Those that requests are made with here.</summary>
    public static readonly IReadOnlyList<string> All = [X509Hash, X509SanDns, DecentralizedIdentifier];

    /// <summary>The prefix of a client id; empty where it has none.</summary>
    public static string Of(string clientId) => clientId[..Math.Max(0, clientId.IndexOf(':', StringComparison.Ordinal))];

    /// <summary>The name behind the prefix.</summary>
    public static string NameOf(string clientId) => clientId[(clientId.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
