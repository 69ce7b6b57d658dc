using System.Security.Cryptography.X509Certificates;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>The app's own way to the provider, which takes down what goes over it for the page that shows it.</summary>
internal sealed class Backchannel(SamplePartnerOptions options, IHttpContextAccessor accessor) : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;

    /// <summary>The client: no redirects, no cookies, ten seconds.</summary>
    public HttpClient Client { get; } = new(new Tap(Connecting(options), accessor)) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = LongestAnswer };

    /// <summary>The exchange that this request of the browser's made last.</summary>
    public static Exchange Last(HttpContext context, string name) => (context.Items[typeof(Tap)] as Exchange ?? new(name, "")) with { Name = name };

    public void Dispose() => Client.Dispose();

    private static SocketsHttpHandler Connecting(SamplePartnerOptions options)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (options.TrustedRoot is { } root)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { root },
            };
        }

        return handler;
    }

    private sealed class Tap(HttpMessageHandler inner, IHttpContextAccessor accessor) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var lines = new List<string> { $"{request.Method} {request.RequestUri}" };
            if (request.Headers.Authorization is { } authorization) lines.Add($"Authorization: {authorization}");
            if (request.Content is { } content)
                lines.Add("\n" + string.Join("\n&", (await content.ReadAsStringAsync(cancellationToken)).Split('&').Select(Masked)));

            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
            var answer = new List<string> { $"{(int)response.StatusCode} {response.ReasonPhrase}" };
            if (response.Headers.WwwAuthenticate.Count > 0) answer.Add($"WWW-Authenticate: {response.Headers.WwwAuthenticate}");
            answer.Add("\n" + await response.Content.ReadAsStringAsync(cancellationToken));
            if (accessor.HttpContext is { } context) context.Items[typeof(Tap)] = new Exchange("", string.Join('\n', lines), string.Join('\n', answer));
            return response;
        }

        private static string Masked(string parameter) => parameter.StartsWith("client_secret=", StringComparison.Ordinal) ? "client_secret=********" : parameter;
    }
}
