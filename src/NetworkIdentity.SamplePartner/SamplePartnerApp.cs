using System.Net;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using NetworkIdentity.SamplePartner.OpenId;

namespace NetworkIdentity.SamplePartner;

/// <summary>An ordinary relying party in two costumes: a library that people sign in to, and the door of a node that they arrive at.</summary>
public static class SamplePartnerApp
{
    /// <summary>Where answers come back to, from the root of the app's origin.</summary>
    public const string CallbackPath = "/callback";

    /// <summary>The scheme that challenges.</summary>
    internal const string Nation = "nation";

    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>
    /// Builds the app; the caller starts, stops and disposes of it. It asks the provider nothing before someone signs in, so it starts while that is down.
    /// </summary>
    /// <remarks>Starting throws <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> where the port is taken.</remarks>
    /// <exception cref="ArgumentException">The origin is https and there is no certificate.</exception>
    public static WebApplication Build(SamplePartnerOptions options)
    {
        var origin = new Uri(options.Origin);
        if (origin.Scheme == Uri.UriSchemeHttps && options.Certificate is null)
            throw new ArgumentException($"{options.Origin} is https and has no certificate", nameof(options));

        // Empty: the settings and the environment of the process are somebody else's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, origin, options));
        AddServices(builder.Services, options);

        var app = builder.Build();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer"; // The address of the callback has a code in it.
            headers.CacheControl = "no-store";
            return next(context);
        });
        app.Use((context, next) => IsOwn(context.Request, origin) ? next(context) : ToOwn(context, options.Origin));
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Answers.BrokenAsync, SuppressDiagnosticsCallback = _ => false });
        app.UseRouting();
        app.UseAuthentication();
        if (options.Node is null) LibraryEndpoints.Map(app);
        else DoorEndpoints.Map(app);
        SharedEndpoints.Map(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, SamplePartnerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Log);
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, OwnersLifetime>());
        services.AddLogging();
        services.AddRouting();
        services.AddHttpContextAccessor();
        services.AddSingleton<Backchannel>();
        services.AddSingleton<Discovery>();
        services.AddSingleton<IdTokenCheck>();
        services.AddSingleton<UserInfo>();

        // Keys in memory: a restart signs everyone out, and there is a page that says so.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.TimeProvider = options.Time;
                cookie.Cookie.Name = options.Node is null ? "session" : "visit";
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

                // The session itself ends with its access token (Session.cs); the cookie lasts longer, so that a page can say that it has ended.
                cookie.ExpireTimeSpan = options.Node is null ? TimeSpan.FromHours(1) : DoorEndpoints.VisitLasts;
                cookie.SlidingExpiration = false;
            })
            .AddOAuth<OpenIdOptions, OpenIdHandler>(Nation, oauth =>
            {
                oauth.TimeProvider = options.Time;
                oauth.ClientId = options.ClientId;
                oauth.ClientSecret = options.ClientSecret;
                oauth.CallbackPath = CallbackPath;
                oauth.UsePkce = true;
                oauth.SaveTokens = true;
                foreach (var scope in options.Scopes) oauth.Scope.Add(scope);

                // Answers come by GET. Lax lets the cookie come along, and unlike None needs no https, which localhost has not.
                oauth.CorrelationCookie.SameSite = SameSiteMode.Lax;
                oauth.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                oauth.Events.OnRemoteFailure = Answers.FailedAsync;
            });
        services.AddOptions<OpenIdOptions>(Nation).Configure<Backchannel>((oauth, backchannel) => oauth.Backchannel = backchannel.Client);
    }

    private static void Listen(KestrelServerOptions kestrel, Uri origin, SamplePartnerOptions options)
    {
        kestrel.AddServerHeader = false;
        if (origin.Host is "localhost" || origin.Host.EndsWith(".localhost", StringComparison.Ordinal)) kestrel.ListenLocalhost(origin.Port, Configure);
        else if (IPAddress.TryParse(origin.Host.Trim('[', ']'), out var address)) kestrel.Listen(address, origin.Port, Configure);
        else kestrel.ListenAnyIP(origin.Port, Configure);

        void Configure(ListenOptions listen)
        {
            if (options.Certificate is { } certificate) listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate, options.CertificateChain));
        }
    }

    private static bool IsOwn(HttpRequest request, Uri origin) => string.Equals(request.Host.Value, origin.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Under another name of this machine the cookies would be another site's: the browser is sent to the one that is registered.</summary>
    private static Task ToOwn(HttpContext context, string origin)
    {
        if (HttpMethods.IsGet(context.Request.Method)) context.Response.Redirect(origin + context.Request.Path.ToUriComponent());
        else context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }
}
