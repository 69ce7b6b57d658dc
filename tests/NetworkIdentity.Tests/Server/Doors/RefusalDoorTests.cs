using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Doors;

/// <summary>How what an endpoint throws becomes an answer.</summary>
public sealed class RefusalDoorTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_description_holds_only_what_a_quoted_string_may()
    {
        var (context, json, _) = await AnswerAsync(Door.Bearer, new Refusal("invalid_token", "say \"no\" \\ to b\u00FCcher\r\n~"));
        Assert.Equal("say 'no' ? to b?cher??~", json["error_description"]!.GetValue<string>());
        Assert.Equal(
            "Bearer realm=\"netid\", error=\"invalid_token\", error_description=\"say 'no' ? to b?cher??~\"", context.Response.Headers.WWWAuthenticate.ToString());
    }

    [Fact]
    public async Task A_malformed_use_of_a_token_is_challenged_and_the_credential_endpoints_own_refusals_are_not()
    {
        var (context, _, _) = await AnswerAsync(Door.Bearer, OAuthRefusal.InvalidRequest("in two places"));
        Assert.Equal(StatusCodes.Status400BadRequest, context.Response.StatusCode);
        Assert.Equal("Bearer realm=\"netid\", error=\"invalid_request\", error_description=\"in two places\"", context.Response.Headers.WWWAuthenticate.ToString());

        foreach (var (door, refusal) in new[] { (Door.Bearer, VciRefusal.InvalidProof("no proof")), (Door.OAuth, OAuthRefusal.InvalidRequest("twice")) })
        {
            (context, _, _) = await AnswerAsync(door, refusal);
            Assert.Equal(StatusCodes.Status400BadRequest, context.Response.StatusCode);
            Assert.Equal(0, context.Response.Headers.WWWAuthenticate.Count);
        }
    }

    [Theory]
    [InlineData(5, 503, "temporarily_unavailable")]
    [InlineData(6, 503, "temporarily_unavailable")]
    [InlineData(10, 503, "temporarily_unavailable")]
    [InlineData(13, 503, "temporarily_unavailable")]
    [InlineData(14, 503, "temporarily_unavailable")]
    [InlineData(1, 500, "server_error")]
    [InlineData(11, 500, "server_error")]
    [InlineData(19, 500, "server_error")]
    public async Task What_passes_by_itself_is_503_and_any_other_fault_of_the_database_is_500_and_logged(int code, int status, string error)
    {
        var (context, json, logged) = await AnswerAsync(Door.OAuth, new SqliteException("secret words", code));
        Assert.Equal((status, error), (context.Response.StatusCode, json["error"]!.GetValue<string>()));
        Assert.Equal(status == 503 ? "1" : "", context.Response.Headers.RetryAfter.ToString());
        Assert.DoesNotContain("secret", json["error_description"]!.GetValue<string>());
        Assert.IsType<SqliteException>(Assert.Single(logged));
    }

    private async Task<(HttpContext Context, JsonNode Json, List<Exception> Logged)> AnswerAsync(Door door, Exception exception)
    {
        using var body = new MemoryStream();
        await using var services = new ServiceCollection().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;
        context.Request.Headers.Authorization = "Bearer x";
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(door), null));
        var log = new Collecting();
        await new RefusalDoor(_ => throw exception, fixture.Server.Nation, new SecurityHeaders(fixture.Server.Issuer), log).InvokeAsync(context);
        return (context, JsonNode.Parse(body.ToArray())!, log.Logged);
    }

    private sealed class Collecting : ILogger<RefusalDoor>
    {
        public List<Exception> Logged { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error && exception is not null) Logged.Add(exception);
        }
    }
}
