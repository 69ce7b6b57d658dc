using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace NetworkIdentity.Server.Doors;

/// <summary>
/// How many requests a minute one address, and one app, may make of this server, and how many sign-ins be begun (A94). Whoever is over gets 429, and nobody else notices: an address spends
/// its own, and an app's are counted only once it has shown its secret.
/// </summary>
/// <remarks>
/// Behind a proxy the address is what the proxy says in <c>X-Forwarded-For</c>. Where that can't be told, as of a program of this machine or a proxy that says
/// nothing, there is no limit: it would be one for everybody.
/// </remarks>
public sealed class RateLimits : IDisposable
{
    private readonly HashSet<IPAddress> _proxies;
    private readonly PartitionedRateLimiter<string>? _addresses;
    private readonly PartitionedRateLimiter<string>? _apps;
    private readonly PartitionedRateLimiter<string>? _signInsOfAddresses;
    private readonly PartitionedRateLimiter<string>? _signInsOfApps;

    /// <summary>Limits as the settings say; 0 is none.</summary>
    public RateLimits(Settings settings)
    {
        _proxies = settings.Proxies.Select(proxy => Plain(proxy)!).ToHashSet();
        _addresses = Limiter(settings.LimitPerAddress);
        _apps = Limiter(settings.LimitPerApp);
        _signInsOfAddresses = Limiter(settings.LimitSignInsPerAddress);
        _signInsOfApps = Limiter(settings.LimitSignInsPerApp);
    }

    /// <summary>Counts a request of an address.</summary>
    /// <exception cref="RateLimitException">Too many.</exception>
    public void CountAddress(HttpContext context)
    {
        if (_addresses is not null && AddressOf(context) is { } address) Count(_addresses, address);
    }

    /// <summary>Counts a request of an app that has authenticated.</summary>
    /// <exception cref="RateLimitException">Too many.</exception>
    public void CountApp(string clientId)
    {
        if (_apps is not null) Count(_apps, clientId);
    }

    /// <summary>Counts a sign-in that is about to be begun, before anything is written or made for it [RFC10027 §6.1.11].</summary>
    /// <remarks>Anyone may begin one in an app's name. So that nobody uses up an app's by it, those are not counted that the app itself pushed: it showed its secret.</remarks>
    /// <param name="context">The browser's request.</param>
    /// <param name="partner">The app.</param>
    /// <param name="isPushed">Whether the request was pushed in the app's name.</param>
    /// <exception cref="RateLimitException">Too many.</exception>
    public void CountSignIn(HttpContext context, Partner partner, bool isPushed)
    {
        if (AddressOf(context) is not { } address) return;
        if (_signInsOfAddresses is not null) Count(_signInsOfAddresses, address);
        if (_signInsOfApps is not null && (!isPushed || partner.IsPublic)) Count(_signInsOfApps, partner.ClientId);
    }

    /// <summary>Counts an application, as a sign-in that its address begins: it writes as much, for whoever asks.</summary>
    /// <param name="context">The browser's request.</param>
    /// <exception cref="RateLimitException">Too many.</exception>
    public void CountApplication(HttpContext context)
    {
        if (_signInsOfAddresses is not null && AddressOf(context) is { } address) Count(_signInsOfAddresses, address);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signInsOfAddresses?.Dispose();
        _signInsOfApps?.Dispose();
        _addresses?.Dispose();
        _apps?.Dispose();
    }

    /// <summary>Whose request it is: an IPv4 address, or the /64 that one household has of IPv6; null where that can't be told.</summary>
    private string? AddressOf(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        var passed = context.Request.Headers["X-Forwarded-For"].SelectMany(line => line?.Split(',') ?? []).ToList();
        while (address is null || IPAddress.IsLoopback(address) || _proxies.Contains(address))
        {
            // The last entry is from whoever called us; the one before it only as true as that one.
            if (passed.Count == 0 || !IPAddress.TryParse(passed[^1].Trim(), out var before)) return null;
            passed.RemoveAt(passed.Count - 1);
            address = Plain(before);
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static void Count(PartitionedRateLimiter<string> limiter, string whose)
    {
        using var lease = limiter.AttemptAcquire(whose);
        if (lease.IsAcquired) return;
        throw new RateLimitException(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }

    private static PartitionedRateLimiter<string>? Limiter(int perMinute) => perMinute == 0 ? null : PartitionedRateLimiter.Create<string, string>(whose =>
        RateLimitPartition.GetTokenBucketLimiter(whose, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = Math.Max(1, perMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60.0 / perMinute)),
        }));

    /// <summary>Too many requests.</summary>
    public sealed class RateLimitException(TimeSpan wait) : Exception("too many requests; wait, and try again")
    {
        /// <summary>When another may be tried, in seconds, as the header says it.</summary>
        public string RetryAfter { get; } = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }
}
