using System.Net;
using System.Text.Json.Nodes;
using NetworkIdentity.SamplePartner;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Sample;

/// <summary>The sample app at a node's door: Admit, Ask or Refuse, and a visit that is soon over.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private readonly Visitor _visitor = new();
    private readonly ManualTime _time = new();
    private FakeProvider _provider = null!;
    private TestPartner _door = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _provider.Claims = Claims("Lisbon");
        _door = await TestPartner.StartAsync(_provider.Issuer, FakeProvider.ClientId, FakeProvider.Secret, _time, TestPartner.NewOrigin("door"), options =>
            options with { Name = "Lisbon Node", Node = "Lisbon", Scopes = ["openid", "membership", "residency"] });
    }

    public async ValueTask DisposeAsync()
    {
        _visitor.Dispose();
        await _door.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Who_proves_membership_and_residency_here_is_admitted_until_the_next_comes()
    {
        await _visitor.GoAsync(_door.Home);
        Assert.Equal("Lisbon", _visitor.Heading);
        Assert.Contains(">Arrive</a>", _visitor.Html);
        var answer = await _visitor.GoAsync(_door.Options.Origin + "/sign-in", url => url.StartsWith(_door.Options.RedirectUri, StringComparison.Ordinal));
        await _visitor.GoAsync(answer!);
        Assert.Equal(("Admit", HttpStatusCode.OK), (_visitor.Heading, _visitor.Status));
        Assert.Contains("class=\"decision admit\"", _visitor.Html);
        Assert.Contains("Node Lisbon", _visitor.Text);
        Assert.Contains("scope=openid%20membership%20residency", _visitor.Html);
        Assert.Contains("<button>Next visitor</button>", _visitor.Html);

        // Loaded again it is the same, also by the address that the provider sent the browser to, until the next visitor comes.
        Assert.Equal(_door.Options.Origin + "/visit", _visitor.Url);
        await _visitor.GoAsync(_visitor.Url);
        Assert.Equal("Admit", _visitor.Heading);
        await _visitor.GoAsync(answer!);
        Assert.Equal(("Admit", _door.Options.Origin + "/visit"), (_visitor.Heading, _visitor.Url));
        await _visitor.GoAsync(_door.Home);
        Assert.Equal("Lisbon", _visitor.Heading);
        await _visitor.GoAsync(_door.Options.Origin + "/visit");
        Assert.Equal(("This visit is over", HttpStatusCode.OK), (_visitor.Heading, _visitor.Status));
        await _visitor.GoAsync(_door.Options.Origin + "/sign-out");
        Assert.Equal(HttpStatusCode.NotFound, _visitor.Status);
    }

    [Fact]
    public async Task A_visit_is_over_after_two_minutes()
    {
        await ArriveAsync();
        _time.Move(TimeSpan.FromSeconds(90));
        await _visitor.GoAsync(_visitor.Url);
        Assert.Equal("Admit", _visitor.Heading);
        _time.Move(TimeSpan.FromSeconds(31));
        await _visitor.GoAsync(_visitor.Url);
        Assert.Equal("This visit is over", _visitor.Heading);
        Assert.DoesNotContain("citizen", _visitor.Html);
    }

    [Fact]
    public async Task Who_lives_at_another_node_is_a_question()
    {
        _provider.Claims = Claims("Austin");
        await ArriveAsync();
        Assert.Equal("Ask", _visitor.Heading);
        Assert.Contains("The residency is at Austin, and this is the door of Lisbon.", _visitor.Text);
    }

    [Fact]
    public async Task What_the_provider_refuses_is_refused_with_its_reason()
    {
        _provider.OnAnswer = answer =>
        {
            answer.Remove("code");
            (answer["error"], answer["error_description"]) = ("access_denied", "no credential was accepted: revoked");
        };
        await ArriveAsync();
        Assert.Equal(("Refuse", HttpStatusCode.OK), (_visitor.Heading, _visitor.Status));
        Assert.Contains("Nation of Tests says: no credential was accepted: revoked.", _visitor.Text);
        Assert.Contains("Reason access_denied: no credential was accepted: revoked", _visitor.Text);
        Assert.Contains("<button>Next visitor</button>", _visitor.Html);

        _provider.OnAnswer = _ => { };
        _provider.OnUserInfo = _ => Microsoft.AspNetCore.Http.Results.StatusCode(401);
        await ArriveAsync();
        Assert.Equal("Refuse", _visitor.Heading);
        Assert.Contains("no longer confirms who arrived", _visitor.Text);
        _provider.OnIdToken = claims => claims["nonce"] = "another";
        await ArriveAsync();
        Assert.Equal("Refuse", _visitor.Heading);
    }

    [Fact]
    public async Task What_could_not_be_checked_is_neither_yes_nor_no()
    {
        var answer = await _visitor.GoAsync(_door.Options.Origin + "/sign-in", url => url.StartsWith(_door.Options.RedirectUri, StringComparison.Ordinal));
        await _provider.CloseAsync();
        await _visitor.GoAsync(answer!);
        Assert.Equal(("Ask", HttpStatusCode.ServiceUnavailable), (_visitor.Heading, _visitor.Status));
        Assert.Contains("Nation of Tests does not answer", _visitor.Text);
        await _provider.OpenAsync();
        _provider.OnUserInfo = _ => Microsoft.AspNetCore.Http.Results.StatusCode(500);
        await ArriveAsync();
        Assert.Equal("Ask", _visitor.Heading);
    }

    [Theory]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon"}}""", "Admit")]
    [InlineData("""{"membership":{},"residency":{"node":"lisbon","until":"2026-11-21"}}""", "Admit")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":"2026-11"}}""", "Admit")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":"whenever"}}""", "Ask")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":2099}}""", "Ask")]
    [InlineData("""{"membership":{},"residency":{"node":"Austin","until":"whenever"}}""", "Ask")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":"9999-12"}}""", "Admit")]
    [InlineData("""{"membership":{},"residency":{"node":"Austin","until":"2027-01-01"}}""", "Ask")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":"2026-11-20"}}""", "Refuse")]
    [InlineData("""{"membership":{},"residency":{"node":"Lisbon","until":"2026-10"}}""", "Refuse")]
    [InlineData("""{"membership":{},"residency":{"node":7}}""", "Refuse")]
    [InlineData("""{"membership":{},"residency":"Lisbon"}""", "Refuse")]
    [InlineData("""{"membership":{}}""", "Refuse")]
    [InlineData("""{"residency":{"node":"Lisbon"}}""", "Refuse")]
    public void It_decides_on_what_was_proven(string claims, string expected) =>
        Assert.Equal(expected, DoorDecision.On((JsonObject)JsonNode.Parse(claims)!, "Lisbon", new DateOnly(2026, 11, 21)).Kind.ToString());

    private Task<string?> ArriveAsync() => _visitor.GoAsync(_door.Options.Origin + "/sign-in");

    private static JsonObject Claims(string node) => new()
    {
        ["membership"] = new JsonObject { ["tier"] = "citizen", ["member_since"] = "2024-03" },
        ["residency"] = new JsonObject { ["node"] = node, ["status"] = "resident", ["until"] = "2099-12-31" },
    };
}
