using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NetworkIdentity.SamplePartner;

namespace NetworkIdentity.Server.Practice;

/// <summary>The sample apps, running beside a practice nation: web applications of their own, which know of it what any app is told.</summary>
public sealed class SampleApps : IAsyncDisposable
{
    private readonly List<WebApplication> _running = [];

    private SampleApps()
    {
    }

    /// <summary>Starts those that are registered. One whose address is taken is left out, and said to be.</summary>
    /// <param name="nation">The nation.</param>
    /// <param name="clients">How the apps are registered.</param>
    /// <param name="node">The node whose door the one app stands at.</param>
    /// <param name="tls">The nation's own TLS certificate and its chain, for origins with https; null where there are none.</param>
    /// <param name="trusted">The root that the nation's certificate leads to, where the system does not know it; else null.</param>
    /// <param name="log">Where they log.</param>
    public static async Task<SampleApps> StartAsync(
        Nation nation, PracticeClients clients, string node, HttpsConnectionAdapterOptions? tls, X509Certificate2? trusted, ILoggerFactory log)
    {
        var apps = new SampleApps();
        if (clients.Library is { } library) await apps.StartAsync("Library", Options(library), log);
        if (clients.Door is { } door)
            await apps.StartAsync("Door", Options(door) with { Node = node, Scopes = ["openid", "membership", "residency"] }, log);
        return apps;

        SamplePartnerOptions Options(PracticeClients.Client client) => new()
        {
            Name = client.Name,
            NationName = nation.Name,
            Origin = client.Origin,
            DiscoveryUrl = nation.Url("/.well-known/openid-configuration"),
            ClientId = client.ClientId,
            ClientSecret = client.Secret,
            Certificate = tls?.ServerCertificate,
            CertificateChain = tls?.ServerCertificateChain,
            TrustedRoot = trusted,
            Log = log,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var app in _running)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private async Task StartAsync(string setting, SamplePartnerOptions options, ILoggerFactory log)
    {
        WebApplication? app = null;
        try
        {
            app = SamplePartnerApp.Build(options);
            await app.StartAsync();
            _running.Add(app);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ArgumentException)
        {
            if (app is not null) await app.DisposeAsync();
            log.CreateLogger("netid").LogWarning(
                "{App} does not run at {Origin}: {Fault}. Set NETID__Practice__{Setting} to another address", options.Name, options.Origin, exception.Message, setting);
        }
    }
}
