using System.Net;
using System.Net.Sockets;

namespace NetworkIdentity.Verifying;

/// <summary>The addresses that lie in the public internet, by the registries of special addresses [RFC6890].</summary>
/// <remarks>
/// Of IPv6 only 2000::/3 is given out, so that all else is out without being named: ::1, ::ffff:0:0/96 (IPv4 in other clothes), 64:ff9b::/96 and
/// 64:ff9b:1::/48 (NAT64, which lead to any IPv4 address), fc00::/7, fe80::/10, ff00::/8.
/// </remarks>
public static class PublicAddresses
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // Given out, but inside of a cloud it answers as the machine's own host.
            "168.63.129.16/32",

            // Protocols, Teredo and benchmarks; documentation; 6to4; documentation.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Whether an address is one of them.</summary>
    public static bool Contains(IPAddress address)
    {
        // The first byte is read here, because IPNetwork takes ::ffff:8.8.8.8 for what it maps.
        var isGivenOut = address.AddressFamily switch
        {
            AddressFamily.InterNetwork => true,
            AddressFamily.InterNetworkV6 => address.GetAddressBytes()[0] >> 5 == 1,
            _ => false,
        };
        return isGivenOut && !Array.Exists(Special, network => network.Contains(address));
    }
}
