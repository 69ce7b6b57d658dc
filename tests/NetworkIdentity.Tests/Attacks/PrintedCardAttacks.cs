using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Attacks;

/// <summary>A printed card can be copied by who sees it: it proves who issued it, and never who bears it.</summary>
public sealed class PrintedCardAttacks(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Words = "Signature OK, person NOT proven";

    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task A95_a_card_and_a_copy_of_it_that_somebody_else_shows_are_amber_and_never_green()
    {
        var (_, card) = await PrintAsync();

        // The same bytes from anyone, in any wrapping; what cannot be told apart is told the same.
        foreach (var text in (string[])[card, $" {card}\n", new JsonObject { ["credential"] = card }.ToJsonString()])
        {
            var report = await VerifyAsync(text);
            Assert.Equal(("accepted", "amber", "not_shown"), ((string)report["verdict"]!, (string)report["light"]!, (string)report["steps"]![6]!["state"]!));
            Assert.StartsWith(Words, (string)report["words"]!, StringComparison.Ordinal);
            Assert.Equal("Printed card: the bearer is not proven", (string)report["claims"]!["notice"]!);
            Assert.Null(report["holder_key"]);
        }

        var page = await PageAsync(card);
        Assert.Contains("class=\"verdict person\"", page, StringComparison.Ordinal);
        foreach (var words in (string[])["Signature right, person not proven", "It is a printed card of the nation", "not that who brings it is the person"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("verdict held", page, StringComparison.Ordinal);

        // Beside a membership that was shown by its holder it makes the whole no greener.
        Assert.Equal("amber", (string)(await VerifyAsync(new JsonObject { ["credentials"] = new JsonArray(card, card) }.ToJsonString()))["light"]!);
    }

    [Fact]
    public async Task A95_who_binds_a_copy_to_a_key_of_their_own_proves_nothing()
    {
        var (_, card) = await PrintAsync();
        var bound = await Forgery.BindAsync(card, TestWallet.NewKey(), "https://door.example", "n-0S6_WzA2Mj", _server.Time.GetUtcNow());
        foreach (var text in (string[])[bound, new JsonObject { ["presentation"] = bound, ["challenge"] = "n-0S6_WzA2Mj", ["domain"] = "https://door.example" }.ToJsonString()])
            Assert.Equal(("red", "holder", "no_holder_key"), Outcome(await VerifyAsync(text)));

        // Who asks the bearer for a proof is told that the card has none.
        Assert.Equal(("red", "holder", "no_holder_key"), Outcome(await VerifyAsync(new JsonObject { ["presentation"] = card, ["challenge"] = "n-0S6_WzA2Mj", ["domain"] = "https://door.example" }.ToJsonString())));
    }

    [Fact]
    public async Task A95_a_card_that_was_changed_ended_replaced_or_is_over_is_red()
    {
        var (memberId, card) = await PrintAsync();
        var parts = card.Split('~');
        var claims = SdJwt.Parse(card).IssuerSigned.Claims();
        claims["exp"] = (long)claims["exp"]! + 86400;
        var payload = NetworkIdentity.Standards.Encoding.Base64Url.Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        var jwt = parts[0].Split('.');
        Assert.Equal(("red", "proof", "signature_invalid"), Outcome(await VerifyAsync($"{jwt[0]}.{payload}.{jwt[2]}~{string.Join('~', parts[1..])}")));

        // By another's key, whichever key it names; and with a certificate that it brings itself.
        var thief = TestWallet.NewKey();
        foreach (var header in (JsonObject[])
        [
            new() { ["alg"] = "ES256", ["typ"] = "dc+sd-jwt", ["kid"] = (string)SdJwt.Parse(card).IssuerSigned.Header["kid"]! },
            new() { ["alg"] = "ES256", ["typ"] = "dc+sd-jwt", ["kid"] = thief.KeyId },
            new() { ["alg"] = "ES256", ["typ"] = "dc+sd-jwt" },
        ])
        {
            var forged = await Jws.SignAsync(Jws.ToBeSigned(header, SdJwt.Parse(card).IssuerSigned.Claims()), thief);
            Assert.Equal("red", (string)(await VerifyAsync($"{forged}~{string.Join('~', parts[1..])}"))["light"]!);
        }

        // Replaced, then ended: what was printed before says so at once an interval later.
        var second = (await _server.Nation.Printing.PrintAsync(memberId)).Text!;
        _server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(("red", "status", "revoked"), Outcome(await VerifyAsync(card)));
        Assert.Equal("amber", (string)(await VerifyAsync(second))["light"]!);
        await _server.Nation.Printing.EndAsync(memberId);
        _server.Time.Move(StatusListPublisher.Interval);
        Assert.Equal(("red", "status", "revoked"), Outcome(await VerifyAsync(second)));
        Assert.Contains("Not accepted", await PageAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A95_a_card_signs_nobody_in_and_no_client_can_ask_for_one()
    {
        var world = await TestPresentation.BeginAsync(_server);
        var (_, card) = await PrintAsync();
        var bound = await world.BindAsync(card);
        await world.RefusedAsync(bound, "Holder", "no_holder_key");
        var bare = await TestPresentation.BeginAsync(_server);
        await bare.RefusedAsync(card, "Holder", "no_holder_key");

        // It is in no offer, no metadata, no scope and no policy.
        foreach (var path in (string[])["/.well-known/openid-credential-issuer", "/.well-known/openid-configuration"])
            Assert.DoesNotContain("urn:network-identity:card:1", await _server.Http.GetStringAsync(_server.Url(path)), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => _server.Nation.Offering.MakeAsync("card", null, new Dictionary<string, string>(), false));
        Assert.Equal("unknown_type", refused.Code);
        refused = await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => _server.RegisterAsync(
            "https://app.example/back", request => request with { Policy = new NetworkIdentity.SigningIn.ProofPolicy([new("card")]) }));
        Assert.Equal("invalid_client_metadata", refused.Code);

        // But anyone reads what the type means.
        Assert.Contains("the bearer is not proven", await _server.Http.GetStringAsync(_server.Url("/schemas/card.schema.json")), StringComparison.Ordinal);
        Assert.Contains("urn:network-identity:card:1", await _server.Http.GetStringAsync(_server.Url("/schemas/card.type.json")), StringComparison.Ordinal);
    }

    private static (string Light, string Step, string Reason) Outcome(JsonObject report) => ((string)report["light"]!, (string)report["step"]!, (string)report["reason"]!);

    private async Task<(string MemberId, string Card)> PrintAsync()
    {
        var member = await _server.RecordOfAsync(await _server.MemberAsync(null, ("display_name", "Ana")));
        return (member.MemberId, (await _server.Nation.Printing.PrintAsync(member.MemberId)).Text!);
    }

    private async Task<JsonObject> VerifyAsync(string text)
    {
        using var content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(text.StartsWith('{') ? "application/json" : "text/plain"));
        using var answer = await _server.Http.PostAsync(_server.Url("/verify"), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private async Task<string> PageAsync(string text)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), "text" } };
        using var answer = await _server.Http.PostAsync(_server.Url("/verify"), form);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
