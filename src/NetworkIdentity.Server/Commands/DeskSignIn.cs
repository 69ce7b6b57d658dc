using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Commands;

/// <summary>A browser's way back to the command: an address of this machine that is open for one sign-in [RFC8252 §7.3].</summary>
internal sealed class DeskSignIn : IAsyncDisposable
{
    /// <summary>How long it waits for the person.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly WebApplication _app;
    private readonly TaskCompletionSource<IQueryCollection> _back = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DeskSignIn(string state)
    {
        State = state;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What the answer must come with.</summary>
    public string State { get; }

    /// <summary>Where the browser comes back.</summary>
    public string RedirectUri => $"http://127.0.0.1:{new Uri(_app.Urls.First()).Port}/callback";

    /// <summary>Opens it.</summary>
    public static async Task<DeskSignIn> OpenAsync()
    {
        var opened = new DeskSignIn(RandomId.Secret());
        await opened._app.StartAsync();
        return opened;
    }

    /// <summary>Waits for the browser; the code.</summary>
    /// <param name="issuer">Who must have answered [RFC9207 §2.4].</param>
    /// <exception cref="Refusal"><c>sign_in_failed</c>.</exception>
    public async Task<string> CodeAsync(string issuer)
    {
        try
        {
            var query = await _back.Task.WaitAsync(Patience);
            if (query["iss"] != issuer) throw DeskClientRefusal.SignInFailed("another issuer answered than was asked");
            return query["code"] is [{ Length: > 0 } code] ? code : throw DeskClientRefusal.SignInFailed($"the nation answered {query["error"]}");
        }
        catch (TimeoutException)
        {
            throw DeskClientRefusal.SignInFailed($"nobody came back within {Patience.TotalMinutes:0} minutes");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        // Whatever else calls this port doesn't know the state, and ends nothing.
        var isIt = context.Request.Path == "/callback" && context.Request.Query["state"] == State;
        context.Response.StatusCode = isIt ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(isIt ? "You can close this window, and go back to the command line.\n" : "This is not the sign-in that was begun.\n"));
        await context.Response.CompleteAsync();
        if (isIt) _back.TrySetResult(context.Request.Query);
    }
}
