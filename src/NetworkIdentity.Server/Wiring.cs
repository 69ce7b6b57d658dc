using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NetworkIdentity.Keys;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints;
using NetworkIdentity.Server.Endpoints.Account;
using NetworkIdentity.Server.Practice;

namespace NetworkIdentity.Server;

/// <summary>Makes the web application that serves a nation.</summary>
public static class Wiring
{
    /// <summary>Builds it; the caller runs it and disposes of the nation after.</summary>
    /// <param name="builder">What it is built from.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="nation">The nation it serves.</param>
    /// <param name="practice">How the sample apps are registered: then the tour is there; null for a nation that is not for practice.</param>
    /// <param name="people">Who acts on the tour; null where there is none.</param>
    public static WebApplication Build(WebApplicationBuilder builder, Settings settings, NationContext nation, PracticeClients? practice = null, PracticePeople? people = null)
    {
        var headers = new SecurityHeaders(nation.Keys.Nation.Issuer);
        builder.WebHost.UseKestrel(options => Listen(options, settings, nation));
        builder.Services.AddSingleton(nation);
        builder.Services.AddSingleton(headers);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<RateLimits>();
        builder.Services.AddSingleton(new VerifyTurns());
        builder.Services.AddKeyedSingleton(EvidenceEndpoint.Path, new VerifyTurns(EvidenceEndpoint.AtOnce));
        var draining = new Draining(settings.DrainTime);
        builder.Services.AddSingleton(draining);
        var places = Places.Of(settings, nation.Keys.Nation.Issuer);
        builder.Services.AddSingleton(places);
        builder.Services.AddSingleton(new Pages.StationFiles(WellKnown.PathOf(nation.Keys.Nation.Issuer), places.Wallet));
        builder.Services.AddHostedService<Sweeping>();
        builder.Services.AddHostedService<Sequencing>();
        builder.Services.AddHostedService<Publishing>();
        builder.Services.AddHostedService<RenewingRecognised>();
        builder.Services.AddHostedService<Telling>();
        builder.Services.AddHostedService<Notifying>();
        if (practice is not null)
        {
            builder.Services.AddSingleton(practice);
            builder.Services.AddSingleton(people ?? new([]));
            builder.Services.AddSingleton(new Tape(nation.Time));
        }

        builder.Services.AddCors(cors => cors.AddPolicy(Routes.AnyOrigin, policy =>
            policy.AllowAnyOrigin().WithMethods("GET", "POST").AllowAnyHeader().WithExposedHeaders("WWW-Authenticate", "Retry-After", ProofOfPossession.NonceHeader).SetPreflightMaxAge(TimeSpan.FromHours(1))));

        var app = builder.Build();

        // Told that the server is to stop, and before it stops listening.
        app.Lifetime.ApplicationStopping.Register(draining.Begin);
        nation.Alarm = words => app.Logger.LogError("{Alarm}", words);
        if (places.Wallet is { } wallet) WalletHost.Use(app, wallet);
        app.Use((context, next) =>
        {
            headers.Apply(context);
            return next(context);
        });
        if (practice is not null) app.UseMiddleware<Taping>();
        app.UseRouting();
        app.UseMiddleware<RefusalDoor>();
        app.UseCors();
        app.Use((context, next) =>
        {
            // Who balances the load asks often, and lists are what others rely on.
            if (!context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/status", StringComparison.Ordinal))
                context.RequestServices.GetRequiredService<RateLimits>().CountAddress(context);
            return next(context);
        });
        Routes.Map(app, nation.Keys.Nation, practice is not null);
        app.Logger.LogInformation("{Engine}", nation.Database.Engine);
        app.Logger.LogInformation("Ed25519 by {Provider}", NetworkIdentity.Standards.Crypto.Ed25519.Provider);
        app.Logger.LogInformation("{Nation} at {Issuer}", nation.Keys.Nation.Name, nation.Keys.Nation.Issuer);
        foreach (var instance in nation.Instances.All)
            app.Logger.LogInformation("VCALM instance {Instance}, issuer {Did}{Open}", instance.Url, instance.Did, nation.Instances.IsOpen ? ", open to programs of this machine" : "");
        return app;
    }

    private static void Listen(KestrelServerOptions options, Settings settings, NationContext nation)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = RequestReading.MaxBody;

        // A request line that is too long is refused by its parameter, with OAuth's words, rather than with a bare 414.
        options.Limits.MaxRequestLineSize = 160 * 1024;
        foreach (var address in settings.ListenAddresses(nation.Keys.Nation.Issuer))
        {
            void Configure(ListenOptions listen)
            {
                if (address.Scheme == Uri.UriSchemeHttps) listen.UseHttps(Https(settings, nation));
            }

            if (address.Host is "localhost" || address.Host.EndsWith(".localhost", StringComparison.Ordinal)) options.ListenLocalhost(address.Port, Configure);
            else if (System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) options.Listen(ip, address.Port, Configure);
            else options.ListenAnyIP(address.Port, Configure);
        }
    }

    /// <summary>The certificate of this server, and what leads from it to its root.</summary>
    /// <exception cref="SettingsException">There is none, or it can't be read.</exception>
    public static HttpsConnectionAdapterOptions Https(Settings settings, NationContext nation)
    {
        if (settings.TlsCertificate is { } file)
        {
            try
            {
                // The file's first certificate is the server's own; those behind it lead to its root and are sent along.
                var chain = new X509Certificate2Collection();
                chain.ImportFromPemFile(file);
                return new() { ServerCertificate = X509Certificate2.CreateFromPemFile(file, settings.TlsKey), ServerCertificateChain = [.. chain.Skip(1)] };
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw new SettingsException([$"NETID__Tls__Certificate and NETID__Tls__Key: {exception.Message}"]);
            }
        }

        if (!settings.DevelopmentTls)
            throw new SettingsException(["NETID__Urls, NETID__Practice__Library or NETID__Practice__Door has an https address: set NETID__Tls__Certificate and NETID__Tls__Key, or NETID__Tls__Development=true"]);
        var held = nation.Keys.CurrentKey(KeyPurpose.Tls);
        using var key = held.OpenEcdsa();
        return new() { ServerCertificate = held.Certificate!.CopyWithPrivateKey(key) };
    }
}
