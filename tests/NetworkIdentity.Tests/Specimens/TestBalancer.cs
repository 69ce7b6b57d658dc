using System.Net;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A browser, or a wallet's way, that a balancer sends to the next server with each request.</summary>
internal static class TestBalancer
{
    /// <summary>Follows no redirect, and has a cookie jar of its own; the first request goes to the server that is named first.</summary>
    public static HttpClient Before(params TestServer[] servers) => new(new Turns(servers)
    {
        InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), UseCookies = true },
    });

    private sealed class Turns(TestServer[] servers) : DelegatingHandler
    {
        private int _next = -1;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var at = servers[(uint)Interlocked.Increment(ref _next) % servers.Length];
            var here = new Uri(at.UrlHere("/"));
            request.RequestUri = new UriBuilder(request.RequestUri!) { Host = here.Host, Port = here.Port }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
