using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Sample;

/// <summary>The sample library at a provider whose answers can be broken: what it must not believe [OIDC §3.1.3.7], and what it says.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly Visitor _visitor = new();
    private FakeProvider _provider = null!;
    private TestPartner _library = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _library = await TestPartner.StartAsync(_provider.Issuer, FakeProvider.ClientId, FakeProvider.Secret, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _visitor.Dispose();
        await _library.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_members_come_are_shown_and_where_the_answers_differ_each_says_its_own()
    {
        _provider.Claims = (JsonObject)JsonNode.Parse("""{"residency":{"node":"Lisbon","status":"e-resident","since":2024,"rooms":["a","<b>"]},"guild":"weavers"}""")!;
        _provider.OnIdToken = claims => claims["residency"]!["status"] = "visitor";
        await SignInAsync();
        Assert.Equal("You are signed in", _visitor.Heading);
        Assert.Contains("Status visitor", _visitor.Text);
        Assert.Contains("Status e-resident", _visitor.Text);
        Assert.Contains("From userinfo.", _visitor.Text);
        Assert.Contains("Since 2024", _visitor.Text);
        Assert.Contains("Guild weavers", _visitor.Text);
        Assert.DoesNotContain("<b>", _visitor.Html);
        Assert.Equal(FakeProvider.Secret, _provider.TokenRequest!["client_secret"]);
        Assert.DoesNotContain("the+secret", _visitor.Html);
    }

    [Theory]
    [InlineData("nonce", "another", "nonce: it was made for another sign-in")]
    [InlineData("nonce", null, "nonce: it was made for another sign-in")]
    [InlineData("aud", "another-client", "it is for another app")]
    [InlineData("iss", "https://other.example", "it is of another issuer")]
    [InlineData("exp", 1000000000, "it has expired")]
    [InlineData("exp", null, "it has expired")]
    [InlineData("sub", null, "sub: it names no subject")]
    public async Task An_ID_token_with_one_thing_wrong_signs_nobody_in(string claim, object? value, string words)
    {
        _provider.OnIdToken = claims =>
        {
            if (value is null) claims.Remove(claim);
            else claims[claim] = JsonValue.Create(value);
        };
        await SignInAsync();
        Assert.Equal("What Nation of Tests signed does not hold", _visitor.Heading);
        Assert.Contains(words, _visitor.Text);
        await NobodyIsSignedInAsync();
    }

    [Fact]
    public async Task An_ID_token_of_another_key_of_no_key_or_of_another_algorithm_signs_nobody_in()
    {
        foreach (var forge in (Func<string, Task<string>>[])
        [
            async token => await Jws.SignAsync("JWT", Jws.Parse(token).Claims(), FakeProvider.NewKey()),
            token => Task.FromResult(Base64Url.Encode("""{"alg":"none","typ":"JWT"}"""u8) + "." + token.Split('.')[1] + "."),
            async token => await Jws.SignAsync("JWT", Jws.Parse(token).Claims(), TestWallet.NewKey()),
            token => Task.FromResult(token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBQ" : "AAAA")),
            token => Task.FromResult("no token"),
        ])
        {
            _provider.OnTokens = json =>
            {
                json["id_token"] = forge(json["id_token"]!.GetValue<string>()).GetAwaiter().GetResult();
                return Results.Json(json);
            };
            await SignInAsync();
            Assert.Equal("What Nation of Tests signed does not hold", _visitor.Heading);
            await NobodyIsSignedInAsync();
        }
    }

    [Fact]
    public async Task A_key_that_is_new_is_fetched_and_a_key_that_is_gone_is_not_missed()
    {
        await SignInAsync();
        Assert.Equal("You are signed in", _visitor.Heading);
        _provider.Key = FakeProvider.NewKey();
        await SignInAsync();
        Assert.Equal("You are signed in", _visitor.Heading);
    }

    [Fact]
    public async Task A_token_answer_without_an_ID_token_or_with_an_error_signs_nobody_in()
    {
        _provider.OnTokens = json =>
        {
            json.Remove("id_token");
            return Results.Json(json);
        };
        await SignInAsync();
        Assert.Equal("Nation of Tests did not complete the sign-in", _visitor.Heading);
        _provider.OnAnswer = answer => answer["code"] = "spent";
        await SignInAsync();
        Assert.Equal("Nation of Tests did not complete the sign-in", _visitor.Heading);
        Assert.Contains("Reason invalid_grant: the code is of no use", _visitor.Text);
        _provider.OnAnswer = answer => answer.Remove("code");
        await SignInAsync();
        Assert.Equal("Nation of Tests can’t be understood", _visitor.Heading);
        _provider.OnAnswer = _ => { };
        _provider.OnTokens = _ => Results.Text("<html>");
        await SignInAsync();
        Assert.Equal("Nation of Tests can’t be understood", _visitor.Heading);
        await NobodyIsSignedInAsync();
    }

    [Fact]
    public async Task Other_errors_have_the_provider_s_own_words_and_markup_stays_words()
    {
        _provider.OnAnswer = answer => (answer["error"], answer["error_description"]) = ("server_error", "<script>alert(1)</script>");
        await SignInAsync();
        Assert.Equal("Nation of Tests refused the request", _visitor.Heading);
        Assert.Contains("Reason server_error", _visitor.Text);
        await NobodyIsSignedInAsync();
    }

    [Fact]
    public async Task Userinfo_of_another_person_ends_the_session()
    {
        _provider.OnUserInfo = claims =>
        {
            claims["sub"] = "someone-else";
            return Results.Json(claims);
        };
        await SignInAsync();
        Assert.Equal("Nation of Tests no longer confirms you", _visitor.Heading);
        Assert.Contains("names another person", _visitor.Text);
        await NobodyIsSignedInAsync();
    }

    [Fact]
    public async Task The_session_ends_with_its_access_token_and_says_so_without_asking()
    {
        await SignInAsync();
        _time.Move(TimeSpan.FromSeconds(290));
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("You are signed in", _visitor.Heading);
        var asked = _provider.UserInfoRequests;
        _time.Move(TimeSpan.FromSeconds(11));
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("Your session is over", _visitor.Heading);
        Assert.DoesNotContain("no longer confirms", _visitor.Text);
        Assert.Equal(asked, _provider.UserInfoRequests);
        await NobodyIsSignedInAsync();
    }

    [Fact]
    public async Task A_sign_in_that_takes_longer_than_its_cookie_is_told_so()
    {
        var answer = await AnswerAsync();
        _time.Move(TimeSpan.FromMinutes(16));
        using var without = new Visitor();
        await without.GoAsync(answer);
        Assert.Equal("This took too long", without.Heading);
    }

    [Fact]
    public async Task While_the_provider_is_down_nothing_is_shown_and_the_session_stays()
    {
        _provider.Claims = new JsonObject { ["membership"] = new JsonObject { ["tier"] = "citizen" } };
        await SignInAsync();
        var answer = await AnswerAsync();
        await _provider.CloseAsync();
        await _visitor.GoAsync(_library.Home);
        Assert.Equal(("Nation of Tests does not answer", HttpStatusCode.ServiceUnavailable), (_visitor.Heading, _visitor.Status));
        Assert.DoesNotContain("citizen", _visitor.Html);
        Assert.Contains("href=\"/\">Try again</a>", _visitor.Html);
        await _visitor.GoAsync(answer);
        Assert.Equal("Nation of Tests does not answer", _visitor.Heading);

        await _provider.OpenAsync();
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("You are signed in", _visitor.Heading);
        _provider.OnUserInfo = _ => Results.StatusCode(503);
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("Nation of Tests does not answer", _visitor.Heading);
        _provider.OnUserInfo = _ => Results.Text("[]");
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("Nation of Tests can’t be understood", _visitor.Heading);
    }

    [Fact]
    public async Task A_discovery_document_of_another_issuer_or_without_its_members_is_not_used()
    {
        foreach (var broken in (Func<JsonObject, IResult>[])
        [
            json => Results.Json(With(json, "issuer", "https://other.example")),
            json => Results.Json(With(json, "token_endpoint", null)),
            _ => Results.Text("<html>"),
            _ => Results.Text("[1]", "application/json"),
        ])
        {
            _provider.OnDiscovery = broken;
            await SignInAsync();
            Assert.Equal("Nation of Tests can’t be understood", _visitor.Heading);
        }

        _provider.OnDiscovery = json => Results.Json(json);
        await SignInAsync();
        Assert.Equal("You are signed in", _visitor.Heading);

        static JsonObject With(JsonObject json, string name, string? value)
        {
            json[name] = value;
            return json;
        }
    }

    private Task<string?> SignInAsync() => _visitor.GoAsync(_library.Options.Origin + "/sign-in");

    private async Task<string> AnswerAsync() =>
        (await _visitor.GoAsync(_library.Options.Origin + "/sign-in", url => url.StartsWith(_library.Options.RedirectUri, StringComparison.Ordinal)))!;

    private async Task NobodyIsSignedInAsync()
    {
        await _visitor.GoAsync(_library.Home);
        Assert.Equal("Welcome to Harbour Library", _visitor.Heading);
    }
}
