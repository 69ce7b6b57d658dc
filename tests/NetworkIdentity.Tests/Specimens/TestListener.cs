using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>An app's own server, as far as logout goes: it is told of sessions that ended, and answers as it is told to.</summary>
internal sealed class TestListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestListener(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public string Url => $"http://localhost:{Port}/backchannel_logout";

    /// <summary>What was posted, each by its form and content type.</summary>
    public ConcurrentQueue<(string? ContentType, Dictionary<string, string> Form)> Posts { get; } = [];

    /// <summary>The tokens that came, in the order of their coming.</summary>
    public IReadOnlyList<Jws> Tokens => [.. Posts.Select(post => Jws.Parse(post.Form["logout_token"]))];

    /// <summary>The sessions that it was told of.</summary>
    public IReadOnlyList<string> Sessions => [.. Tokens.Select(token => token.Claims()["sid"]!.GetValue<string>())];

    /// <summary>How it answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        return Task.CompletedTask;
    };

    public static async Task<TestListener> StartAsync(int port = 0)
    {
        if (port == 0) port = TestServer.FreePort();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var listener = new TestListener(app, port);
        app.Run(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            listener.Posts.Enqueue((context.Request.ContentType, form.ToDictionary(field => field.Key, field => field.Value.ToString())));
            await listener.Answer(context);
        });
        await app.StartAsync();
        return listener;
    }

    /// <summary>Waits until it was told so often; fails after ten seconds.</summary>
    public Task ToldAsync(int times = 1) => EventuallyAsync(() => Task.FromResult(Posts.Count >= times));

    /// <summary>Waits until the nation has nothing to tell any more.</summary>
    public static Task NothingToTellAsync(TestServer server, long at = long.MaxValue) =>
        EventuallyAsync(async () => (await NetworkIdentity.Registry.Sessions.ClientsToTellAsync(server.Nation.Database, at, 1)).Count == 0);

    /// <summary>Waits until something is so; fails after twenty seconds.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(20), "it did not come to be so");
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
