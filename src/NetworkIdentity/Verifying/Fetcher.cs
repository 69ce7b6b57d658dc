using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NetworkIdentity.Verifying;

// This file is the one way out: what it uses is banned everywhere else (decision 0015).
#pragma warning disable RS0030

/// <summary>
/// The one guarded way out: gets a small public document that someone else serves, or posts something small to them, at a URL that a stranger may have chosen.
/// </summary>
/// <remarks>
/// Each fetch has its own connection, to an address that was looked up once and looked at before. It sends no cookie, no trace and no credential but what a caller gives it, goes
/// through no proxy and follows no redirect. It logs nothing. What is kept for how long, and whether something old is better than nothing, is the caller's.
/// </remarks>
public sealed class Fetcher : IDisposable
{
    /// <summary>The most bytes of a body, where the caller allows no other number.</summary>
    public const int DefaultMaxBytes = 1024 * 1024;

    /// <summary>How long a fetch may take, from the name to the last byte.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private const int MaxUrlLength = 2048;
    private const int MaxAddresses = 4;
    private const int MaxHeaderKilobytes = 16;

    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(2);
    private static readonly HttpRequestOptionsKey<IReadOnlyList<IPAddress>> Pinned = new("netid.pinned");

    private readonly Options _options;
    private readonly TimeProvider _time;
    private readonly HostTurns _turns;
    private readonly HttpMessageInvoker _http;

    /// <summary>Makes it.</summary>
    /// <param name="options">What an operator may allow beyond what is always allowed.</param>
    /// <param name="time">The clock.</param>
    public Fetcher(Options options, TimeProvider time)
    {
        (_options, _time, _turns) = (options, time, new HostTurns(time));
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = Deadline,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,

            // No connection is used twice: what one answer leaves behind can't reach the next.
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy(options.Roots) },
        });
    }

    /// <summary>What is allowed beyond https on port 443 of a public host.</summary>
    public sealed record Options
    {
        /// <summary>The ports that https may go to.</summary>
        public IReadOnlyList<int> Ports { get; init; } = [443];

        /// <summary>Whether localhost, names under it and loopback addresses may be called, by http too and on any port. For a developer's machine alone.</summary>
        public bool Loopback { get; init; }

        /// <summary>What is read instead of calling anyone, by URL: for who checks without a network. Then no socket is opened, whatever is asked.</summary>
        public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Files { get; init; }

        /// <summary>Looks a name up; by the system where not set.</summary>
        internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

        /// <summary>Which addresses may be called.</summary>
        internal Func<IPAddress, bool> Allows { get; init; } = PublicAddresses.Contains;

        /// <summary>The roots of TLS; the system's where null.</summary>
        internal X509Certificate2Collection? Roots { get; init; }
    }

    /// <summary>Gets what lies behind a URL.</summary>
    /// <param name="url">The URL, as it was written down: it is fetched as it is, or not at all.</param>
    /// <param name="contentTypes">The media types that are taken.</param>
    /// <param name="maxBytes">The most bytes of the body, as sent and as unpacked.</param>
    /// <param name="etag">The ETag of what the caller has; null where it has nothing.</param>
    public Task<FetchResult> FetchAsync(string url, IReadOnlyList<string> contentTypes, int maxBytes = DefaultMaxBytes, string? etag = null) =>
        CallAsync(url, (uri, deadline) => ExchangeAsync(uri, contentTypes, maxBytes, etag, deadline));

    /// <summary>Posts a form to a URL. The answer is its status: 200, or 204 where there is nothing to say. Its body is not read.</summary>
    /// <param name="url">The URL, as it was written down: it is called as it is, or not at all.</param>
    /// <param name="form">The fields.</param>
    public Task<FetchResult> PostAsync(string url, params (string Name, string Value)[] form) =>
        CallAsync(url, (uri, deadline) =>
            PostAsync(uri, new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))), status => status is 200 or 204, deadline));

    /// <summary>Posts a body to a URL. The answer is its status: any of success. Its body is not read.</summary>
    /// <param name="url">The URL, as it was written down: it is called as it is, or not at all.</param>
    /// <param name="contentType">The body's media type.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">What is said beside it.</param>
    public Task<FetchResult> PostBodyAsync(string url, string contentType, byte[] body, params (string Name, string Value)[] headers) => CallAsync(url, (uri, deadline) =>
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        foreach (var (name, value) in headers) content.Headers.Add(name, value);
        return PostAsync(uri, content, status => status is >= 200 and < 300, deadline);
    });

    /// <summary>Asks a host that whoever runs this program named, with what is shown to it alone, and hears its answer whatever its status is.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="url">The URL, as it was written down: it is called as it is, or not at all.</param>
    /// <param name="headers">What is said beside the body.</param>
    /// <param name="contentType">The body's media type; null where there is no body.</param>
    /// <param name="body">The body.</param>
    public Task<FetchResult> AskAsync(HttpMethod method, string url, IReadOnlyList<(string Name, string Value)> headers, string? contentType = null, byte[]? body = null) => CallAsync(url, async (uri, deadline) =>
    {
        using var request = NewRequest(method, uri);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (contentType is not null) request.Content = new ByteArrayContent(body ?? []) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        var (refused, answer) = await SendAsync(request, deadline);
        if (answer is null) return refused!;
        using var response = answer;
        await using var stream = await response.Content.ReadAsStreamAsync(deadline);
        if (await ReadAsync(stream, DefaultMaxBytes, deadline) is not { } read) return FetchResult.Failed(FetchFault.TooLarge, $"the host sent more than {DefaultMaxBytes} bytes");
        return new(null, null, read, false, response.Headers.ETag?.ToString(), null)
        {
            Status = (int)response.StatusCode,
            Headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        };
    });

    private async Task<FetchResult> CallAsync(string url, Func<Uri, CancellationToken, Task<FetchResult>> call)
    {
        if (_options.Files is { } files)
        {
            return files.TryGetValue(url, out var file)
                ? new(null, null, file, false, null, null)
                : FetchResult.Failed(FetchFault.Unreachable, $"there is no network here, and no file was given for {url}");
        }

        if (!TryRead(url, out var uri, out var why)) return FetchResult.Failed(FetchFault.UrlNotAllowed, why);

        using var deadline = new CancellationTokenSource(Deadline, _time);
        var (fault, turn) = await _turns.TakeAsync(uri.Authority, deadline.Token);
        if (turn is null)
        {
            return FetchResult.Failed(fault!.Value, fault == FetchFault.Paused
                ? "the host has failed before and is left alone for a while"
                : "too much is being fetched at once");
        }

        var result = FetchResult.Failed(FetchFault.Unreachable, "the fetch broke off");
        try
        {
            result = await call(uri, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = FetchResult.Failed(FetchFault.TimedOut, "the host did not answer in time");
        }
        catch (HttpRequestException exception)
        {
            result = FetchResult.Failed(FetchFault.Unreachable, exception.HttpRequestError switch
            {
                HttpRequestError.SecureConnectionError => "the host's TLS is not right",
                HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse => "the host's answer is not HTTP within its limits",
                _ => "the host can't be reached",
            });
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException or ObjectDisposedException)
        {
            result = FetchResult.Failed(FetchFault.Unreachable, exception is SocketException ? "the host's name can't be looked up" : "the host's answer broke off");
        }
        finally
        {
            _turns.GiveBack(turn, result.IsHostsFault);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
    }

    /// <summary>One question and one answer, within the deadline.</summary>
    private async Task<FetchResult> ExchangeAsync(Uri uri, IReadOnlyList<string> contentTypes, int maxBytes, string? etag, CancellationToken deadline)
    {
        // 1. and 2. The question.
        using var request = NewRequest(HttpMethod.Get, uri);
        foreach (var type in contentTypes) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        var (refused, answer) = await SendAsync(request, deadline);
        if (answer is null) return refused!;
        using var response = answer;

        // 3. The answer's head: 200 with the type that was asked for, or 304 where there is something that it can mean [RFC9110 §15.4.5].
        var headers = response.Content.Headers;
        var (status, newTag, maxAge) = ((int)response.StatusCode, response.Headers.ETag?.ToString(), MaxAge(response.Headers.CacheControl));
        if (status == 304 && etag is not null) return new(null, null, default, true, newTag ?? etag, maxAge);
        if (status != 200) return Refused(status);
        if (headers.ContentType?.MediaType is not { } mediaType || !contentTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase))
            return FetchResult.Failed(FetchFault.WrongType, $"the content type must be {string.Join(" or ", contentTypes)}");
        var encodings = string.Join(',', headers.ContentEncoding);
        var isPacked = encodings.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!isPacked && encodings.Length > 0) return FetchResult.Failed(FetchFault.WrongType, "the content encoding must be gzip or none");

        // 4. The body, first as it was sent and then as it unpacks, each within the bounds.
        if (headers.ContentLength > maxBytes) return TooLarge();
        await using var stream = await response.Content.ReadAsStreamAsync(deadline);
        var body = await ReadAsync(stream, maxBytes, deadline);
        if (body is not null && isPacked)
        {
            await using var unpacking = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            body = await ReadAsync(unpacking, maxBytes, deadline);
        }

        return body is null ? TooLarge() : new(null, null, body, false, newTag, maxAge);

        FetchResult TooLarge() => FetchResult.Failed(FetchFault.TooLarge, $"the host sent more than {maxBytes} bytes");
    }

    private async Task<FetchResult> PostAsync(Uri uri, HttpContent content, Func<int, bool> isGood, CancellationToken deadline)
    {
        using var request = NewRequest(HttpMethod.Post, uri);
        request.Content = content;
        var (refused, answer) = await SendAsync(request, deadline);
        if (answer is null) return refused!;
        using var response = answer;
        return isGood((int)response.StatusCode) ? new(null, null, default, false, null, null) : Refused((int)response.StatusCode);
    }

    private static HttpRequestMessage NewRequest(HttpMethod method, Uri uri)
    {
        var request = new HttpRequestMessage(method, uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("netid", null));
        return request;
    }

    /// <summary>Asks the host, if it is one that may be asked.</summary>
    private async Task<(FetchResult? Refused, HttpResponseMessage? Answer)> SendAsync(HttpRequestMessage request, CancellationToken deadline)
    {
        // 1. The name is looked up once, and every address that it has is looked at. One that is not public speaks against all of them.
        var addresses = await AddressesAsync(request.RequestUri!, deadline);
        if (addresses.Length == 0) return (FetchResult.Failed(FetchFault.Unreachable, "the host's name has no address"), null);
        if (!Array.TrueForAll(addresses, Leads(request.RequestUri!) ? IPAddress.IsLoopback : address => _options.Allows(address)))
            return (FetchResult.Failed(FetchFault.AddressNotPublic, "the host's name leads to an address that is not public"), null);

        // 2. The question goes to those addresses and to no other.
        request.Options.Set(Pinned, addresses[..Math.Min(addresses.Length, MaxAddresses)]);
        return (null, await _http.SendAsync(request, deadline));
    }

    /// <summary>A status that is no good answer.</summary>
    private static FetchResult Refused(int status) => status switch
    {
        >= 300 and < 400 and not 304 => FetchResult.Failed(FetchFault.Redirected, "the host said that it lies elsewhere, which is not followed"),
        429 or >= 500 => FetchResult.Failed(FetchFault.HostFailed, $"the host answered {status}"),
        _ => FetchResult.Failed(FetchFault.WrongStatus, $"the host answered {status}") with { IsNotThere = status is 404 or 410 },
    };

    /// <summary>Whether a URL is one that is fetched. A name that could be read in two ways is not.</summary>
    private bool TryRead(string url, out Uri uri, out string why)
    {
        uri = null!;
        why = "the URL is not one";
        if (url.Length > MaxUrlLength || !url.All(c => c is > ' ' and < '\x7f' and not '\\')) return false;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http")) return false;
        if (parsed.UserInfo.Length > 0 || url.Contains('#', StringComparison.Ordinal)) return false;

        // 0x7f.1, 2130706433, %6c and what else is read as another host than is written there.
        var origin = $"{parsed.Scheme}://{parsed.Authority}";
        why = "the host of the URL must be written in its usual form";
        if (!url.StartsWith(origin, StringComparison.OrdinalIgnoreCase) || (url.Length > origin.Length && url[origin.Length] is not ('/' or '?'))) return false;

        uri = parsed;
        if (Leads(parsed)) return true;
        why = "the URL must be https";
        if (parsed.Scheme != Uri.UriSchemeHttps) return false;
        why = "the host of the URL must be a name";
        if (parsed.HostNameType != UriHostNameType.Dns) return false;
        why = "the URL names a port that is not allowed";
        return _options.Ports.Contains(parsed.Port);
    }

    /// <summary>Whether a URL leads to this machine, and may.</summary>
    private bool Leads(Uri uri) => _options.Loopback && Nation.LeadsToThisMachineAlone(uri);

    // Names under localhost are loopback by definition, whatever a resolver says [RFC6761 §6.3].
    private async Task<IPAddress[]> AddressesAsync(Uri uri, CancellationToken cancellation) => Leads(uri)
        ? IPAddress.TryParse(uri.Host.Trim('[', ']'), out var literal) ? [literal] : [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : await _options.Resolve(uri.IdnHost, cancellation).WaitAsync(cancellation);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Pinned, out var addresses)) throw new InvalidOperationException("A request without addresses.");

        // One connection each: the handler would try a host that hangs up several times.
        ((IDictionary<string, object?>)context.InitialRequestMessage.Options).Remove(Pinned.Key);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = new CancellationTokenSource(PerAddress, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), either.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception)
            {
                socket.Dispose();
                if (cancellation.IsCancellationRequested || exception is not (SocketException or OperationCanceledException)) throw;
                last = exception as SocketException ?? new SocketException((int)SocketError.TimedOut);
            }
        }

        throw last!;
    }

    /// <summary>All of a stream; null where it is more than is allowed.</summary>
    private static async Task<byte[]?> ReadAsync(Stream stream, int maxBytes, CancellationToken cancellation)
    {
        using var into = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (into.Length + read > maxBytes) return null;
            into.Write(buffer, 0, read);
        }

        return into.ToArray();
    }

    private static TimeSpan? MaxAge(CacheControlHeaderValue? control) => control is { NoStore: true } or { NoCache: true } ? TimeSpan.Zero : control?.MaxAge;

    /// <summary>How a host's certificate is looked at. What it names as places to download from is not called: that would be a second way out.</summary>
    internal static X509ChainPolicy ChainPolicy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (roots is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
