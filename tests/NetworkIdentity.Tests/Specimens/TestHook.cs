using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Delivering;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A community's own system: it is told of notices, and answers as it is told to.</summary>
internal sealed class TestHook : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly int _port;

    private TestHook(WebApplication app, int port) => (_app, _port) = (app, port);

    /// <summary>What was posted: its headers by their names in small letters, and its body.</summary>
    public ConcurrentQueue<(Dictionary<string, string> Headers, string Body)> Calls { get; } = [];

    /// <summary>The status that it answers with.</summary>
    public int Status { get; set; } = 202;

    public byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

    public WebhookOptions Options => new($"http://localhost:{_port}/hook", Key);

    /// <summary>The ids of the notices that it was told of.</summary>
    public IReadOnlyList<string> Ids => [.. Calls.Select(call => (string)JsonNode.Parse(call.Body)!["id"]!)];

    public static async Task<TestHook> StartAsync()
    {
        var port = TestServer.FreePort();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var hook = new TestHook(app, port);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            hook.Calls.Enqueue((context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body));
            context.Response.StatusCode = hook.Status;
        });
        await app.StartAsync();
        return hook;
    }

    /// <summary>Whether a call is signed as Standard Webhooks has it.</summary>
    public bool IsSigned((Dictionary<string, string> Headers, string Body) call) =>
        call.Headers["webhook-signature"] == "v1," + Convert.ToBase64String(
            HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"{call.Headers["webhook-id"]}.{call.Headers["webhook-timestamp"]}.{call.Body}")));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
